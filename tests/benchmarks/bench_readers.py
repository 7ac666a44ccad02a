"""Time to read text made to keep a reader busy, and what twice the text costs: 2 is fair, 4 is not.

python tests/benchmarks/bench_readers.py
"""

import time

from llmfit_tui.core.seen.readers import READERS

BITS = (
    "\n",
    " ",
    "|",
    "0 ",
    "1",
    "{",
    "\t\n",
    "<a>",
    "GPU 0: x\n",
    "Device 0: a",
    '"a": ',
    "= ",
    "Device Name: ",
)
LENGTH = 8_000


def seconds(text: str) -> float:
    """CPU time of all readers."""
    started = time.process_time()
    for reader in READERS:
        reader.form.search(text)
        reader.findings(text, "")
    return time.process_time() - started


if __name__ == "__main__":
    for bit in BITS:
        once, twice = (seconds(bit * (size // len(bit))) for size in (LENGTH, 2 * LENGTH))
        print(f"{bit!r:16} {once * 1e3:7.1f} ms   x{twice / max(once, 1e-6):.1f}")
