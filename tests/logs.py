"""Start-up logs written anew from what published ones said: the numbers are theirs, the lines ours."""

from collections.abc import Iterator
from typing import Any

OLD, MIDDLE, NEW = "old", "middle", "new"


def wording_of(fact: dict[str, Any]) -> str:
    """Which generation of lines a log was written in."""
    build = build_of(fact)
    if fact["engine"].startswith("ik"):
        return OLD
    if build is not None and 1000 <= build < 4700:
        return OLD
    return NEW if "n_ctx_seq" in fact["settings"] else MIDDLE


def build_of(fact: dict[str, Any]) -> int | None:
    """The build number, where the log names one."""
    digits = "".join(
        c if c.isdigit() else " "
        for c in (fact["version"] or "").removeprefix("b").split(" ")[0].split("-")[0]
    )
    return int(digits) if digits.strip().isdigit() and len(digits.strip()) < 7 else None


def log_text(fact: dict[str, Any], prefix: str = "") -> str:
    """The log, each line after a prefix as wrappers put it."""
    return "".join(f"{prefix}{line}\n" for line in _lines(fact))


def _lines(fact: dict[str, Any]) -> Iterator[str]:
    old = wording_of(fact) == OLD
    build = build_of(fact)
    if build is not None:
        yield f"build: {build} (0123abcd) with cc (Debian 14.2.0) for x86_64-linux-gnu"
    if fact["command"]:
        yield fact["command"]
    for name, mib in fact["free_mib"].items():
        yield f"llama_model_load_from_file_impl: using device {name} (a card) - {mib} MiB free"
    file, count = fact["file"] or "model.gguf", sum(fact["tensor_types"].values())
    loaded = f"loaded meta data with 33 key-value pairs and {count} tensors from {file}"
    yield f"llama_model_loader: {loaded} (version GGUF V3 (latest))"
    for i, (key, value) in enumerate(fact["metadata"].items()):
        yield f"llama_model_loader: - kv {i:3d}: {key:>42} u32              = {value}"
    for kind, count in fact["tensor_types"].items():
        yield f"llama_model_loader: - type {kind:>4}: {count:4d} tensors"
    info = "llm_load_print_meta" if old else "print_info"
    for key, value in fact["hyperparameters"].items():
        yield f"{info}: {key:<16} = {value}"
    yield from _buffers(fact, old)


def _buffers(fact: dict[str, Any], old: bool) -> Iterator[str]:
    tensors = "llm_load_tensors" if old else "load_tensors"
    model = "" if old else "model "
    if fact["offloaded"]:
        on, of = fact["offloaded"]
        yield f"{tensors}: offloaded {on}/{of} layers to GPU"
    for device, mib in fact["weights"].items():
        yield f"{tensors}: {device:>12} {model}buffer size = {mib:8.2f} MiB"
    context = "llama_new_context_with_model" if old else "llama_context"
    for key, value in fact["settings"].items():
        if key not in {"type_k", "type_v", "flash_resolved"}:
            yield f"{context}: {key:<13} = {value}"
    cache = "llama_kv_cache_init" if old else "llama_kv_cache"
    for device, mib in fact["cache"]:
        yield f"{cache}: {device:>10} KV buffer size = {mib:8.2f} MiB"
    for device, mib in fact["state"]:
        yield f"llama_memory_recurrent: {device:>10} RS buffer size = {mib:8.2f} MiB"
    settings = fact["settings"]
    if "type_v" in settings or "type_k" in settings:
        key, value = settings.get("type_k", "f16"), settings.get("type_v", "f16")
        head = f"{context}: KV self size  = " if old else f"{cache}: size = "
        cells = ""
        if not old and fact["cells"]:
            cells = f" ({fact['cells'][0]:6d} cells, {fact['cells'][1]:3d} layers,  1/1 seqs)"
        total = sum(mib for _, mib in fact["cache"])
        yield f"{head}{total:7.2f} MiB{cells}, K ({key}):    1.00 MiB, V ({value}):    1.00 MiB"
    if "flash_resolved" in settings:
        yield f"llama_context: Flash Attention was auto, set to {settings['flash_resolved']}"
    for device, mib in fact["output"].items():
        yield f"{context}: {device:>10}  output buffer size = {mib:8.2f} MiB"
    for device, mib in fact["compute"].items():
        yield f"{context}: {device:>10} compute buffer size = {mib:8.2f} MiB"
