"""How fast this computer reads its memory, all cores at once.

Decoding on a CPU reads weights and writes almost nothing, so reading alone is timed: each thread lets the C
library's memchr look for a byte that is not there, in a block of its own that it wrote before. ctypes lets go
of the interpreter meanwhile, so the threads do run at once. Blocks together are far larger than any cache.
The best round counts, as disturbances only ever slow one down; how far the middle one is below it is the
error that is told.
"""

import ctypes
import mmap
import os
import sys
import threading
import time
from collections.abc import Callable
from statistics import median

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.record import record

WRITTEN, SOUGHT = 0x55, 0xAA
LEAST_BYTES, MOST_BYTES = 1 << 30, 8 << 30
"""Of all blocks together: more than the caches of any processor sold, if the memory allows it."""
SHARE_OF_MEMORY = 8
ROUNDS = 5
SWEEPS = 3
"""Times each round reads every block."""


class RateUnknown(LlmfitError):
    """The memory cannot be timed here."""

    unreadable = True


@record
class Timed:
    """The rate of the best round, and what it took."""

    bytes_per_s: int
    threads: int
    block_bytes: int
    below_best: float
    """How far the middle round is below the best, as a fraction."""

    @property
    def method(self) -> str:
        """In words."""
        return (
            f"memchr over {self.block_bytes >> 20} MiB in each of {self.threads} threads, best of {ROUNDS} "
            f"rounds, the middle one {self.below_best:.0%} below it"
        )


def read_rate(memory_bytes: int | None, tell: Callable[[str], None]) -> Timed:
    """Time it: a few seconds. Raises RateUnknown. An interruption (Ctrl-C) goes on to the caller."""
    libc = _c_library()
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    wanted = max(LEAST_BYTES, min((memory_bytes or 0) // 32, MOST_BYTES))
    if memory_bytes:
        wanted = min(wanted, memory_bytes // SHARE_OF_MEMORY)
    block = max(wanted // cores >> 20, 1) << 20
    tell(f"writing {block * cores / 2**30:.1f} GiB")
    try:
        blocks = [mmap.mmap(-1, block) for _ in range(cores)]
    except (OSError, MemoryError) as problem:
        raise RateUnknown("There is too little free memory to time it.") from problem
    with _Readers(libc, blocks) as readers:
        rates: list[float] = []
        for number in range(ROUNDS):
            tell(f"reading, round {number + 1} of {ROUNDS}")
            rates.append(SWEEPS * block * cores / readers.sweep())
    best = max(rates)
    return Timed(round(best), cores, block, 1 - median(rates) / best)


def _c_library() -> ctypes.CDLL:
    try:
        libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        libc.memchr.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t)
        libc.memchr.restype = ctypes.c_void_p
    except (OSError, AttributeError, TypeError) as problem:
        raise RateUnknown(
            "The C library cannot be reached from here, so memory cannot be timed."
        ) from problem
    return libc


class _Readers:
    """A thread for each block; each writes its own first, and reads it whenever told."""

    def __init__(self, libc: ctypes.CDLL, blocks: list[mmap.mmap]) -> None:
        self._libc = libc
        self._start, self._end = (threading.Barrier(len(blocks) + 1) for _ in range(2))
        self._threads = [threading.Thread(target=self._serve, args=(one,), daemon=True) for one in blocks]

    def __enter__(self) -> "_Readers":
        for thread in self._threads:
            thread.start()
        self._end.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._start.abort()

    def sweep(self) -> float:
        """Seconds until every block was read SWEEPS times."""
        self._start.wait()
        began = time.perf_counter()
        self._end.wait()
        return time.perf_counter() - began

    def _serve(self, block: mmap.mmap) -> None:
        size = len(block)
        where = ctypes.addressof((ctypes.c_char * size).from_buffer(block))
        # Only now do its pages exist, near the core that will read them.
        ctypes.memset(where, WRITTEN, size)
        try:
            self._end.wait()
            while True:
                self._start.wait()
                for _ in range(SWEEPS):
                    self._libc.memchr(where, SOUGHT, size)
                self._end.wait()
        except threading.BrokenBarrierError:
            return
