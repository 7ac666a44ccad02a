"""Memory derived: each part, and all of them on each device."""

from collections.abc import Iterator

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.why import memory
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import machine_name
from llmfit_tui.format.verdict import repacked_words
from llmfit_tui.format.why.rows import BLANK, Row, note, told


def memory_rows(found: Estimate) -> Iterator[Row]:
    """Every device: what it holds, of what it may use."""
    for load in found.placement.loads:
        if load.total_bytes:
            capacity = f"of {amounts.gib(load.capacity_bytes)} it may use"
            yield Row(machine_name(load.name), capacity, kind="head")
            repacked = found.placement.repacked_bytes or 0
            yield from told(memory.device_sum(load, 0 if load.gpu else repacked), "together")
    yield BLANK
    for text in repacked_words(found):
        yield note(f"{text.capitalize()}.")
    yield note("A GiB is 1,073,741,824 bytes, as drivers count.")
    for text in found.scenario.machine.assumed:
        yield note(f"Assumed: {text.rstrip('.')}.")


def weights_rows(found: Estimate) -> Iterator[Row]:
    """The file's tensors by type, and what becomes of them in the engine's buffers."""
    weights = found.weights
    yield from told(memory.file_sum(found), "tensors of the file")
    yield BLANK
    yield from told(memory.loaded_sum(found), "weights on all devices")
    yield BLANK
    if weights.exact:
        yield note("Exact: every tensor has the type llama-quantize gives it; v lists them.")
    else:
        yield note("Approximate: the tensors are not known; parameters x bits stand in for them.")
    header = f" with a header of {weights.header_bytes / 1e6:.1f} MB" if weights.header_bytes else ""
    yield note(f"The file takes {amounts.gb(weights.file_bytes)}{header}; GB are decimal, as downloads are.")


def cache_rows(found: Estimate) -> Iterator[Row]:
    """Layers alike in what they keep."""
    settings, arch = found.scenario.settings, found.arch
    yield from told(memory.cache_sum(found), "KV cache")
    yield BLANK
    kinds = sorted({settings.kv_type_k.value, settings.kv_type_v.value})
    yield note(f"Cells come in steps of 256; keys and values are in {' and '.join(kinds)}.")
    if settings.kv_type_k.quantized or settings.kv_type_v.quantized:
        yield note("A quantized row is whole blocks of 32 values, each with its scale.")
    if arch.latent:
        yield note("Latent attention keeps one compressed row for each token and no values.")
    if arch.caches_window and arch.window:
        yield note(f"A window looks back on {arch.window:,} tokens and has room for a micro-batch.")
    yield note("Source: llama.cpp, src/llama-kv-cache.cpp, commit 0c1e57098.")


def state_rows(found: Estimate) -> Iterator[Row]:
    """Layers with a state."""
    yield from told(memory.state_sum(found), "recurrent state")
    yield BLANK
    yield note("Always F32, whatever the cache type; it does not grow with the context.")
    yield note("Source: llama.cpp, src/llama-memory-recurrent.cpp, commit 0c1e57098.")


def compute_rows(found: Estimate) -> Iterator[Row]:
    """Buffers by device."""
    settings, cache = found.scenario.settings, found.cache
    yield from told(memory.compute_sum(found), "scratch on all devices")
    yield BLANK
    tokens = min(settings.ubatch, settings.batch, settings.context)
    flash = "with" if settings.flash_attention_on else "without"
    if found.placement.planned:
        yield note("Planned on the graph of the architecture, as the engine's own allocator does.")
    else:
        yield note("The largest set of tensors alive at once, by a formula good to a few per cent.")
    yield note(
        f"A micro-batch of {tokens:,} tokens over {cache.cells:,} cells, {flash} flash attention, "
        f"{settings.build} build."
    )
    scratch = found.scenario.machine.driver.scratch
    if scratch is not None and found.placement.mode is not Mode.CPU:
        yield note(f"The figure of CUDA, which stands in; held against it: {scratch}.")
    yield note("Source: llama.cpp, ggml-alloc.c, commit 0c1e57098.")


def driver_rows(found: Estimate) -> Iterator[Row]:
    """What drivers take."""
    machine = found.scenario.machine
    yield from told(memory.overhead_sum(found), "driver on all GPUs")
    yield BLANK
    low, high = machine.overhead_band
    if low != high:
        yield note(f"{low >> 20} to {high >> 20} MiB for each GPU.")
    if machine.driver_bytes is None and machine.gpus:
        yield note(f"Source: {machine.driver.evidence}.")
    yield note("Beside the engine's own buffers, so an engine's log does not show it.")
