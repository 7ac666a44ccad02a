"""A speed with what passes between GPUs and machines taken off."""

from dataclasses import replace

from llmfit_tui.core.engines.traffic import hand_on_s
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.speed import Basis, Speed

SPREAD = 2.0
"""Time between GPUs is known to this factor: engines, their releases and drivers differ that much."""


def in_turn(speed: Speed, arch: Architecture, machine: Machine, prompt: int, each_s: float) -> Speed:
    """The speed over several machines that hold layers one after the other; `each_s`: what the engine takes
    of a step for each machine beside the first."""
    step, whole = (hand_on_s(arch, machine, tokens, each_s) for tokens in (1, prompt))
    if step is None or whole is None:
        return unknown(speed)
    return slowed(speed, step, whole / prompt, prompt)


def unknown(speed: Speed) -> Speed:
    """Where a link is not known, no speed is."""
    return replace(
        speed,
        decode_tok_s=None,
        decode_low=None,
        decode_high=None,
        prefill_tok_s=None,
        prefill_low=None,
        prefill_high=None,
        time_to_first_token_s=None,
        source="how the machines are connected is not known",
    )


def rougher(speed: Speed, slower: float) -> Speed:
    """The speed that may also be so much slower than its band says."""
    low = speed.decode_low and speed.decode_low / slower
    return replace(speed, decode_low=low, basis=Basis.ROUGH)


def slowed(speed: Speed, step_s: float, per_prompt_token_s: float, prompt: int) -> Speed:
    """The speed with so much time between GPUs for each decoded token and each token of the prompt."""

    def later(rate: float | None, more: float) -> float | None:
        return 1 / (1 / rate + more) if rate else None

    decode, prefill = later(speed.decode_tok_s, step_s), later(speed.prefill_tok_s, per_prompt_token_s)
    return replace(
        speed,
        decode_tok_s=decode,
        decode_low=later(speed.decode_low, step_s * SPREAD),
        decode_high=later(speed.decode_high, step_s / SPREAD),
        prefill_tok_s=prefill,
        prefill_low=later(speed.prefill_low, per_prompt_token_s * SPREAD),
        prefill_high=later(speed.prefill_high, per_prompt_token_s / SPREAD),
        time_to_first_token_s=prompt / prefill + 1 / decode if prefill and decode else None,
        source=f"{speed.source}; {step_s * 1e3:.2g} ms a token between GPUs",
    )
