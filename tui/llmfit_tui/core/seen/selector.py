"""ONEAPI_DEVICE_SELECTOR: `level_zero:0,1`, `*:gpu`, `!opencl:*`, terms set apart by semicolons.

As the DPC++ documentation has it ("Environment Variables"): a term accepts devices, one that begins with an
exclamation mark takes some away again; where there are only the latter, all are accepted to begin with.
"""

from llmfit_tui.core.seen.text import whole

BACKENDS = frozenset({"level_zero", "*"})
"""Those through which llama.cpp's SYCL backend sees Intel's GPUs; OpenCL serves where it alone is named."""


def selected(value: str, count: int) -> set[int]:
    """Numbers of the GPUs it leaves, of so many."""
    terms = [term.strip().lower() for term in value.split(";") if term.strip()]
    accepting = [term for term in terms if not term.startswith("!")]
    shown: set[int] = set() if accepting else set(range(count))
    for term in accepting:
        shown |= _meant(term, count, BACKENDS | {"opencl"})
    for term in terms:
        if term.startswith("!"):
            shown -= _meant(term[1:], count, BACKENDS)
    return shown


def _meant(term: str, count: int, backends: frozenset[str]) -> set[int]:
    """GPUs that one term speaks of."""
    backend, _, devices = term.partition(":")
    if backend not in backends:
        return set()
    found: set[int] = set()
    for part in (devices or "*").split(","):
        number = whole(part.strip().split(".")[0])
        if number is not None:
            found |= {number} & set(range(count))
        elif part.strip() in {"*", "gpu"}:
            found |= set(range(count))
    return found
