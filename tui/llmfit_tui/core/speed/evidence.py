"""What published figures say, in one value that is handed to an estimate."""

from dataclasses import field

from llmfit_tui.core.quality import QualityFit
from llmfit_tui.core.record import record
from llmfit_tui.core.speed.fit import SpeedFit
from llmfit_tui.core.speed.measured import Measurements


@record
class Evidence:
    """Without a catalog: no quality, and speeds from the values the fit starts from."""

    quality: QualityFit | None = None
    speed: SpeedFit = field(default_factory=SpeedFit)
    measurements: Measurements | None = None
    """None: left out, and estimates are not pulled towards them either."""


NO_EVIDENCE = Evidence()
