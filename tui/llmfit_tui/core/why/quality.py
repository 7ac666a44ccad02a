"""Quality by its terms: the logarithm of the divergence from the 16-bit model."""

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.quality import FLOAT_TYPES, divergence_terms
from llmfit_tui.core.scenario import uses_imatrix
from llmfit_tui.core.why.terms import Sum, Term, Unit


def divergence_sum(found: Estimate) -> Sum | None:
    """ln D; None for 16-bit types, which lose nothing, and where no measurement covers the format."""
    scenario, fit = found.scenario, found.evidence.quality
    if fit is None or found.quality is None or scenario.quant.name in FLOAT_TYPES:
        return None
    imatrix = uses_imatrix(scenario.settings, scenario.quant)
    terms = divergence_terms(scenario.model, found.arch, scenario.quant, imatrix, fit)
    if terms is None:
        return None
    made = tuple(Term(name, amount) for name, amount in terms.items() if amount)
    return Sum("ln D", Unit.LOG, made)
