"""Lists of a configuration that speak of each layer: as long as the model has layers, and of one type."""

from collections.abc import Mapping
from typing import Any

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.models.config import Config, items, word

_TYPES: dict[str, tuple[type[Any], str]] = {
    "block_configs": (Mapping, "tables"),
    "layers_block_type": (str, "words"),
    "indexer_types": (str, "words"),
    "num_key_value_heads": (int, "whole numbers"),
    "num_attention_heads_per_layer": (int, "whole numbers"),
    "intermediate_size": (int, "whole numbers"),
}


def check_per_layer(config: Config, layers: int) -> None:
    """Raises BadValue, naming the key, where a list is too short or holds something else."""
    for key, (kind, words) in _TYPES.items():
        listed = items(config, key)
        if listed is not None and (
            len(listed) < layers or not all(isinstance(value, kind) for value in listed)
        ):
            raise BadValue(f"The configuration's {key}: {layers} {words} were expected, one for each layer.")
    pattern = word(config, "hybrid_override_pattern")
    if pattern and len(pattern) < layers:
        raise BadValue(
            f"The configuration's hybrid_override_pattern: {layers} letters were expected, one per layer."
        )
