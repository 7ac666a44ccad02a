"""A GGUF file is estimated as the model it was made from: one of each architecture llama.cpp converts."""

from pathlib import Path
from typing import Any

import pytest
from hostile import METADATA, TENSORS

from ggufs import converted, one_of_each, quantized_as, write, write_model
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.gguf.model import own_quant
from llmfit_tui.core.memory.kvcache import CacheSettings, KVType, cache_size
from llmfit_tui.core.memory.weights import Weights, weights_of
from llmfit_tui.core.models.families import gguf_architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.scenario import Scenario, Settings, architecture
from llmfit_tui.storage.model_files import open_gguf
from scenes import cpu_machine, machine, model, quant, shipped

CACHES = (
    CacheSettings(8192),
    CacheSettings(32768, parallel=4, key_type=KVType.Q8_0, value_type=KVType.Q8_0),
    CacheSettings(4096, parallel=3, unified=True, flash_attention=False),
)


@pytest.mark.parametrize("name", list(one_of_each()))
def test_sizes_types_and_cache_of_a_file_are_those_of_its_configuration(name: str, tmp_path: Path) -> None:
    published = model(name)
    opened = open_gguf(write_model(tmp_path / "model-Q4_K_M.gguf", name))
    arch, expected = architecture(opened), architecture(published)
    assert arch.name == gguf_architecture(published.config)
    for settings in CACHES:
        assert cache_size(arch, settings) == cache_size(expected, settings)
    assert (arch.kinds, arch.layers, arch.expert_layers) == (
        expected.kinds,
        expected.layers,
        expected.expert_layers,
    )
    assert opened.file is not None
    own = weights_of(opened, arch, own_quant(opened.file, shipped().quants), imatrix=False)
    wanted = weights_of(published, expected, quant("Q4_K_M"), imatrix=False)
    assert own is not None
    assert wanted is not None
    assert alike(own) == alike(wanted)
    assert own.file_bytes == (tmp_path / "model-Q4_K_M.gguf").stat().st_size
    assert opened.parameters == sum(
        g.values * (sum(block < expected.layers for block in g.blocks) if g.blocks else 1)
        for g in quantized_as(published, "Q4_K_M").plan.groups
        if not g.name.startswith("rope_")
    )


@pytest.mark.parametrize("name", [*one_of_each()][::6])
def test_other_quantizations_follow_from_the_file_as_from_its_configuration(
    name: str, tmp_path: Path
) -> None:
    opened = open_gguf(write_model(tmp_path / "model-Q4_K_M.gguf", name))
    for other in ("IQ2_M", "Q5_K_S"):
        assert alike(as_made(opened, other)) == alike(as_made(model(name), other))


PLANS = (
    ("RTX 4090", Settings(context=4096, planned=True)),
    ("2x RTX 3090", Settings(context=16384, parallel=4, planned=True, flash_attention=False, ubatch=256)),
    ("cpu", Settings(context=4096, planned=True, batch=512)),
)
"""The first for every architecture, all of them on demand."""


def routers_told() -> list[str]:
    """Models whose configuration in the catalog has the groups of experts that the file's metadata have."""
    return [
        name
        for name, said in converted()
        if said.get(f"{said['general.architecture']}.expert_group_count", 1) == 1
        or "n_group" in model(name).config
    ]


@pytest.mark.parametrize("plans", [PLANS[:1], pytest.param(PLANS[1:], marks=pytest.mark.soak)], ids=len)
@pytest.mark.parametrize("name", routers_told())
def test_scratch_memory_is_planned_on_the_file_as_on_its_configuration(
    name: str, plans: tuple[tuple[str, Settings], ...], tmp_path: Path
) -> None:
    opened = open_gguf(write_model(tmp_path / "model-Q4_K_M.gguf", name))
    for hardware, settings in plans:
        where = cpu_machine(64) if hardware == "cpu" else machine(hardware)
        found, known = (
            estimate(Scenario(one, quant("Q4_K_M"), where, settings)).placement.loads
            for one in (opened, model(name))
        )
        assert [(load.compute_bytes, load.total_bytes) for load in found] == [
            (load.compute_bytes, load.total_bytes) for load in known
        ]


def test_a_file_whose_reading_keeps_nothing_has_no_cache(tmp_path: Path) -> None:
    """A diffusion model and an encoder read the whole text at every pass."""
    for name in ("dream", "llada", "bert"):
        arch = architecture(open_gguf(renamed(tmp_path / "m.gguf", name)))
        cache = cache_size(arch, CacheSettings(8192))
        assert (cache.attention_bytes, cache.state_bytes) == (0, 0)


def test_the_state_of_rwkv_is_a_matrix_for_each_head_and_the_tokens_before(tmp_path: Path) -> None:
    state = {"wkv.head_size": 64, "token_shift_count": 2, "attention.head_count": 0}
    arch = architecture(open_gguf(renamed(tmp_path / "m.gguf", "rwkv7", state)))
    hidden, layers = arch.hidden, arch.layers
    # llama_hparams::n_embd_r and n_embd_s, in F32.
    cache = cache_size(arch, CacheSettings(8192))
    assert cache.attention_bytes == 0
    assert cache.state_bytes == layers * 4 * (2 * hidden + 64 * hidden)


def renamed(path: Path, architecture: str, extra: dict[str, Any] | None = None) -> Path:
    """A small file that says it is of another architecture."""
    said = {key.replace("llama.", f"{architecture}."): value for key, value in METADATA.items()}
    own = {f"{architecture}.{key}": value for key, value in (extra or {}).items()}
    return write(path, {**said, "general.architecture": architecture, **own}, TENSORS)


def alike(weights: Weights) -> tuple[object, ...]:
    """What must be equal: everything but the header, which the file's own differs in."""
    return (
        weights.tensor_bytes,
        dict(weights.types or {}),
        weights.dense_before,
        weights.experts_before,
        round(weights.experts_read, 9),
        weights.embedding_bytes,
        weights.output_bytes,
        weights.loaded,
    )


def as_made(one: Model, name: str) -> Weights:
    """The weights of a model at a type, by llama-quantize's rules."""
    found = weights_of(one, architecture(one), quant(name), imatrix=True)
    assert found is not None
    return found
