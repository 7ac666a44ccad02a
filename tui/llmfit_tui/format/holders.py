"""Programs that hold memory, in words."""

from collections.abc import Sequence

from llmfit_tui.core.seen.free import Holder
from llmfit_tui.format.amounts import gib


def stop_words(stopped: Sequence[Holder]) -> str:
    """`fits if you stop llama-server (22 GiB)`; empty where nobody need stop."""
    held: dict[str, int] = {}
    for holder in stopped:
        held[holder.name] = held.get(holder.name, 0) + holder.memory_bytes
    names = " and ".join(f"{name} ({gib(size)})" for name, size in held.items())
    return f"fits if you stop {names}" if names else ""
