"""What a plan asks of hardware: one model, how it is run, and the least it has to reach."""

from collections.abc import Sequence

from llmfit_tui.core.answers.closeness import bits_of
from llmfit_tui.core.answers.recommend import choices
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import MADE
from llmfit_tui.core.engines.machines import for_engine
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.link import Link
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quality import quality_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.ranking.choice import Chooser, Wanted, too_lossy, too_slow
from llmfit_tui.core.rating import LABELS, USABLE_LEVEL
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from llmfit_tui.core.speed.evidence import Evidence

NO_SIZE = "no quantization of known size"
YARDSTICK = "Q4_K_M"
"""The quantization most people take: what nobody asks otherwise must come as close to 16 bit as it does."""
LEAST_BITS = 4.0
"""The same among the formats of vLLM and MLX, of which few were measured."""


@record
class Wish:
    """A model under settings, and what makes hardware good enough for it."""

    model: Model
    quants: tuple[Quant, ...]
    """Quantizations that will do, one where it was named."""
    settings: Settings
    evidence: Evidence
    wanted: Wanted
    least_level: int = USABLE_LEVEL
    """The rating it has to reach."""
    links: tuple[Link, ...] = ()
    """What may connect cards, for engines whose speed depends on it."""

    def on(self, machine: Machine) -> Estimate | None:
        """The quantization that serves best there; None where none has a size, or none is loaded there."""
        if self.settings.engine is not Engine.LLAMA_CPP:
            machine = for_engine(machine, self.settings.engine, self.links)
        return Chooser(self.quants, machine, self.settings, self.evidence, self.wanted).best(self.model)

    def missing(self, found: Estimate | None) -> str | None:
        """Why this is not good enough, in words that can be counted; None where it is."""
        if found is None:
            own = self.settings.engine in MADE
            return f"{self.settings.engine.value} does not run it there" if own else NO_SIZE
        if not found.rating.level:
            return "does not fit"
        if too_slow(found, self.wanted):
            return "too slow"
        if too_lossy(found, self.wanted):
            return "too far from the 16-bit model"
        if found.rating.level < self.least_level:
            return f"only {LABELS[found.rating.level].lower()}"
        return None


def wish_of(
    model: Model,
    quants: Sequence[Quant],
    settings: Settings,
    evidence: Evidence,
    wanted: Wanted,
    named: Quant | None = None,
    links: tuple[Link, ...] = (),
) -> Wish:
    """The wish of what was asked for.

    A speed that was asked for is all the speed it needs; without one, hardware has to be usable. Without a
    quantization or an agreement, the model has to come as close to 16 bit as Q4_K_M does.
    """
    least_level = USABLE_LEVEL if wanted.min_tok_s is None else 1
    if named is not None:
        return Wish(model, (named,), settings, evidence, wanted, least_level, links)
    shipped = choices(quants, settings.engine)
    least = wanted.min_agree_percent
    if least is None and settings.engine in MADE:
        will_do = tuple(one for one in shipped if bits_of(one) >= LEAST_BITS)
        return Wish(model, will_do, settings, evidence, wanted, least_level, links)
    agreement = {one.name: _agreement(model, one, settings, evidence) for one in shipped}
    least = agreement.get(YARDSTICK, 0.0) if least is None else least
    will_do = tuple(one for one in shipped if agreement[one.name] >= least)
    return Wish(model, will_do or shipped, settings, evidence, wanted, least_level, links)


def _agreement(model: Model, quant: Quant, settings: Settings, evidence: Evidence) -> float:
    found = quality_of(model, architecture(model), quant, uses_imatrix(settings, quant), evidence.quality)
    return found.agree_percent if found else 0.0
