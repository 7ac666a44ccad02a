"""The machine the program runs on: looked at in the background, and what of it is free now."""

import contextlib
import contextvars
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message
from textual.timer import Timer

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format.devices import this_name
from llmfit_tui.messages.detected import FreeSeen, MachineSeen
from llmfit_tui.panes.hardware import OwnMachine
from llmfit_tui.probes import NEEDS_ROOT, is_off
from llmfit_tui.screens.explorer_base import ExplorerBase

if TYPE_CHECKING:
    from llmfit_tui.core.placement.placement import Mode
    from llmfit_tui.core.seen.free import Holder, Usage

EVERY_S = 5.0
"""Between two looks at memory in use, while they are shown."""


class Opens(Enum):
    """Whether the explorer goes to the detected machine, once it is known."""

    NEVER = "never"
    WITH_GPU = "with a GPU"
    ALWAYS = "always"


class ThisMachine(ExplorerBase):
    """Nothing here waits: a thread asks, and what it finds comes as a message."""

    opens: Opens = Opens.NEVER
    usage: "Usage | None" = None
    """Memory in use; None while the whole memory counts."""
    _whole: Machine | None = None
    """The machine as it is with all of its memory free."""
    _timer: Timer | None = None
    _asking: bool = False

    def look_at_machine(self) -> None:
        """Ask the machine what it is, unless that is switched off."""
        if not is_off():
            self._in_background(self._detected)

    def _detected(self) -> MachineSeen:
        """What the machine is; in the thread, as loading the readers alone takes a moment."""
        from llmfit_tui.probes.gather import detect_here

        return MachineSeen(detect_here(self.catalog.devices, self.catalog.pci).detected)

    def _in_background(self, ask: Callable[[], Message]) -> None:
        """In a thread that leaving does not wait for, whatever a driver does to it."""

        def run() -> None:
            message = ask()
            # The explorer may have closed meanwhile.
            with contextlib.suppress(RuntimeError):
                self.post_message(message)

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(run,), daemon=True).start()

    @on(MachineSeen)
    def take_seen(self, message: MachineSeen) -> None:
        """The detected machine stands first among the hardware, and is opened where nothing was chosen."""
        from llmfit_tui.core.seen.machine import machine_of_detected

        found = message.found
        failed = [said for said in found.failed if NEEDS_ROOT not in said]
        if failed and not found.has_gpu:
            more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
            self.say(f"no GPU was found: {failed[0]}{more}; llmfit-tui doctor tells all")
        unknown = [match.name for match in found.cards if match.taken is None and match.seen.memory_bytes]
        if unknown:
            keep, edit = (self.keymap.first_of(name) for name in ("profile.new", "profile.edit"))
            self.say(f"{unknown[0]} is not in the catalog: {keep} keeps it, {edit} gives its bandwidth")
        if not found.has_gpu and found.host.memory_bytes is None:
            return
        try:
            machine = machine_of_detected(found, Wishes())
        except LlmfitError:
            return
        self._whole = replace(machine, name=this_name(machine.name))
        self.profiles.this = found
        self._show(self._whole)
        wanted = self.opens is Opens.ALWAYS or (self.opens is Opens.WITH_GPU and found.has_gpu)
        if wanted and self.scenario is not None and self.scenario.machine is self.start.machine:
            self.hardware.put_cursor(0)
            self.hardware.repaint()
            self.change(machine=self._whole)

    def _show(self, machine: Machine) -> None:
        """This machine as the first row; the scenario follows where it is the one looked at."""
        self.hardware.set_this(OwnMachine(machine.name, machine, detected=True))
        if self.scenario is not None and self.scenario.machine.name == machine.name:
            self.change(machine=machine)

    def action_free_now(self) -> None:
        """Reckon with what is free now, or with all of the memory again."""
        if self._whole is None:
            self.say("this machine is not known yet; llmfit-tui doctor says what was detected")
        elif self._timer is not None:
            self._timer.stop()
            self._timer = self.usage = None
            self._show(self._whole)
            self.say("all of this machine's memory counts again")
        else:
            self._timer = self.set_interval(EVERY_S, self._look_at_usage)
            self._look_at_usage()
            self.say("asking what is free now ...")

    def _look_at_usage(self) -> None:
        """Ask what is in use; one question at a time."""
        if not self._asking:
            self._asking = True
            self._in_background(_in_use)

    @on(FreeSeen)
    def take_free(self, message: FreeSeen) -> None:
        """Show it, if it is another than before and still asked for."""
        from llmfit_tui.core.seen.free import in_use

        self._asking = False
        if self._timer is None or self._whole is None or not message.usage.differs(self.usage):
            return
        first = self.usage is None
        self.usage = message.usage
        self._show(self._free())
        if first:
            helps = self.in_the_way(self.scenario) if self.scenario is not None else ""
            self.say("; ".join(filter(None, (in_use(message.usage), helps))))

    def _free(self, without: "Sequence[Holder]" = ()) -> Machine:
        """This machine with what is free, were these programs stopped."""
        from llmfit_tui.core.seen.free import in_use

        whole = self._whole
        assert whole is not None
        if self.usage is None:
            return whole
        machine = self._with_free(self.usage, without)
        return replace(machine, assumed=(in_use(self.usage), *whole.assumed))

    def _with_free(self, usage: "Usage", without: "Sequence[Holder]" = ()) -> Machine:
        from llmfit_tui.core.seen.free import free_machine

        assert self._whole is not None
        assert self.profiles.this is not None
        return free_machine(self._whole, self.profiles.this, usage, without)

    def in_the_way(self, scenario: Scenario) -> str:
        """Programs to stop where what is free counts; else that memory was in use when it was looked at."""
        from llmfit_tui.core.placement.placement import Mode
        from llmfit_tui.core.seen.free import at_detection, to_stop
        from llmfit_tui.format.holders import stop_words

        found = self.profiles.this
        if found is None or not self._on_this(scenario):
            return ""
        usage = self.usage or at_detection(found)
        whole = self._mode(scenario, self._whole)
        if whole is Mode.NONE or self._mode(scenario, self._with_free(usage)) is whole:
            return ""
        if self.usage is None:
            key = self.keymap.first_of("free")
            return f"{key}: what was in use at the start keeps it from fitting; count what is free"
        stopped = to_stop(
            usage.holders, lambda holders: self._mode(scenario, self._with_free(usage, holders)) is whole
        )
        return stop_words(stopped) or "fits if the programs that hold its memory are stopped"

    def _on_this(self, scenario: Scenario) -> bool:
        return self._whole is not None and scenario.machine.name == self._whole.name

    def _mode(self, scenario: Scenario, machine: Machine | None) -> "Mode":
        """Where the model goes: all on the GPU, in part, or nowhere."""
        from llmfit_tui.core.estimate import placed
        from llmfit_tui.core.placement.placement import Mode

        try:
            wanted = within_own_context(replace(scenario, machine=machine or scenario.machine))
            return placed(wanted).mode
        except LlmfitError:
            return Mode.NONE


def _in_use() -> FreeSeen:
    from llmfit_tui.probes.usage import usage_here

    return FreeSeen(usage_here())
