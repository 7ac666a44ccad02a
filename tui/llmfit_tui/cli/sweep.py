"""Many scenarios at once: lines dealt to processes in chunks, answers in the order they were asked.

Only so many chunks are in flight as keep every process busy, so memory does not grow with the file. A file of
few lines is not worth a second process, and neither is a pipe whose other end may wait for each answer.
"""

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

CHUNK = 64
WORTH_IT = 512
"""Lines a process starts for: loading the catalogs takes as long as some hundred estimates."""
IN_FLIGHT = 3
"""Chunks per process, asked for and not yet written."""

Line = tuple[int, str]
Answered = TypeVar("Answered")
Answer = Callable[[list[Line]], Sequence[Answered]]


def cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    lines: Iterator[Line],
    answer: Answer[Answered],
    jobs: int | None,
    begin: Callable[..., None],
    arguments: tuple[object, ...],
) -> Iterator[Answered]:
    """The answers to all lines. `begin` is called with `arguments` in every process that is started, before
    `answer`; `jobs` None: as many as there are cores, where there are lines enough."""
    first = list(islice(lines, WORTH_IT)) if jobs is None else []
    count = cores() if jobs is None else jobs
    if count < 2 or (jobs is None and len(first) < WORTH_IT):
        for line in _after(first, lines):
            yield from answer([line])
        return
    from concurrent.futures import ProcessPoolExecutor  # a seventh of the start of one process alone

    with ProcessPoolExecutor(count, initializer=begin, initargs=arguments) as pool:
        waiting: deque[Future[Sequence[Answered]]] = deque()
        try:
            for chunk in _chunks(_after(first, lines)):
                waiting.append(pool.submit(answer, chunk))
                if len(waiting) >= IN_FLIGHT * count:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _after(first: list[Line], lines: Iterator[Line]) -> Iterator[Line]:
    yield from first
    yield from lines


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    source = iter(lines)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


class Progress:
    """How far it is, on stderr: rewritten in place on a terminal, a line every few seconds where asked."""

    def __init__(self, asked: bool) -> None:
        self._terminal = sys.stderr.isatty()
        self.shown = asked or (self._terminal and not sys.stdout.isatty())
        self._begun = self._last = time.monotonic()
        self._every = 0.5 if self._terminal else 5.0
        self._count = 0

    def step(self) -> None:
        """One more answer."""
        self._count += 1
        if not self.shown or self._count % 32:
            return
        now = time.monotonic()
        if now - self._last >= self._every:
            self._last = now
            self._say(now)

    def end(self) -> None:
        """The last word."""
        if self.shown:
            self._say(time.monotonic())
            if self._terminal:
                print(file=sys.stderr)

    def _say(self, now: float) -> None:
        rate = self._count / max(now - self._begun, 1e-9)
        what = "estimate" if self._count == 1 else "estimates"
        text = f"llmfit-tui: {self._count:,} {what}, {rate:,.0f} a second"
        print(
            f"\r{text}" if self._terminal else text,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )
