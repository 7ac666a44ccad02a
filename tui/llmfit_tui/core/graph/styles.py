"""What sets one transformer's graph apart from another's, beside llama.cpp's src/models/*.cpp."""

from enum import Enum

from llmfit_tui.core.graph.experts import BY_SOFTMAX, Router
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.config import items, real, table
from llmfit_tui.core.record import record


class Rotated(Enum):
    """Which blocks rotate queries and keys by their positions."""

    EVERYWHERE = "everywhere"
    NOWHERE = "nowhere"
    WINDOWED = "windowed"
    """Blocks that see a window."""
    WINDOWED_IF_ANY = "windowed if any"
    """Blocks that see a window; all where none does."""
    NOT_EVERY_FOURTH = "not every fourth"
    UNLESS_MARKED = "unless marked"
    """All but those the configuration exempts."""


def rotates(rotated: Rotated, model: GraphModel, block: int) -> bool:
    """Whether a block rotates."""
    arch = model.arch
    match rotated:
        case Rotated.EVERYWHERE:
            return True
        case Rotated.NOWHERE:
            return False
        case Rotated.WINDOWED:
            return arch.kinds[block] is Keeps.WINDOW
        case Rotated.WINDOWED_IF_ANY:
            return arch.kinds[block] is Keeps.WINDOW or not arch.caches_window
        case Rotated.NOT_EVERY_FOURTH:
            return (block + 1) % 4 != 0
        case Rotated.UNLESS_MARKED:
            marks = items(model.config, "layer_rope", "no_rope_layers")
            return not marks or bool(marks[block])


class Late(Enum):
    """Where rows are picked after the last block; what the rows are picked from is an output too."""

    BEFORE_NORM = "before"
    AFTER_NORM = "after"


class Tempered(Enum):
    """Whose queries are scaled by position."""

    NOBODY = "nobody"
    UNROTATED = "unrotated"
    ALL = "all"


@record
class Style:
    """A transformer: what its blocks do beside attention and feed-forward over normed input."""

    rms: bool = True
    """Root-mean-square norms, not layer norms."""
    rotated: Rotated = Rotated.EVERYWHERE
    """Blocks with rotary positions."""
    rotated_first: bool = False
    """Queries and keys are rotated before they are normed."""
    flat_norms: bool = False
    """Queries and keys are normed over all heads at once."""
    unit_norms: bool = False
    """Rotated queries and keys are normed without weights."""
    query_scaled: bool = False
    tempered: Tempered = Tempered.NOBODY
    softcap: bool = False
    """Scores are squashed."""
    squared: bool = False
    """Relu squared."""
    stream_first: bool = False
    """A sum takes the stream's memory before the block's."""
    normed_before_rows: bool = False
    """Attention's output is normed before rows are picked."""
    router: Router = BY_SOFTMAX
    residual_scaled: bool = False
    embeddings_scaled: bool = False
    embeddings_normed: bool = False
    positions_added: bool = False
    """Learned positions are added to the embeddings."""
    positions: int = 1
    """Positions per token."""
    stacked: bool = False
    """Image features ride along with the embeddings and are added in the first blocks."""
    late: Late | None = None
    """All rows go through the last block; those logits are asked for are picked after it."""
    logits_scaled: bool = False
    logits_capped: bool = False
    output_scaled: bool = False
    """What goes into the output matrix is scaled."""


def configured(model: GraphModel) -> Router:
    """A router as the configuration describes it (DeepSeek's keys, which many families share)."""
    config = model.config
    scoring = next(
        (str(config[key]) for key in SCORING if isinstance(config.get(key), str)),
        "sigmoid" if model.name in SIGMOID else "softmax",
    )
    scale = model.factor(*SCALES)
    return Router(
        softmax=scoring == "softmax",
        normed=model.name in NORMED or any(model.has(key) for key in NORMS),
        scaled=scale not in (0.0, 1.0) or (not scale and model.name in SCALED),
        groups=model.setting("n_group"),
        groups_used=model.setting("topk_group"),
    )


SCORING = (
    *("scoring_func", "score_function", "score_func"),
    *("moe_router_activation", "moe_router_activation_func", "expert_selection_fn"),
)
SCALES = (
    *("routed_scaling_factor", "route_scale", "moe_routed_scaling_factor", "router_scaling_factor"),
    "moe_router_scaling_factor",
)
NORMS = ("norm_topk_prob", "route_norm", "moe_renormalize", "norm_expert_weight")
SIGMOID = frozenset(["bailingmoe3", "glm4moe", "laguna", "lfm2moe", "nemotron_h_moe", "mimo2", "hy_v3"])
SCALED = frozenset(["bailingmoe3", "minimax-m3", "step35"])
NORMED = frozenset(
    [
        "bailingmoe2",
        "bailingmoe3",
        "laguna",
        "lfm2moe",
        "kimi-linear",
        "mimo2",
        "minimax-m2",
        "minimax-m3",
        "hy_v3",
        "step35",
    ]
)
"""Architectures whose converter or graph says so whatever the configuration does."""


def tempering(model: GraphModel) -> Tempered:
    """Whether the configuration scales queries by position; Ministral 3's class does by default."""
    rope = table(model.config, "rope_parameters")
    beta = real(rope, "llama_4_scaling_beta") if rope else model.text("model_type") == "ministral3"
    return Tempered.ALL if beta else Tempered.NOBODY
