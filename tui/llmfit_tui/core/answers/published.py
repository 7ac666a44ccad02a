"""Which file of a repository to take: the recommended rule among those it has."""

from collections.abc import Sequence

from llmfit_tui.core.answers.recommend import recommended
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.models.published import PublishedFile, published_as
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.core.speed.evidence import NO_EVIDENCE, Evidence


def published_quants(scenario: Scenario, quants: Sequence[Quant]) -> tuple[Quant, ...]:
    """The quantizations that the repository of the scenario's model has files of."""
    files = scenario.model.published
    return tuple(quant for quant in quants if published_as(files, quant) is not None)


def file_meant(
    scenario: Scenario, quants: Sequence[Quant], evidence: Evidence = NO_EVIDENCE
) -> PublishedFile | None:
    """The file of the recommended quantization, by the sizes of the files; None where none is rated."""
    model = scenario.model
    try:
        best = recommended(scenario, published_quants(scenario, quants), evidence)
    except BadValue:
        return None
    return published_as(model.published, best.scenario.quant) if best else None
