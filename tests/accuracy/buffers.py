"""Memory on each device against what llama.cpp allocated: weights, cache and compute buffers."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tallies import Errors, table

import test_fit
import test_kvcache
import test_offload
from graph.truth import compared, fixture
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.graph.plan import is_described
from llmfit_tui.core.memory.modeltensors import plan_of
from llmfit_tui.core.scenario import architecture
from scenes import cpu_machine, rows, scenario, sized_models


def caches() -> Iterator[str]:
    """The cache over all layers, by kind of layer."""
    kinds = defaultdict[str, Errors](Errors)
    refused = agreed = 0
    for name, some in test_kvcache.TRUTH.items():
        arch = test_kvcache.shape(name)
        for row in some:
            settings = test_kvcache.settings_of(row)
            why = test_kvcache.refusal(arch, settings)
            if row["refused"]:
                refused, agreed = refused + 1, agreed + bool(why)
                continue
            size = test_kvcache.cache_size(arch, settings)
            kinds["layers that see everything"].add(size.full_bytes, row["full_bytes"])
            kinds["layers with a window"].add(size.window_bytes, row["window_bytes"])
            kinds["recurrent state"].add(size.state_bytes, row["state_bytes"])
    yield f"## KV cache and recurrent state\n\n{len(test_kvcache.TRUTH)} models under many settings;"
    yield f"{agreed} of {refused} refused pairs of types are refused here too.\n"
    yield table("kind", sorted(kinds.items()))


def kind_of(row: dict[str, Any]) -> str:
    """What is special about a placement."""
    if row["cpu_moe"] is not None:
        return "experts on the host"
    if row["gpu_layers"] == 0:
        return "no layer on the GPU"
    if row["gpu_layers"] is not None:
        return "some layers on the GPU"
    return "several GPUs" if len(row["gpus_mib"]) > 1 else "all on one GPU"


def placements() -> Iterator[str]:
    """Weights, cache and scratch by device."""
    weights, cache = defaultdict[str, Errors](Errors), defaultdict[str, Errors](Errors)
    for row in test_offload.ROWS:
        kind = kind_of(row)
        for at, load in enumerate(test_offload.placed(row).placement.loads):
            truth = {
                part: [*row[f"gpu_{part}_bytes"], row[f"host_{part}_bytes"]][at]
                for part in ("weight", "cache")
            }
            weights[kind].add(load.weights_bytes, truth["weight"])
            cache[kind].add(load.cache_bytes, truth["cache"])
    count = len(test_offload.ROWS)
    yield f"## Weights and cache on each device\n\n{count:,} placements on stand-in CUDA devices.\n"
    yield table("weights", sorted(weights.items()))
    yield table("cache and state", sorted(cache.items()))


PLACEMENTS = {
    "one gpu": "all on one GPU",
    "several gpus": "all on several GPUs",
    "partly": "some layers on the host",
    "experts": "experts on the host",
    "cache": "cache on the host",
}


def gpu_scratch() -> Iterator[str]:
    """Compute buffers beside GPUs."""
    scratch, by_arch = defaultdict[str, Errors](Errors), defaultdict[str, Errors](Errors)
    for buffer in compared(row for row in fixture() if row["gpus_mib"]):
        where = "host" if buffer.device == "host" else "GPU"
        scratch[f"{PLACEMENTS[buffer.kind]}, {where}"].add(buffer.predicted_bytes, buffer.truth_bytes)
        if where == "GPU" and buffer.kind == "one gpu":
            by_arch[buffer.architecture].add(buffer.predicted_bytes, buffer.truth_bytes)
    yield "## Compute buffers beside CUDA\n"
    yield "As llama.cpp measures them for `--fit`, without loading the model.\n"
    yield table("placement", sorted(scratch.items()))
    yield "All layers on one GPU, by architecture:\n"
    yield table("architecture", sorted(by_arch.items()))


def cpu_scratch() -> Iterator[str]:
    """Compute buffers on the CPU backend."""
    by_arch, every = defaultdict[str, Errors](Errors), Errors()
    host = cpu_machine(1 << 14)
    for row in rows("compute.jsonl.gz"):
        cache = test_kvcache.settings_of(row)
        asked = scenario(
            row["model"],
            "Q4_K_M",
            host,
            context=cache.context,
            parallel=cache.parallel,
            unified_kv=cache.unified,
            ubatch=cache.ubatch,
            batch=cache.batch,
            swa_full=cache.swa_full,
            kv_type_k=cache.key_type,
            kv_type_v=cache.value_type,
            flash_attention=cache.flash_attention,
            outputs_per_batch=row["outputs_max"] == 0,
            planned=True,
        )
        found = estimate(asked)
        for errors in (every, by_arch[found.arch.name]):
            errors.add(found.placement.host.compute_bytes, row["compute_bytes"])
    yield "## Compute buffers on the CPU\n"
    yield table("architecture", [*sorted(by_arch.items()), ("**all**", every)])


NO_GRAPH = {
    "deepseek4": "its cache of compressed rows and its several residual streams are not described yet",
}
NO_ARCHITECTURE = {
    "gptj": "an architecture of before llama.cpp: GPT-J",
    "opt": "an architecture of before llama.cpp: OPT",
    "phi3small": "block-sparse attention",
    "mllama_text_model": "blocks of cross-attention to an image",
    "recurrent_gemma": "Griffin's recurrent blocks",
    "vaultgemma": "Gemma 2 with other norms",
    "cwm": "a Llama with windows, under a name of its own",
    "mimo": "a Qwen2 with prediction blocks, under a name of its own",
    "hyperclovax": "a Llama with multipliers, under a name of its own",
    "flex_olmo": "a mixture of whole OLMo 2 feed-forwards",
    "olmo_hybrid": "OLMo 3 with delta nets",
    "zaya": "attention over compressed convolutions",
}
"""What llama.cpp has neither a converter nor a graph for (conversion/ and src/models/, commit 0c1e57098)."""


def by_formula() -> Iterator[str]:
    """Models without a graph."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in sized_models():
        plan = plan_of(one)
        if plan is None:
            name = architecture(one).name
            found[f"{name}: llama.cpp has none; {NO_ARCHITECTURE[name]}"].append(one.id)
        elif not is_described(plan.architecture):
            found[f"{plan.architecture}: {NO_GRAPH[plan.architecture]}"].append(one.id)
    count = sum(map(len, found.values()))
    yield f"""## Models whose compute buffers follow the formula

{count} of {len(sized_models())} models of the catalog have no described graph; theirs is the closed
formula, on average 1.7 % below what is reserved and up to 28 % (44 % on a GPU).
"""
    for reason, names in sorted(found.items()):
        yield f"- {reason}: {', '.join(sorted(names))}\n"


def fits() -> Iterator[str]:
    """What --fit chooses."""
    layers = context = experts = 0
    for at, row in enumerate(test_fit.ROWS):
        found = test_fit.chosen(at)
        layers += found.gpu_layers == row["chosen_layers"]
        experts += found.overrides == row["overridden_blocks"]
        context += abs(found.context - row["chosen_context"]) <= 256
    count = len(test_fit.ROWS)
    yield f"""## What `--fit` would choose

{count} fits of 15 models on cards of 4 to 48 GiB, one and two: the same layers on the GPUs in {layers}, the
same number of blocks with experts on the host in {experts}, the context within one step in {context}.
"""
