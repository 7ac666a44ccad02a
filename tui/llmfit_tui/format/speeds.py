"""Speeds as the JSON that scripts read, and what all slots reach together in words."""

from typing import Any

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.speed import Basis
from llmfit_tui.format import amounts
from llmfit_tui.format.amounts import rounded


def speed_document(found: Estimate) -> dict[str, Any]:
    """Of a single stream; `throughput` is of all slots together, null for one."""
    speed, together = found.speed, found.throughput
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
        "throughput": together
        and {
            "slots": together.slots,
            "tok_s": rounded(together.tok_s),
            "low": rounded(together.low),
            "high": rounded(together.high),
            "basis": Basis.ROUGH.value,
        },
    }


def throughput_words(found: Estimate) -> str:
    """What all slots reach together; empty for one."""
    together = found.throughput
    if together is None:
        return ""
    low, high = amounts.rate(together.low), amounts.rate(together.high)
    return (
        f"{together.slots} slots at once: about {amounts.rate(together.tok_s)} tok/s in all ({low} to {high})"
    )
