"""Options that describe a scenario: one table for the command line and for JSON lines.

Every option is read from text by one function, so a value means the same, and is refused in the same words,
whether it was typed or read from a file.
"""

import argparse
from collections.abc import Callable, Container, Mapping
from typing import Any

from llmfit_tui.core.build import build_named
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.names import nearest
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import ALL_LAYERS
from llmfit_tui.core.sizes import bytes_per_second, memory_bytes, token_count, whole_number

Reader = Callable[[str, str], Any]


@record
class Option:
    """One option. `key` is its name in JSON; without `read` it is a switch that stores `stores`."""

    key: str
    flags: tuple[str, ...]
    help: str
    read: Reader | None = None
    metavar: str = "N"
    stores: bool = True
    bare: str | None = None
    """What the flag means without a value, where llama.cpp allows that."""


def _text(text: str, what: str) -> str:
    if not text.strip():
        raise BadValue(f"{what}: a name was expected, not an empty text.")
    return text


def _context(text: str, what: str) -> int | str:
    folded = text.strip().lower()
    return folded if folded in {"max", "fit"} else token_count(text, what)


def _kv_type(text: str, what: str) -> KVType:
    known = {kind.value: kind for kind in KVType}
    found = known.get(text.strip().lower())
    if found is None:
        raise BadValue(f"{what}: {quoted(text)} is not a cache type; nearest are {_near(text, known)}.")
    return found


def _kv_pair(text: str, what: str) -> tuple[KVType, KVType]:
    parts = text.split(",")
    if len(parts) > 2:
        raise BadValue(f'{what}: one type or a pair such as "q8_0,f16" was expected, not {quoted(text)}.')
    return _kv_type(parts[0], what), _kv_type(parts[-1], what)


def _gpu_layers(text: str, what: str) -> int | None:
    folded = text.strip().lower()
    if folded in {"auto", "-1"}:
        return None
    return ALL_LAYERS if folded == "all" else whole_number(text, what, 0)


def _sizes(text: str, what: str) -> tuple[int, ...]:
    sizes = tuple(memory_bytes(part, what) for part in text.split(","))
    if not all(sizes):
        raise BadValue(f"{what}: more than 0 was expected for every card, not {quoted(text)}.")
    return sizes


def _split(text: str, what: str) -> tuple[float, ...]:
    try:
        shares = tuple(float(part) for part in text.split(","))
    except ValueError:
        shares = ()
    if not shares or not all(0 <= share < 1e6 for share in shares) or not sum(shares):
        raise BadValue(f'{what}: shares such as "3,1" were expected, not {quoted(text)}.')
    return shares


def _positive(text: str, what: str) -> int:
    return whole_number(text, what, 1)


def _natural(text: str, what: str) -> int:
    return whole_number(text, what, 0)


def _slots(text: str, what: str) -> int:
    return whole_number(text, what, 1, 256)


def _one_of(*known: str) -> Reader:
    def read(text: str, what: str) -> str:
        found = text.strip().lower()
        if found not in known:
            raise BadValue(
                f"{what}: {', '.join(known[:-1])} or {known[-1]} was expected, not {quoted(text)}."
            )
        return found

    return read


def _backend(text: str, what: str) -> Backend:
    return Backend(_one_of(*(backend.value for backend in Backend))(text, what))


def _engine(text: str, what: str) -> Engine:
    return Engine(_one_of(*(engine.value for engine in Engine))(text, what))


def _share(text: str, what: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise BadValue(f"{what}: a share above 0 and up to 1 was expected, such as 0.9, not {quoted(text)}.")
    return share


def _near(text: str, known: Mapping[str, Any]) -> str:
    return ", ".join(nearest(text, known))


OPTIONS = (
    Option("quant", ("--quant",), "quantization, or all (default: the recommended one)", _text, "NAME"),
    Option("imatrix", ("--imatrix",), "made with an importance matrix"),
    Option("imatrix", ("--no-imatrix",), "made without one", stores=False),
    Option("variant", ("--variant",), "which of the files of that name, such as no-mtp", _text, "NAME"),
    Option("context", ("--context", "-c", "--ctx-size"), "tokens, max, or fit (what --fit takes)", _context),
    Option("depth", ("--depth",), "tokens already in the cache, for speed", _natural),
    Option("prompt", ("--prompt",), "tokens of the prompt, for time to first token", _positive),
    Option("parallel", ("--parallel", "-np"), "slots", _slots),
    Option("unified_kv", ("--unified-kv", "--kv-unified"), "slots share one cache"),
    Option("batch", ("--batch", "-b", "--batch-size"), "logical batch", _positive),
    Option("ubatch", ("--ubatch", "-ub", "--ubatch-size"), "micro-batch", _positive),
    Option("swa_full", ("--swa-full",), "cache every position of windowed layers"),
    Option("kv_type", ("--kv-type",), "cache type, or a K,V pair", _kv_pair, "TYPE"),
    Option("kv_type_k", ("--cache-type-k", "-ctk"), "cache type of keys", _kv_type, "TYPE"),
    Option("kv_type_v", ("--cache-type-v", "-ctv"), "cache type of values", _kv_type, "TYPE"),
    Option(
        "flash_attention",
        ("--flash-attention", "-fa", "--flash-attn"),
        "auto, on or off",
        _one_of("auto", "on", "off"),
        "MODE",
        bare="on",
    ),
    Option("outputs", ("--outputs",), "rows of logits: server or all", _one_of("server", "all"), "WHICH"),
    Option("hardware", ("--hardware",), "such as 'RTX 4090', '2x RTX 3090', this or cpu", _text, "NAME"),
    Option("vram", ("--vram",), "nameless CUDA cards by memory, such as 24GiB,12GiB", _sizes, "SIZES"),
    Option("ram", ("--ram",), "host memory", memory_bytes, "SIZE"),
    Option("ram_bandwidth", ("--ram-bandwidth",), "of the host, such as 90GB/s", bytes_per_second, "RATE"),
    Option("margin", ("--margin",), "what to leave free on each GPU", memory_bytes, "SIZE"),
    Option("gpu_limit", ("--gpu-limit",), "what the GPU may use of shared memory", memory_bytes, "SIZE"),
    Option("gpu_layers", ("--gpu-layers", "-ngl", "--n-gpu-layers"), "auto, all or a number", _gpu_layers),
    Option("n_cpu_moe", ("--n-cpu-moe", "-ncmoe"), "blocks whose experts stay on the host", _natural),
    Option("tensor_split", ("--tensor-split", "-ts"), "share of each GPU, such as 3,1", _split, "A,B"),
    Option("no_kv_offload", ("--no-kv-offload", "-nkvo"), "keep the cache on the host"),
    Option("no_op_offload", ("--no-op-offload",), "never copy host weights to the GPU"),
    Option("no_repack", ("--no-repack", "-nr"), "leave weights on the host as the file has them"),
    Option("mmproj", ("--mmproj",), "projector for images or sound, a .gguf", _text, "FILE"),
    Option("lora", ("--lora",), "adapters, .gguf files", _text, "FILE[,FILE]"),
    Option("model_draft", ("--model-draft", "-md"), "draft model for speculation", _text, "MODEL"),
    Option("engine", ("--engine",), "llama.cpp, ollama, vllm or mlx", _engine, "NAME"),
    Option("tensor_parallel", ("--tensor-parallel", "-tp"), "GPUs that share a layer (vllm)", _positive),
    Option("pipeline_parallel", ("--pipeline-parallel", "-pp"), "stages of layers (vllm)", _positive),
    Option("gpu_memory_utilization", ("--gpu-memory-utilization",), "share of each GPU (vllm)", _share, "F"),
    Option("link", ("--link",), "between GPUs or machines, such as '100 GbE', NVLink", _text, "NAME"),
    Option("build", ("--build",), "llama.cpp build, such as b9410 (default: the newest)", build_named, "B"),
    Option("backend", ("--backend",), "cuda, rocm, vulkan, metal, sycl, cpu ...", _backend, "NAME"),
    Option("no_measured", ("--no-measured",), "estimates only, no measured rows"),
    Option("method", ("--method",), "exact or bits", _one_of("exact", "bits"), "HOW"),
)


def add_to(parser: argparse.ArgumentParser, keys: Container[str] | None = None) -> None:
    """Add every option, or those of `keys`; values stay text until `read_all`."""
    group = parser.add_argument_group("scenario" if keys is None else "machine")
    for option in OPTIONS:
        if keys is not None and option.key not in keys:
            continue
        if option.read is None:
            group.add_argument(
                *option.flags, dest=option.key, help=option.help, action="store_const", const=option.stores
            )
        elif option.bare is not None:
            group.add_argument(
                *option.flags,
                dest=option.key,
                help=option.help,
                metavar=option.metavar,
                nargs="?",
                const=option.bare,
            )
        else:
            group.add_argument(*option.flags, dest=option.key, help=option.help, metavar=option.metavar)


def read_typed(parsed: argparse.Namespace) -> dict[str, Any]:
    """The values typed as options. Raises BadValue, naming the flag."""
    typed = {option.key: getattr(parsed, option.key, None) for option in OPTIONS}
    return read_all(typed, lambda option: option.flags[0])


def read_all(given: Mapping[str, Any], named: Callable[[Option], str]) -> dict[str, Any]:
    """Read the values given by key; `named` says how to call an option in an error. Unknown keys raise."""
    by_key = {option.key: option for option in OPTIONS}
    values: dict[str, Any] = {}
    for key, value in given.items():
        option = by_key.get(key)
        if option is None:
            close = nearest(key, by_key, 1)
            raise BadValue(f"{quoted(key)} is not an option; did you mean {close[0]}?")
        if value is None:
            continue
        values[key] = _read(option, value, named(option))
    return values


def _read(option: Option, value: Any, what: str) -> Any:
    if option.read is None:
        if not isinstance(value, bool):
            raise BadValue(f"{what}: true or false was expected, not {quoted(str(value))}.")
        return value
    if option.key == "flash_attention" and isinstance(value, bool):
        value = "on" if value else "off"
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadValue(f"{what}: a text or a number was expected, not {quoted(str(value))}.")
    return option.read(str(value), what)
