"""GPUs that hold the same stand in one row, on screen and in the report, and none is left out unsaid."""

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.format.loads import rows_of
from scenes import LLAMA_8B, LLAMA_70B, estimated, run


def test_neighbours_alike_are_one_row_and_others_keep_their_own() -> None:
    found = estimated(LLAMA_70B, "Q8_0", "8x RTX 3090", context=32_768)
    rows = rows_of(found.placement.loads)
    names = [name for name, _ in rows]
    assert len(rows) < len(found.placement.loads)
    assert sum(int(name.split("x ")[0]) if name.endswith(", each") else 1 for name in names) == 9
    assert names[-1] == "host"


def test_machines_alike_are_told_apart_and_their_cards_counted() -> None:
    found = estimated(LLAMA_70B, "BF16", "2x(8x H100 SXM)", engine=Engine.VLLM, context=32_768)
    names = [name for name, _ in rows_of(found.placement.loads, short=True)]
    assert names == ["node 1, 8x H100 SXM5", "node 2, 8x H100 SXM5", "host"]


def test_a_lone_card_keeps_its_name() -> None:
    (name, _), (host, _) = rows_of(estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").placement.loads, short=True)
    assert (name, host) == ("RTX 4090", "host")


def test_another_engine_is_not_compared_with_llama_cpp_s_own_fit() -> None:
    words = ("estimate", LLAMA_8B, "--engine", "vllm", "--quant", "BF16", "--hardware", "2x RTX 4090")
    assert "--fit" not in run(*words).out
