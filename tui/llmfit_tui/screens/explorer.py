"""The explorer: three panes that ask, and this screen that decides.

The screen owns the scenario and is the only place that replaces it; the panes follow. What the keys do is
in the groups it derives from.
"""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.widgets import Static

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.machine import ASSUMED_HOST_BYTES
from llmfit_tui.messages.choices import FilterTold, MachineChosen, ProfileBroken, QuantChosen
from llmfit_tui.panes.figures import FigureList
from llmfit_tui.screens.answer_actions import AnswerActions
from llmfit_tui.screens.engine_actions import EngineActions
from llmfit_tui.screens.following import Following
from llmfit_tui.screens.history_actions import HistoryActions
from llmfit_tui.screens.keys.bindings import explorer_bindings
from llmfit_tui.screens.model_actions import ModelActions
from llmfit_tui.screens.placement_actions import PlacementActions
from llmfit_tui.screens.profile_actions import ProfileActions
from llmfit_tui.screens.scenario_actions import ScenarioActions
from llmfit_tui.screens.this_machine import ThisMachine
from llmfit_tui.screens.view_actions import FIRST_VIEWS, ViewActions

WIDE = 100
"""Columns from which the three panes stand side by side."""
BROAD = 150
"""Columns from which the estimate needs fewer lines."""
LEAST_SIZE = (60, 15)


class ExplorerScreen(
    Following,
    HistoryActions,
    AnswerActions,
    ScenarioActions,
    PlacementActions,
    EngineActions,
    ModelActions,
    ProfileActions,
    ViewActions,
    ThisMachine,
):
    """Models, quantizations, hardware, and what follows."""

    BINDINGS: ClassVar[list[BindingType]] = explorer_bindings()

    def compose(self) -> ComposeResult:
        """Summary, three panes, estimate, keys."""
        yield self.summary
        with Horizontal(id="lists"):
            yield from self.panes
        yield self.panel
        yield self.key_hints
        yield Static("llmfit-tui needs a terminal of at least 60 x 15.", id="small")

    def on_mount(self) -> None:
        """Open on the scenario given."""
        self._arrange(self._window)  # before the first paint, not after it
        self.scenario = self.start
        self.quants.put_cursor(self.quants.quants.index(self.start.quant))
        wrong = self.profiles.read()
        self._keep_host()
        if self.start.settings.engine is not Engine.LLAMA_CPP:
            self.hardware.set_engine(self.start.settings.engine)
        self.put_machine(self.start.machine.name)
        wrong = self.show_own_models() or wrong
        wrong = self.notice or wrong
        self.call_after_refresh(self.begin)
        if self.first_view in FIRST_VIEWS:
            self.call_after_refresh(self.run_action, FIRST_VIEWS[self.first_view])
        if wrong:
            # Once the first layout is done, which gives a pane the keys and takes back what was said.
            self.call_after_refresh(self.say, wrong)
        self.call_after_refresh(self.look_at_machine)
        self.call_after_refresh(self.offer_draft)
        self.call_after_refresh(self.look_for_models)

    def _keep_host(self) -> None:
        """Every card of the catalog beside the host memory the start has; a profile has its own."""
        machine = self.start.machine
        own = machine.name in self.profiles.profiles.names
        if machine.gpus and not (own or machine.unified) and machine.host_bytes != ASSUMED_HOST_BYTES:
            self.host_gib = machine.host_bytes // GIB
            self.hardware.set_host_memory(machine.host_bytes)

    @on(QuantChosen)
    def take_quant(self, message: QuantChosen) -> None:
        """Another quantization."""
        self.change(quant=message.quant)

    @on(MachineChosen)
    def take_machine(self, message: MachineChosen) -> None:
        """Another machine."""
        self.change(machine=message.machine)

    @on(ProfileBroken)
    def tell_broken(self, message: ProfileBroken) -> None:
        """A profile that makes no machine says why; the scenario stays."""
        self.say(message.problem)

    @on(FilterTold)
    def tell_filter(self, message: FilterTold) -> None:
        """Below, while a filter is typed: what can be said, or what is wrong with it."""
        self.say(message.text)

    def front(self, pane: FigureList) -> None:
        """Give a pane the keys; in a narrow terminal it is the one on screen."""
        self.in_front = pane
        wide = self._window.width >= WIDE
        for number, other in enumerate(self.panes, start=1):
            shown = wide or other is pane
            if other.display != shown:
                other.display = shown
            elsewhere = [f"{n} {p.heading}" for n, p in enumerate(self.panes, 1) if n != number]
            other.neighbours = () if wide else elsewhere
        self.set_focus(pane)
        self.hush()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A pane got the keys by a click. Textual's own choice, while none is on screen, does not count."""
        if isinstance(event.widget, FigureList) and not self.has_class("-small"):
            self.in_front = event.widget

    def on_key(self, event: events.Key) -> None:
        """A message stays until the next key."""
        del event
        self.hush()

    def on_resize(self, event: events.Resize) -> None:
        """Three panes side by side, or one at a time."""
        self._arrange(event.size)

    @property
    def _window(self) -> Size:
        """The terminal's, known before the screen has its own."""
        return self.app.size  # pyright: ignore[reportUnknownMemberType]

    def _arrange(self, size: Size) -> None:
        small = size.width < LEAST_SIZE[0] or size.height < LEAST_SIZE[1]
        self.set_class(small, "-small")
        self.set_class(size.width < WIDE, "-narrow")
        self.set_class(size.width >= BROAD, "-broad")
        if not small:
            self.front(self.in_front)
