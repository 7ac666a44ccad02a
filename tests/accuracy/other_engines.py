"""What other engines logged, and what people published of several GPUs and machines, against ours."""

from collections.abc import Iterator
from statistics import median

from tallies import percent

from engines import test_cluster_speeds, test_vllm_logs


def engines() -> Iterator[str]:
    """Start-up logs of vLLM, then speeds over links."""
    logs = [log for log in test_vllm_logs.logs() if not log.row["speculation"]]
    tokens = [abs(log.tokens() / count - 1) for log in logs if (count := log.row["kv_cache_tokens"])]
    weights = [
        abs(log.weights_mib() / size - 1)
        for log in logs
        if (size := log.row["weights_mib"]) and test_vllm_logs.plain(log)
    ]
    yield """## Start-up logs of vLLM

Versions 0.9 to 0.27. Tokens are worked out from the memory that a log says is left for them.

| logged | compared | median | largest |
| --- | ---: | ---: | ---: |"""
    for name, errors in (("tokens of the cache", tokens), ("weights of a GPU", weights)):
        yield f"| {name} | {len(errors)} | {percent(median(errors))} | {percent(max(errors))} |\n"
    yield from _speeds()


def _speeds() -> Iterator[str]:
    rows: list[str] = []
    inside, errors = 0, list[float]()
    for run, speed in test_cluster_speeds.speeds():
        ours, low, high = speed.decode_tok_s or 0, speed.decode_low or 0, speed.decode_high or 0
        inside += low <= run["decode_tok_s"] <= high
        errors.append(abs(ours / run["decode_tok_s"] - 1))
        what = f"{run['model'].rpartition('/')[2]} {run['quant']}"
        figures = f"{run['decode_tok_s']:g} | {ours:.1f} | {low:.1f} to {high:.1f}"
        shared = f"{run.get('tensor_parallel') or 1} x {run.get('pipeline_parallel') or 1}"
        if run["engine"] == "llama.cpp":
            shared = "layers"
        where = f"{run['hardware']} | {run['link']} | {shared}"
        rows.append(f"| {what} | {run['engine']} | {where} | {figures} |\n")
    yield f"""
## Speeds of several GPUs and machines

{len(rows)} published runs of one request, by `catalogs/clusters.json`,
whose sources are in `catalogs/SOURCES.md`.
The middle of the band is {percent(median(errors))} off (median), and {inside} of {len(rows)}
lie in the band; what a hop takes over Thunderbolt 5 and over RDMA was read off runs among these.
Shared: tensor x pipeline parallel.

| model | engine | hardware | link | shared | published tok/s | ours | band |
| --- | --- | --- | --- | --- | ---: | ---: | ---: |"""
    yield from rows
