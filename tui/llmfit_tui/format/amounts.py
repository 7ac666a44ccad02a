"""Amounts in words: memory in GiB, files in decimal GB, and both say so. Unknown is a dash."""

GIB = 1024**3
DASH = "–"


def gib(size: float | None, unit: bool = True) -> str:
    """Memory: two significant figures below 10 GiB, one decimal above; whole from 100."""
    if size is None:
        return DASH
    value = size / GIB
    text = f"{value:.2f}" if abs(value) < 0.995 else f"{value:.1f}" if abs(value) < 99.95 else f"{value:,.0f}"
    return f"{text} GiB" if unit else text


def gb(size: float | None) -> str:
    """A file, in decimal units as downloads are counted."""
    if size is None:
        return DASH
    if size < 999.5e6:
        return f"{size / 1e6:.0f} MB"
    value = size / 1e9
    return (
        f"{value:.2f} GB"
        if value < 9.995
        else f"{value:.1f} GB"
        if value < 999.95
        else f"{value / 1e3:.2f} TB"
    )


def count(parameters: float | None) -> str:
    """Parameters: 494M, 7.6B, 1.04T."""
    if parameters is None:
        return DASH
    if parameters < 999.5e6:
        return f"{parameters / 1e6:.0f}M"
    if parameters < 99.95e9:
        return f"{parameters / 1e9:.1f}B"
    if parameters < 999.5e9:
        return f"{parameters / 1e9:.0f}B"
    return f"{parameters / 1e12:.2f}T"


def tokens(number: int | None) -> str:
    """8,192; 128k and up in binary thousands where that is exact."""
    if number is None:
        return DASH
    if number >= 1 << 20 and number % (1 << 20) == 0:
        return f"{number >> 20}M"
    if number >= 10_240 and number % 1024 == 0:
        return f"{number >> 10}k"
    return f"{number:,}"


def rate(tok_s: float | None) -> str:
    """Tokens per second to two significant figures, or one decimal below 10: no more is known."""
    if tok_s is None:
        return DASH
    if tok_s < 9.95:
        return f"{tok_s:.1f}"
    if tok_s < 99.5:
        return f"{tok_s:.0f}"
    digits = 1 if tok_s < 999.5 else 2
    return f"{round(tok_s, -digits):,.0f}"


def percent(fraction: float | None) -> str:
    """A fraction as whole per cent."""
    return DASH if fraction is None else f"{fraction:.0%}"


def agreement(per_cent: float | None) -> str:
    """Agreement with the 16-bit model in whole per cent."""
    return DASH if per_cent is None else f"{per_cent:.0f}%"


def bandwidth(bytes_per_s: int | None) -> str:
    """Memory bandwidth in GB/s."""
    return DASH if bytes_per_s is None else f"{bytes_per_s / 1e9:,.0f} GB/s"


def seconds(value: float | None) -> str:
    """A short time: 12 ms, 0.8 s, 34 s, 5 min."""
    if value is None:
        return DASH
    if value < 0.0995:
        return f"{value * 1000:.0f} ms"
    if value < 9.95:
        return f"{value:.1f} s"
    return f"{value:.0f} s" if value < 120 else f"{value / 60:.0f} min"


def bits(value: float | None) -> str:
    """Bits per weight."""
    return DASH if value is None else f"{value:.2f}"


def rounded(value: float | None, digits: int = 2) -> float | None:
    """A figure for a document; unknown stays so."""
    return None if value is None else round(value, digits)
