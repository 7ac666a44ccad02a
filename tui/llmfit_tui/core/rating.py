"""Ratings: the lower of a level for headroom and a level for speed, each from a table of thresholds."""

from llmfit_tui.core.placement.placement import Mode, Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.speed import Speed

LABELS = ("Won't run", "Crawls", "Slow", "Usable", "Runs well", "Runs great")
BEST_LEVEL = 5
USABLE_LEVEL = 3
HEADROOM_LEVELS = ((0.20, 5), (0.08, 4), (0.0, 3))
SPEED_LEVELS = ((20.0, 5), (10.0, 4), (5.0, 3), (2.0, 2), (0.0, 1))


@record
class Rating:
    """How well a scenario runs."""

    level: int
    """0 (won't run) to 5 (runs great)."""
    headroom_fraction: float | None
    """Free share of the memory that limits: the fullest GPU, or the host where layers run there.

    With unified memory the host's share is of the one memory, after the GPU's part.
    """
    reason: str

    @property
    def label(self) -> str:
        """The level in words."""
        return LABELS[self.level]


def headroom_level(fraction: float) -> int:
    """3 to 5, or 0 where memory does not suffice."""
    return next((level for least, level in HEADROOM_LEVELS if fraction >= least), 0)


def speed_level(decode_tok_s: float) -> int:
    """1 to 5."""
    return next(level for least, level in SPEED_LEVELS if decode_tok_s >= least)


def headroom_of(placement: Placement) -> float | None:
    """Free share of the pool that limits, negative where something does not fit; None without a capacity."""
    short = [
        load.free_bytes / load.capacity_bytes if load.capacity_bytes else -1.0
        for load in placement.loads
        if load.free_bytes < 0
    ]
    if short:
        return min(short)
    if placement.mode in {Mode.GPU, Mode.UNIFIED}:
        used = [load for load in placement.gpus if load.layers]
    else:
        return placement.host_free_share
    shares = [load.free_bytes / load.capacity_bytes for load in used if load.capacity_bytes]
    return min(shares) if shares else None


def rate(placement: Placement, speed: Speed, refused: str | None) -> Rating:
    """The rating of a placement; `refused` says why the engine would not start at all."""
    headroom = headroom_of(placement)
    if refused:
        return Rating(0, headroom, refused)
    if headroom is None or headroom < 0:
        return Rating(0, headroom, _shortage(placement))
    by_room = headroom_level(headroom)
    free = f"{headroom:.0%} of {_pool(placement.mode)} stays free"
    if speed.decode_tok_s is None:
        return Rating(by_room, headroom, f"{free}; the speed is unknown")
    by_speed = speed_level(speed.decode_tok_s)
    if by_speed < by_room:
        return Rating(by_speed, headroom, f"speed limits it: about {_about(speed.decode_tok_s)} tok/s")
    if by_room < 5:
        return Rating(by_room, headroom, f"memory limits it: {free}")
    return Rating(5, headroom, f"{free} at about {_about(speed.decode_tok_s)} tok/s")


def _pool(mode: Mode) -> str:
    """The memory whose free share is told: a GPU filled on purpose is not what limits."""
    if mode is Mode.GPU:
        return "GPU memory"
    return "what its GPU may use" if mode is Mode.UNIFIED else "host memory"


def _about(tok_s: float) -> str:
    """Two significant figures, as on screen: no more is known."""
    return f"{float(f'{tok_s:.2g}'):,g}"


def _shortage(placement: Placement) -> str:
    worst = min(placement.loads, key=lambda load: load.free_bytes)
    need, have = worst.total_bytes / 1024**3, worst.capacity_bytes / 1024**3
    where = worst.name if worst.gpu is not None else "host memory"
    return f"{where} would need {need:.1f} GiB and has {have:.1f} GiB"
