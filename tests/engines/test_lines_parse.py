"""Every launch line is understood by the engine it is for, and says what the scenario says.

Parsers are made from fixtures/engine_options.json: options and values as each engine's documentation or
source has them. Ollama's Modelfile is read by the grammar of its documentation.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from engines.options import Refused, parsed
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.memory.parts import Part, PartKind
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.format.commands import commands
from scenes import estimated, shipped, sized_models

MACHINES = (
    "RTX 3060 12GB",
    "2x RTX 3090",
    "RTX 4090 + RTX 3060 12GB",
    "M3 Max 40-core 64GB",
    "2x(8x H100 SXM)",
    "cpu",
)
FORMATS = ("Q4_K_M", "IQ4_XS", "Q8_0", "BF16", "FP8", "BNB-NF4", "MLX-4bit", "MLX-6bit")
PARAMETERS = {"num_ctx", "num_gpu", "num_batch"}
"""Of Ollama's runner (api/types.go, type Runner), as far as lines use them."""


def scenarios(count: int, seed: int, **fixed: Any) -> Iterator[Estimate]:
    """Scenarios of any kind that can be estimated."""
    chance = random.Random(seed)
    models = [one.id for one in sized_models()]
    caches = (KVType.F16, KVType.Q8_0, KVType.Q4_0, KVType.BF16)
    quants = {one.name for one in shipped().quants}
    found = 0
    while found < count:
        slots = chance.choice((1, 1, 2, 4))
        settings: dict[str, Any] = {
            "context": slots * chance.choice((2048, 8192, 32_768)),
            "parallel": slots,
            "unified_kv": chance.random() < 0.2,
            "ubatch": chance.choice((512, 512, 1024)),
            "flash_attention": chance.choice((None, True)),
            "kv_type_k": (kept := chance.choice(caches)),
            "kv_type_v": kept,
            "swa_full": chance.random() < 0.1,
            "op_offload": chance.random() < 0.9,
            **fixed,
        }
        name = chance.choice(FORMATS)
        assert name in quants
        try:
            one = estimated(chance.choice(models), name, chance.choice(MACHINES), **settings)
        except BadValue:
            continue
        found += 1
        yield one


def lines(found: Estimate) -> list[str]:
    """Every line of the answer that a shell would run, one program each."""
    said: dict[str, Any] = commands(found)
    whole: list[str | None] = [said["llama_server"], said["vllm"], *(said["mlx"] or "").split(" && ")]
    for nodes in ("rpc_server", "ray"):
        whole += said.get(nodes) or []
    return [line for line in whole if line]


def test_every_line_parses_and_repeats_the_scenario() -> None:
    seen = set[str]()
    for found in scenarios(150, seed=11):
        settings = found.scenario.settings
        for line in lines(found):
            read = parsed(line)
            seen.add(line.split(" ")[0])
            if line.startswith("llama-server"):
                assert (read["ctx_size"], read["parallel"]) == (settings.context, settings.parallel)
                assert read["fit"] == "off"
                assert read["gpu_layers"] in (None, found.placement.gpu_layers)
                assert (read["n_cpu_moe"] or 0) == found.placement.cpu_moe_layers
                assert (read["cache_type_k"] or "f16") == settings.kv_type_k.value
            elif line.startswith("vllm"):
                assert read["max_model_len"] * settings.parallel <= settings.context or settings.unified_kv
                assert read["model"] == found.scenario.model.id
    assert seen == {"llama-server", "rpc-server", "vllm", "mlx_lm.server", "mlx_lm.convert"}


def test_lines_of_vllm_s_own_estimate_fix_everything_the_estimate_rests_on() -> None:
    for found in scenarios(25, seed=12, engine=Engine.VLLM, kv_type_k=KVType.F16, kv_type_v=KVType.F16):
        line: str | None = dict[str, Any](commands(found))["vllm"]
        if line is None:
            continue
        assert found.vllm is not None
        read = parsed(line)
        assert read["tensor_parallel_size"] in (None, found.vllm.parallel.tensor)
        assert read["max_num_batched_tokens"] == found.vllm.batched_tokens
        assert read["gpu_memory_utilization"] == found.vllm.utilization


def test_a_modelfile_has_one_from_and_parameters_that_ollama_knows() -> None:
    read = 0
    for found in scenarios(60, seed=13, kv_type_k=KVType.Q8_0, kv_type_v=KVType.Q8_0, unified_kv=False):
        text: str | None = dict[str, Any](commands(found))["ollama"]
        if text is None:
            continue
        read += 1
        body = [line.split(" ") for line in text.splitlines() if not line.startswith("#")]
        assert [words[0] for words in body].count("FROM") == 1
        parameters = {words[1]: int(words[2]) for words in body if words[0] == "PARAMETER"}
        assert parameters.keys() <= PARAMETERS
        assert parameters["num_gpu"] == found.placement.gpu_layers
        assert found.placement.mode is not Mode.NONE
    assert read > 10


def test_what_a_parser_does_not_know_is_refused() -> None:
    for line in ("llama-server -m x.gguf --kv-united", "vllm serve x --dtype half16", "llama-server -c 8k"):
        with pytest.raises(Refused):
            parsed(line)


ODD = (" ", "'", '"', "$HOME", "`id`", "\\", ";", "&&", "*", "(x)", "#", "~", "=", "\u00e9", "!", "%s")


def test_odd_names_stay_one_word_of_every_line_and_of_a_modelfile() -> None:
    chance = random.Random(14)
    estimates = list(scenarios(40, seed=14, kv_type_k=KVType.F16, kv_type_v=KVType.F16))
    read = 0
    for number in range(200):
        found = estimates[number % len(estimates)]
        name = "".join(chance.choice(("a", "B-7", *ODD)) for _ in range(12)).strip() or "a"
        adapted = number % 2 == 0
        parts = (Part(PartKind.ADAPTER, f"{name}.gguf", f"/my files/{name}.gguf", 1, 1),)
        model = replace(found.scenario.model, id=f"org/{name}", repository=None)
        renamed = replace(found.scenario, model=model).with_settings(parts=parts if adapted else ())
        odd = replace(found, scenario=renamed)
        for line in lines(odd):
            words = parsed(line)
            given = [words.get(key) for key in ("model", "hf_path", "hf_repo")]
            if line.startswith("llama-server"):
                assert words["model"] == f"{name}-{renamed.quant.name}.gguf"
                assert words["lora"] == (parts[0].path if adapted else None)
            elif not line.startswith(("rpc-server", "ray")):
                assert any(name in str(word) for word in given), line
            read += 1
        modelfile: str | None = dict[str, Any](commands(odd))["ollama"]
        if modelfile is not None:
            assert f"FROM ./{name}-{renamed.quant.name}.gguf" in modelfile.splitlines()
            assert (f"ADAPTER {parts[0].path}" in modelfile.splitlines()) == adapted
    assert read > 100
