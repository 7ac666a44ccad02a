"""Graphs described after the fixture was made, beside what llama.cpp reserves for them on the CPU.

Read off llama.cpp at commit 0c1e57098, which loaded files of these shapes without allocating them.
"""

import pytest

from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import Scenario, Settings
from scenes import cpu_machine, model, quant

SETTINGS = (
    Settings(context=4096),
    Settings(context=4096, outputs_per_batch=True),
    Settings(context=8192, flash_attention=False),
    Settings(context=16384, ubatch=256, parallel=2),
    Settings(context=4096, kv_type_k=KVType.Q8_0, kv_type_v=KVType.Q8_0),
    Settings(context=2048, ubatch=2048, parallel=4, flash_attention=False),
    Settings(context=32768),
)
MIB = {
    "deepseek-ai/deepseek-moe-16b-chat": (84.14, 240.26, 320.27, 44.07, 80.21, 340.53, 112.14),
    "microsoft/bitnet-b1.58-2B-4T": (59.51, 279.51, 363.51, 31.76, 64.59, 236.03, 87.51),
    "tencent/Hy3": (180.01, 272.01, 1108.01, 92.01, 180.09, 664.53, 208.01),
}


@pytest.mark.parametrize("name", MIB)
def test_a_later_graph_is_planned_as_llama_cpp_reserves_it(name: str) -> None:
    for settings, mib in zip(SETTINGS, MIB[name], strict=True):
        asked = Scenario(model(name), quant("F16"), cpu_machine(4000), settings)
        placement = estimate(asked.with_settings(planned=True, imatrix=False)).placement
        assert placement.planned
        assert round(placement.host.compute_bytes / (1 << 20), 2) == mib
