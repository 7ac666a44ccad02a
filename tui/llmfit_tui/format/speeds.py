"""Speeds as the JSON that scripts read."""

from typing import Any

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.format.amounts import rounded


def speed_document(found: Estimate) -> dict[str, Any]:
    """Of a single stream."""
    speed = found.speed
    return {
        "decode_tok_s": rounded(speed.decode_tok_s),
        "decode_low": rounded(speed.decode_low),
        "decode_high": rounded(speed.decode_high),
        "prefill_tok_s": rounded(speed.prefill_tok_s),
        "prefill_low": rounded(speed.prefill_low),
        "prefill_high": rounded(speed.prefill_high),
        "time_to_first_token_s": rounded(speed.time_to_first_token_s, 4),
        "basis": speed.basis.value,
        "source": speed.source,
    }
