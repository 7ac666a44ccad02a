"""vLLM's own log lines against ours: weights by GPU, tokens of its cache, requests at once.

The logs (fixtures/vllm_logs.jsonl, each with its source) are of versions 0.9 to 0.27. What a log does not
state is not guessed: tokens are worked out from the memory it found for them.
"""

import json
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

import pytest

from llmfit_tui.core.engines.blocks import Layout, layout_of, specs_of
from llmfit_tui.core.engines.parallel import Parallel
from llmfit_tui.core.engines.profiling import (
    LOGIT_BYTES_SORTED,
    MIB,
    Band,
    activations,
    beside,
    kept_by_driver,
)
from llmfit_tui.core.engines.shards import shard_of
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import architecture
from scenes import FIXTURES, machine, model

NEW_COUNT = (0, 25)
"""Since this version the tokens of a log are requests at once times their length."""


@dataclass(frozen=True)
class Log:
    """A row of the fixture."""

    row: dict[str, Any]

    @property
    def version(self) -> tuple[int, ...]:
        parts = (self.row["engine_version"] or "0.0").split(".")[:2]
        return tuple(int(part) for part in parts)

    @property
    def tensor(self) -> int:
        return self.row["tensor_parallel"] or 1

    def layout(self) -> Layout:
        found = model(self.row["catalog_id"])
        arch = architecture(found)
        kind = KVType.FP8 if "fp8" in (self.row["kv_cache_dtype"] or "") else KVType.F16
        return layout_of(specs_of(arch, found.config, self.tensor, kind), arch.latent)

    def blocks(self) -> int:
        layers = architecture(model(self.row["catalog_id"])).layers
        return self.layout().blocks(int(self.row["available_kv_mib"] * MIB), range(layers))

    def weights_mib(self) -> float:
        found = model(self.row["catalog_id"])
        arch = architecture(found)
        extra = not self.row["language_model_only"]
        shard = shard_of(found, arch, self.row["format"], self.tensor, range(arch.layers), extra=extra)
        assert shard is not None
        return shard.weights_bytes / MIB

    def tokens(self) -> float:
        layout, blocks = self.layout(), self.blocks()
        if self.version < NEW_COUNT or not self.row["max_model_len"]:
            return blocks // len(layout.groups) * layout.groups[0].block_tokens
        return blocks / self.each(layout) * self.row["max_model_len"]

    def each(self, layout: Layout) -> int:
        states = 2 if self.row["enable_prefix_caching"] == "True" else 1
        return layout.blocks_of(self.row["max_model_len"], 8192, states)


@cache
def logs() -> tuple[Log, ...]:
    lines = (FIXTURES / "vllm_logs.jsonl").read_text().splitlines()
    return tuple(Log(json.loads(line)) for line in lines)


def plain(log: Log) -> bool:
    """Nothing beside the model is loaded, and no layer was published in more bits than its format says."""
    return not (log.row["lora"] or log.row["speculation"] or log.row["mixed"])


def test_tokens_of_the_cache_are_those_vllm_logs() -> None:
    rows = [log for log in logs() if log.row["kv_cache_tokens"] and not log.row["speculation"]]
    errors = {log.row["id"]: abs(log.tokens() / log.row["kv_cache_tokens"] - 1) for log in rows}
    assert len(errors) >= 25
    assert median(errors.values()) < 0.001
    assert max(errors.values()) < 0.03, errors


def test_weights_of_a_gpu_are_those_vllm_logs() -> None:
    rows = [log for log in logs() if log.row["weights_mib"] and plain(log)]
    errors = {log.row["id"]: abs(log.weights_mib() / log.row["weights_mib"] - 1) for log in rows}
    assert len(errors) >= 20
    assert median(errors.values()) < 0.005
    assert max(errors.values()) < 0.014, errors


def test_requests_at_once_are_those_vllm_logs() -> None:
    """Two decimals, so a hundredth may differ; states count once before prefix caching kept a checkpoint."""
    rows = [log for log in logs() if log.row["max_concurrency"] and not log.row["speculation"]]
    for log in rows:
        assert log.blocks() / log.each(log.layout()) == pytest.approx(log.row["max_concurrency"], rel=0.01)
    assert len(rows) >= 20


@pytest.mark.parametrize("name", ["V-0445", "V-0446", "V-0447"])
def test_the_profile_run_s_peak_lies_in_our_band(name: str) -> None:
    (log,) = (log for log in logs() if log.row["id"] == name)
    arch = architecture(model(log.row["catalog_id"]))
    band = activations(arch, Parallel(log.tensor), 8192, 1024)
    assert band.low <= log.row["profile_mib"]["activation_peak"] * MIB <= band.high
    sampled = (LOGIT_BYTES_SORTED * 1024 * arch.vocabulary + 2 * 8192 * arch.hidden) / MIB
    assert sampled == pytest.approx(log.row["profile_mib"]["activation_peak"], rel=0.03)


CARDS = {
    "V-0349": ("A100 PCIe 40GB", 2048, 256),
    "V-0359": ("RTX 3090", 2048, 256),
    "V-0374": ("2x Tesla T4", 2048, 256),
    "V-0377": ("2x Tesla T4", 2048, 256),
    "V-0378": ("2x Tesla T4", 2048, 1),
    "V-0379": ("2x Tesla T4", 4096, 1),
    "V-0445": ("H100 SXM", 8192, 1024),
    "V-0446": ("H100 SXM", 8192, 1024),
    "V-0447": ("2x H100 SXM", 8192, 1024),
}
"""Logs that name their GPU, or its bytes: the card, the batch and the sequences of the profile run. No graphs
were counted: they are older than 0.19, or ran with --enforce-eager."""
SORTED_UNTIL = (0, 14)


def test_the_cache_follows_from_the_size_of_the_gpu() -> None:
    errors: dict[str, float] = {}
    for log in (log for log in logs() if log.row["id"] in CARDS):
        card, batched, sequences = CARDS[log.row["id"]]
        there, arch, parallel = (
            machine(card),
            architecture(model(log.row["catalog_id"])),
            Parallel(log.tensor),
        )
        activation = activations(arch, parallel, batched, sequences)
        if log.version < SORTED_UNTIL:
            usual = LOGIT_BYTES_SORTED * sequences * arch.vocabulary + 2 * batched * arch.hidden
            activation = Band(activation.low, usual, max(activation.high, usual))
        around = activation + beside(arch, parallel)[0]
        share = log.row["gpu_memory_utilization"] or 0.9
        around += kept_by_driver(there).each(lambda size, share=share: int(size * share))
        left = there.usable_bytes(there.gpus[0]) * share - log.weights_mib() * MIB
        found = log.row["available_kv_mib"] * MIB
        assert left - around.high <= found <= left - around.low, log.row["id"]
        errors[log.row["id"]] = abs((left - around.usual) / found - 1)
    assert len(errors) == len(CARDS)
    assert median(errors.values()) < 0.03, errors
    assert sorted(errors.values())[-2] < 0.06, errors
