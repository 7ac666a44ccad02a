"""The shape of a model from the metadata and tensors of its GGUF file, as llama.cpp reads them.

Keys are those of gguf-py/gguf/constants.py; what follows from them is load_hparams of src/llama-model.cpp
and of src/models/*.cpp at llama.cpp commit 0c1e57098.
"""

from collections.abc import Mapping
from typing import Any, cast

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.gguf.file import GgufFile
from llmfit_tui.core.gguf.layers import layers_of, window_of
from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture

MOST_LAYERS = 1024
LARGEST = 1 << 32
"""More than any hyperparameter of any model."""


class Hyperparameters:
    """Typed access to a file's own keys; what is missing is None. Raises BadValue at what is not a number."""

    def __init__(self, file: GgufFile) -> None:
        self.file = file
        self.name = file.architecture
        blocks = self.whole("block_count") or 0
        self.nextn = self.whole("nextn_predict_layers") or 0
        if not 0 < blocks - self.nextn <= blocks <= MOST_LAYERS:
            raise BadValue(
                f"{self.name}.block_count: 1 to {MOST_LAYERS:,} blocks (and fewer prediction blocks)"
                f" were expected, not {blocks:,} and {self.nextn:,}."
            )
        self.layers = blocks - self.nextn
        present = {block for run in file.runs for block in run.blocks}
        if not set(range(self.layers)) <= present <= set(range(blocks)):
            first = min(present.symmetric_difference(range(blocks)))
            fault = "has no tensors" if first < blocks else "is one too many"
            raise BadValue(f"{self.name}.block_count says {blocks:,} blocks, but block {first:,} {fault}.")

    def whole(self, key: str) -> int | None:
        """A whole number, or the first positive one of an array."""
        value = self.file.own(key)
        if isinstance(value, (tuple, list)):
            numbers = [self._checked(key, n) for n in cast("tuple[Any, ...]", value)]
            return next((n for n in numbers if n > 0), 0 if numbers else None)
        return None if value is None else self._checked(key, value)

    def each(self, key: str) -> tuple[int, ...] | None:
        """A number for each layer: an array, or one number for all; marks count as 0 and 1."""
        value = self.file.own(key)
        if value is None:
            return None
        if isinstance(value, (tuple, list)):
            entries = cast("tuple[Any, ...]", value)
            numbers = tuple(int(n) if isinstance(n, bool) else self._checked(key, n) for n in entries)
            if len(numbers) < self.layers:
                raise BadValue(
                    f"{self.name}.{key}: {self.layers} entries were expected, one for each block, not"
                    f" {len(numbers)}."
                )
            return numbers[: self.layers]
        return (self._checked(key, value),) * self.layers

    def required(self, key: str) -> int:
        """A whole number above 0."""
        value = self.whole(key)
        if not value:
            raise BadValue(f"{self.name}.{key} is missing: a whole number above 0 was expected.")
        return value

    def _checked(self, key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < LARGEST:
            raise BadValue(f"{self.name}.{key}: a whole number was expected, not {quoted(str(value))}.")
        return value


def architecture_of_file(file: GgufFile) -> Architecture:
    """The shape of the model in a file. Raises BadValue, naming the key, where a size is missing or wrong."""
    own = Hyperparameters(file)
    names = _names(file)
    hidden = own.required("embedding_length")
    heads = own.whole("attention.head_count") or 0
    share = hidden // heads if heads else 0
    key_dim = own.whole("attention.key_length") or share
    value_dim = own.whole("attention.value_length") or share
    kinds = layers_of(own, names)
    latent = bool(own.whole("attention.key_length_mla") and own.whole("attention.value_length_mla"))
    keys, values = _widths(own, kinds, key_dim, value_dim, latent)
    experts, used = own.whole("expert_count") or 0, own.whole("expert_used_count") or 0
    if used > experts or (experts and not used):
        raise BadValue(
            f"{own.name}.expert_used_count: 1 to {experts:,} of the experts were expected, not {used:,}."
            if experts
            else f"{own.name}.expert_used_count is {used:,}, but there are no experts."
        )
    expert = _shape(file, "ffn_up_exps") or _shape(file, "ffn_gate_up_exps")
    expert_layers = sum(1 for block in names.get("ffn_down_exps", ()) if block < own.layers)
    return Architecture(
        name=own.name,
        layers=own.layers,
        nextn_layers=own.nextn,
        hidden=hidden,
        vocabulary=file.vocabulary,
        heads=heads,
        kv_heads=heads if latent else own.whole("attention.head_count_kv") or heads,
        head_dim=share if latent else own.whole("attention.key_length_swa") or key_dim,
        feed_forward=_feed_forward(own),
        tied_embeddings="output" not in names,
        kinds=kinds,
        key_widths=keys,
        value_widths=values,
        quantized_cache_widths=(key_dim, value_dim) if heads else (),
        window=window_of(own),
        state_values=_state_values(own, hidden, heads),
        latent=latent,
        sparse_index=bool(own.whole("attention.indexer.key_length")),
        experts=experts,
        experts_used=used,
        expert_feed_forward=own.whole("expert_feed_forward_length") or _feed_forward(own),
        expert_layers=expert_layers,
        expert_matrices=2 if "ffn_up_exps" in names and "ffn_gate_exps" not in names else 3,
        expert_width=expert[0] if expert else hidden,
    )


def _names(file: GgufFile) -> Mapping[str, tuple[int, ...]]:
    """The blocks that have a tensor, by its name."""
    found: dict[str, tuple[int, ...]] = {}
    for run in file.runs:
        found[run.name] = found.get(run.name, ()) + run.blocks
    return found


def _shape(file: GgufFile, name: str) -> tuple[int, ...] | None:
    return next((run.shape for run in file.runs if run.name == name), None)


def _widths(
    own: Hyperparameters, kinds: tuple[Keeps, ...], key_dim: int, value_dim: int, latent: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Key and value widths of every layer's cache."""
    kv_heads = own.each("attention.head_count_kv") or own.each("attention.head_count") or (0,) * own.layers
    windowed = (
        own.whole("attention.key_length_swa") or key_dim,
        own.whole("attention.value_length_swa") or value_dim,
    )
    cached = own.layers - (own.whole("attention.shared_kv_layers") or 0)
    if own.name == "gemma3n":
        cached = min(cached, GEMMA3N_CACHED)
    index = own.whole("attention.indexer.key_length") or 0
    dense = own.whole("leading_dense_block_count") or 0
    keys: list[int] = []
    values: list[int] = []
    for i, (kind, count) in enumerate(zip(kinds, kv_heads, strict=True)):
        if kind in {Keeps.STATE, Keeps.NOTHING} or i >= cached:
            keys.append(0)
            values.append(0)
            continue
        key, value = windowed if kind is Keeps.WINDOW else (key_dim, value_dim)
        if latent:
            keys.append(count * key + index)
            values.append(0)
            continue
        # MiniMax-M3 keeps an index row in either half, from the first block with experts on.
        row = index if i >= dense else 0
        keys.append(count * key + row)
        values.append(count * value + row)
    return tuple(keys), tuple(values)


GEMMA3N_CACHED = 20
"""llama.cpp's gemma3n.cpp sets this number itself; the layers behind share a cache."""


TOKENS_SHIFTED = 2
"""RWKV keeps so many rows of the token before, where its file does not say."""


def _feed_forward(own: Hyperparameters) -> int:
    """Width of the widest dense feed-forward; of a recurrent block its inner width."""
    return max(own.each("feed_forward_length") or (0,)) or own.whole("ssm.inner_size") or 0


def _state_values(own: Hyperparameters, hidden: int, heads: int) -> int:
    """F32 values of state per recurrent layer and sequence (llama_hparams::n_embd_r and n_embd_s)."""
    cache = own.whole("shortconv.l_cache")
    if cache:
        return hidden * (cache - 1)
    wide = own.whole("wkv.head_size")
    if wide:
        return hidden * ((own.whole("token_shift_count") or TOKENS_SHIFTED) + wide)
    kernel = own.whole("ssm.conv_kernel") or 0
    size = own.whole("kda.head_dim")
    if size:
        return 3 * ((kernel or 4) - 1) * heads * size + size * size * heads
    inner, state = own.whole("ssm.inner_size") or 0, own.whole("ssm.state_size") or 0
    groups = own.whole("ssm.group_count") or 0
    return max(kernel - 1, 0) * (inner + 2 * groups * state) + state * inner
