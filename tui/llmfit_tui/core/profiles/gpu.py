"""A GPU described by hand, as a person types it: `2x My Card 24GiB 936GB/s 71TFLOPS cuda`.

A count, a name and the memory, then in any order what else is known. Several are joined by " + ".
"""

import re

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.hardware.device import GIB, Backend
from llmfit_tui.core.profiles.profile import MOST_GPUS, OwnGpu
from llmfit_tui.core.sizes import bytes_per_second, memory_bytes

EXAMPLE = "24GiB 936GB/s 71TFLOPS cuda"
NAMELESS = "own GPU"
_COUNT = re.compile(r"([0-9]{1,4})\s*[x×*]\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_JOINED = re.compile(r"\s+\+\s+")
_APART = re.compile(
    r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)\s+(GiB|GB|G|MiB|MB|TiB|TB|[MGT]B?/s|TFLOPS?)(?!\S)", re.IGNORECASE
)
_MEMORY = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[KMGT](?:i?B)?|B)", re.IGNORECASE)
_RATE = re.compile(r"-?[0-9.]+[A-Z]*/s", re.IGNORECASE)
_FLOPS = re.compile(r"([0-9]+(?:\.[0-9]+)?)TFLOPS?", re.IGNORECASE)
_BACKENDS = {backend.value: backend for backend in Backend}


def read_own_gpus(text: str, what: str) -> tuple[OwnGpu, ...]:
    """Every GPU of a text; none of an empty one. Raises BadValue, naming the part that is off."""
    return tuple(_read(part, what) for part in _JOINED.split(text.strip())) if text.strip() else ()


def own_gpus_text(gpus: tuple[OwnGpu, ...]) -> str:
    """The GPUs as `read_own_gpus` takes them."""
    return " + ".join(map(_text, gpus))


def _read(text: str, what: str) -> OwnGpu:
    count = 1
    match = _COUNT.fullmatch(text.strip())
    rest = text.strip()
    if match is not None:
        count, rest = int(match.group(1)), match.group(2)
        if not 1 <= count <= MOST_GPUS:
            raise BadValue(f"{what}: a count from 1 to {MOST_GPUS} was expected, not {count}.")
    tokens = _APART.sub(r"\1\2", rest).split()
    rate: int | None = None
    flops: int | None = None
    backend: Backend | None = None
    while tokens and not _MEMORY.fullmatch(tokens[-1]):
        token = tokens.pop()
        speed = _FLOPS.fullmatch(token)
        if rate is None and _RATE.fullmatch(token):
            rate = bytes_per_second(token, what)
        elif flops is None and speed:
            flops = _flops(float(speed.group(1)), what)
        elif backend is None and token.lower() in _BACKENDS:
            backend = _BACKENDS[token.lower()]
        else:
            raise BadValue(f'{what}: {quoted(token)} was not expected; a card is described like "{EXAMPLE}".')
    size = memory_bytes(tokens.pop(), what) if tokens else 0
    if not size:
        raise BadValue(f'{what}: its memory was expected, as in "{EXAMPLE}", not {quoted(text)}.')
    return OwnGpu(" ".join(tokens) or NAMELESS, size, rate, flops, backend, count)


def _flops(tflops: float, what: str) -> int:
    if not 0 < tflops <= 1e6:
        raise BadValue(f"{what}: a number of TFLOPS above 0 was expected, not {tflops:g}.")
    return round(tflops * 1e12)


def _text(gpu: OwnGpu) -> str:
    parts = [f"{gpu.count}x"] if gpu.count > 1 else []
    parts += [gpu.name] if gpu.name != NAMELESS else []
    parts.append(size_text(gpu.memory_bytes))
    if gpu.bandwidth_bytes_per_s is not None:
        parts.append(rate_text(gpu.bandwidth_bytes_per_s))
    if gpu.fp16_flops is not None:
        parts.append(f"{gpu.fp16_flops / 1e12:.15g}TFLOPS")
    if gpu.backend is not None:
        parts.append(gpu.backend.value)
    return " ".join(parts)


def size_text(size: int) -> str:
    """A memory size that reads back to the byte."""
    for unit, name in ((GIB, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size % unit == 0:
            return f"{size // unit}{name}"
    return f"{size}B"


def rate_text(rate: int) -> str:
    """A bandwidth that reads back to the byte per second."""
    return f"{rate / 1e9:.15g}GB/s"
