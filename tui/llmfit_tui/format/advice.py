"""What would help, in a few words each."""

from llmfit_tui.core.answers.advice import Change, ChangeKind
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import short_name

NUMBERS = ("no", "one", "two", "three")


def change_words(change: Change) -> str:
    """ "q8_0 KV saves 2.0 GiB", "one more layer on the CPU", "IQ4_XS saves 1.2 GiB", "a 24 GB card"."""
    scenario = change.found.scenario
    settings = scenario.settings
    match change.kind:
        case ChangeKind.FLASH_ATTENTION:
            return f"flash attention{_saves(change)}"
        case ChangeKind.UBATCH:
            return f"micro-batch {settings.ubatch}{_saves(change)}"
        case ChangeKind.CPU_LAYERS:
            return f"{_more(change.steps, 'layer')} on the CPU"
        case ChangeKind.CPU_EXPERTS:
            return f"experts of {_more(change.steps, 'layer')} on the CPU"
        case ChangeKind.KV_TYPE:
            return f"{settings.kv_type_k.value} KV{_saves(change)}"
        case ChangeKind.QUANT:
            return f"{scenario.quant.name}{_saves(change)}"
        case ChangeKind.SLOTS:
            return f"{settings.parallel} slot{'s' if settings.parallel > 1 else ''}{_saves(change)}"
        case ChangeKind.CONTEXT:
            return f"{settings.context:,} tokens{_saves(change)}"
        case ChangeKind.CARD:
            card = scenario.machine.gpus[0]
            size = f"{(card.memory_bytes or 0) / GIB:.4g} GB"
            if card.unified:
                return f"{size} of memory"
            count = len(scenario.machine.gpus)
            if count > 1:
                return f"{count} cards of {size}, such as {short_name(card)}"
            return f"{'an' if size.startswith('8') else 'a'} {size} card, such as {short_name(card)}"
        case ChangeKind.MACHINES:
            return f"{scenario.machine.nodes} such machines"


def _saves(change: Change) -> str:
    return f" saves {amounts.gib(change.saves_bytes)}" if change.saves_bytes >= 1 << 27 else ""


def _more(count: int, what: str) -> str:
    number = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"{number} more {what}{'s' if count > 1 else ''}"
