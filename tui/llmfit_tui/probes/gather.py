"""All probes at once, done when the last has answered or the time is up: what hangs is left behind."""

import os
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.seen.answers import Answer, Asked, Detection, concluded, understood
from llmfit_tui.core.seen.detected import Detected
from llmfit_tui.core.seen.naming import index_of
from llmfit_tui.core.seen.pci_names import PciNames
from llmfit_tui.probes import OFF, is_off
from llmfit_tui.probes.asking import Probe, Surroundings
from llmfit_tui.probes.plan import fallback, probes

WHOLE_LIMIT_S = 1.5
"""For all probes together, so that with reading and matching a detection ends within two seconds."""
MARGIN_S = 0.1


def detect_here(
    devices: Sequence[Device],
    pci: PciNames,
    where: Surroundings | None = None,
    limit_s: float = WHOLE_LIMIT_S,
) -> Detection:
    """Detect the machine this runs on. Ends within the limit, whatever tools do; `failed` says why."""
    where = where or Surroundings(environment=dict(os.environ))
    if is_off(where.environment):
        return Detection(Detected(notes=(f"detection is switched off ({OFF}=off)",)))
    started = time.monotonic()
    # Tools end a little before, so that what they had printed is still taken.
    where = replace(where, until=started + limit_s - MARGIN_S)
    answers, failed = _ask(probes(where.platform), where, limit_s)
    left = limit_s - (time.monotonic() - started)
    if not any(found.devices for answer in answers for _, found in answer.read) and left > 0.2:
        more, silent = _ask((("fallback", fallback),), where, left)
        answers += more
        failed += silent
    failed += [
        f"{answer.asked.command}: {answer.asked.problem}" for answer in answers if _failed(answer.asked)
    ]
    return Detection(
        concluded(answers, index_of(devices), pci, where.environment, failed),
        tuple(answers),
        time.monotonic() - started,
    )


def _failed(asked: Asked) -> bool:
    return asked.problem is not None and not asked.missing


def _ask(
    plan: Sequence[tuple[str, Probe]], where: Surroundings, limit_s: float
) -> tuple[list[Answer], list[str]]:
    """Answers in the order of the plan, and the probes that gave none in time. Reading them counts."""
    done: queue.SimpleQueue[tuple[int, list[Answer]]] = queue.SimpleQueue()

    def run(number: int, probe: Probe) -> None:
        done.put((number, [understood(one) for one in probe(where)]))

    for number, (_, probe) in enumerate(plan):
        threading.Thread(target=run, args=(number, probe), daemon=True).start()
    until = time.monotonic() + limit_s
    answers: dict[int, list[Answer]] = {}
    while len(answers) < len(plan):
        try:
            number, found = done.get(timeout=max(until - time.monotonic(), 0.001))
        except queue.Empty:
            break
        answers[number] = found
    silent = [
        f"{name}: no answer within {limit_s:.2g} s"
        for number, (name, _) in enumerate(plan)
        if number not in answers
    ]
    return [answer for number in sorted(answers) for answer in answers[number]], silent
