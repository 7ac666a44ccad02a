"""Terms in words: factors with what they count, and amounts in the unit of their sum."""

from llmfit_tui.core.why.terms import Factor, Kind, Term, Unit
from llmfit_tui.format import amounts

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
TIMES, OVER = " × ", " ÷ "


def working(term: Term) -> str:
    """ "24 layers × 8,192 cells × 2 K and V × 128 values × 2 B"; empty where nothing is multiplied."""
    told = ""
    for number, one in enumerate(term.factors):
        joint = "" if not number else OVER if one.divides else TIMES
        told += joint + factor(one)
    return told


def factor(one: Factor) -> str:
    """A number and what it counts."""
    match one.kind:
        case Kind.BYTES:
            text = f"{one.value:,.0f} B" if one.value == int(one.value) else f"{one.value:,.2f} B"
        case Kind.MEMORY:
            text = memory(one.value)
        case Kind.DATA:
            text = amounts.gb(one.value)
        case Kind.RATE:
            text = f"{one.value / 1e9:,.0f} GB/s" if one.value > 10e9 else f"{one.value / 1e9:.1f} GB/s"
        case Kind.OPERATIONS:
            text = f"{one.value / 1e12:,.1f} TFLOPS"
        case Kind.TIME:
            text = duration(one.value)
        case Kind.PLAIN:
            text = f"{one.value:.4g}"
        case Kind.COUNT:
            text = count(one.value)
    return f"{text} {one.label}" if one.label else text


def count(value: float) -> str:
    """Whole where it is; large counts to four figures."""
    if value >= 1e12:
        return f"{value / 1e12:,.3f}T"
    if value >= 1e9:
        return f"{value / 1e9:,.3f}G"
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:.1f}"


def amount(value: float, unit: Unit) -> str:
    """An amount in its unit, to about four figures, so that a reader can add the lines up."""
    match unit:
        case Unit.BYTES:
            return memory(value)
        case Unit.SECONDS:
            return duration(value)
        case Unit.LOG:
            return f"{value:+.3f}"


def memory(value: float) -> str:
    """Binary units to three or four figures; whole bytes below a KiB."""
    size = abs(value)
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            number = value / unit
            digits = 0 if abs(number) >= 1000 else 1 if abs(number) >= 100 else 2
            return f"{number:,.{digits}f} {name}"
    return f"{value:,.0f} B"


def duration(seconds: float) -> str:
    """Picoseconds to seconds, to three figures."""
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"), (1e-12, "ps")):
        if abs(seconds) >= unit:
            return f"{seconds / unit:.3g} {name}"
    return "0 s" if not seconds else f"{seconds / 1e-15:.3g} fs"
