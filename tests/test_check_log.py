"""Start-up logs of engines beside our predictions."""

from functools import cache
from statistics import median

import pytest

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.log.check import Checked, check
from llmfit_tui.core.log.facts import BadLog, Engine, Part
from llmfit_tui.core.log.read import read_log
from llmfit_tui.core.log.rows import Verdict
from llmfit_tui.core.log.types import type_named
from logs import log_text
from scenes import rows, shipped

FACTS = rows("memory_logs.jsonl.gz")
LLAMA_3B = next(i for i, fact in enumerate(FACTS) if fact["source"].startswith("DzKriMo"))


@cache
def checked(index: int) -> Checked:
    (load,) = read_log(log_text(FACTS[index]))
    return check(load, shipped().models, shipped().quants)


def mainline() -> list[int]:
    return [i for i, fact in enumerate(FACTS) if not fact["engine"].startswith("ik")]


def from_text(text: str) -> Checked:
    return check(read_log(text)[-1], shipped().models, shipped().quants)


def text_of(index: int, prefix: str = "") -> str:
    return log_text(FACTS[index], prefix)


def test_the_total_of_each_device_is_within_two_per_cent_of_published_logs() -> None:
    errors = [abs(total.error or 0) for i in mainline() for total in checked(i).totals if total.allocated]
    assert len(errors) > 120
    assert median(errors) < 0.005


def test_weights_of_files_made_by_llama_quantize_are_what_engines_allocate() -> None:
    seen = 0
    for i in mainline():
        found = checked(i)
        for row in found.rows:
            if row.part is Part.WEIGHTS and found.types.exact and row.error is not None and not found.notes:
                seen += 1
                assert abs(row.error) < 0.001, (FACTS[i]["source"], row)
    assert seen > 15


def test_caches_are_what_engines_allocate_or_the_reason_is_said() -> None:
    caches = [row for i in mainline() for row in checked(i).rows if row.part is Part.CACHE]
    off = [row for row in caches if row.verdict is Verdict.OFF]
    assert len(caches) > 80
    assert len(off) < len(caches) / 8
    assert all(row.reason for row in off)


def test_the_model_is_found_by_its_numbers_and_its_name() -> None:
    found = [checked(i) for i in mainline()]
    assert sum(one.found.in_catalog for one in found) > 0.9 * len(found)
    assert checked(LLAMA_3B).found.model.id == "Qwen/Qwen2.5-3B-Instruct"
    assert checked(LLAMA_3B).types.exact


def test_prefixes_of_containers_and_wrappers_do_not_matter() -> None:
    plain = from_text(text_of(LLAMA_3B))
    for prefix in ("Nov 25 10:00:01 host docker[9]: ", "0.00.412.033 I ", "[2026-05-01 10:00:00][DEBUG] "):
        assert from_text(text_of(LLAMA_3B, prefix)).rows == plain.rows


def test_a_log_with_several_loads_is_checked_load_by_load() -> None:
    loads = read_log(text_of(LLAMA_3B) + text_of(LLAMA_3B))
    assert len(loads) == 2
    assert loads[0] == loads[1]


def test_a_second_context_is_compared_without_its_weights() -> None:
    again = "".join(
        line + "\n"
        for line in text_of(LLAMA_3B).splitlines()
        if line.startswith(("llama_context", "llama_kv"))
    )
    first, second = read_log(text_of(LLAMA_3B) + again)
    assert (first.second_context, second.second_context) == (False, True)
    found = check(second, shipped().models, shipped().quants)
    weights = [row for row in found.rows if row.part is Part.WEIGHTS]
    assert {row.verdict for row in weights} == {Verdict.NOT_COMPARED}


BREAKDOWN = """
build: 9500 (0123abcd) with cc for x86_64-linux-gnu
print_info: arch             = qwen2
print_info: n_embd           = 2048
print_info: n_layer          = 36
print_info: n_head           = 16
print_info: n_head_kv        = 2
print_info: n_vocab          = 151936
print_info: general.name     = Qwen2.5 3B Instruct
print_info: file type        = Q4_K - Medium
llama_context: n_ctx         = 2048
print: | memory breakdown [MiB] | total   free    self   model   context   compute    unaccounted |
print: |   - CUDA0 (RTX 4090)   | 24080 = 21000 + (1948 =  1834 +      72 +      41) +        1132 |
print: |   - Host               |                   250 =   243 +       0 +       7                |
"""


def test_the_memory_breakdown_alone_is_enough() -> None:
    found = from_text(BREAKDOWN)
    assert [total.device for total in found.totals] == ["CUDA0", "host"]
    cache = next(row for row in found.rows if row.part is Part.CACHE)
    assert cache.verdict is Verdict.EQUAL
    assert found.build.number == 9500


OLLAMA = """
time=2026-05-01T10:00:00 level=INFO source=sched.go:1 msg="load request" Parallel:1 BatchSize:512 \
FlashAttention:Enabled KvSize:8192 KvCacheType:q8_0 NumThreads:8
llama_model_loader: loaded meta data with 30 key-value pairs and 291 tensors from /blobs/sha256-1 (version 3)
llama_model_loader: - kv   0: general.architecture str              = llama
print_info: arch             = llama
print_info: n_embd           = 4096
print_info: n_layer          = 32
print_info: n_head           = 32
print_info: n_head_kv        = 8
print_info: n_ff             = 14336
print_info: n_vocab          = 128256
print_info: general.name     = Meta Llama 3.1 8B Instruct
print_info: file type        = Q4_K - Medium
time=2026-05-01T10:00:01 level=INFO source=ggml.go:1 msg="model weights" device=CUDA0 size="4.3 GiB"
time=2026-05-01T10:00:01 level=INFO source=ggml.go:1 msg="model weights" device=CPU size="281.8 MiB"
time=2026-05-01T10:00:01 level=INFO source=ggml.go:1 msg="kv cache" device=CUDA0 size="544.0 MiB"
"""


def test_ollamas_own_engine_is_read_too() -> None:
    (load,) = read_log(OLLAMA)
    assert load.engine is Engine.OLLAMA
    found = check(load, shipped().models, shipped().quants)
    assert found.settings.context == 8192
    assert all(row.verdict is not Verdict.OFF for row in found.rows)


MOVED = """
./llama-server -m m.gguf -c 4096 -ngl 99 -ot "blk\\.(0|1|2|3)\\.ffn_.*_exps=CPU" -fa on
build: 9500 (0123abcd) with cc for x86_64-linux-gnu
print_info: arch             = qwen3moe
print_info: n_embd           = 2048
print_info: n_layer          = 48
print_info: n_head           = 32
print_info: n_head_kv        = 4
print_info: n_expert         = 128
print_info: n_expert_used    = 8
print_info: n_ff_exp         = 768
print_info: n_vocab          = 151936
print_info: general.name     = Qwen3 30B A3B
print_info: file type        = Q4_K - Medium
load_tensors: offloaded 49/49 layers to GPU
load_tensors:        CUDA0 model buffer size = 16047.39 MiB
load_tensors:    CUDA_Host model buffer size =  1477.18 MiB
llama_context: n_ctx         = 4096
llama_kv_cache:      CUDA0 KV buffer size =   384.00 MiB
"""


def test_tensors_moved_by_pattern_are_weighed_one_by_one() -> None:
    found = from_text(MOVED)
    assert found.cpu_moe_blocks == 4
    weights = {row.device: row.predicted for row in found.rows if row.part is Part.WEIGHTS}
    every = from_text(MOVED.replace(' -ot "blk\\.(0|1|2|3)\\.ffn_.*_exps=CPU"', " --n-cpu-moe 4"))
    assert weights == {row.device: row.predicted for row in every.rows if row.part is Part.WEIGHTS}
    assert weights["host"] > 1 << 30


def test_a_model_outside_the_catalog_is_predicted_from_its_numbers() -> None:
    text = text_of(LLAMA_3B).replace("= 36", "= 30").replace("36 layers", "30 layers")
    found = from_text(text)
    assert not found.found.in_catalog
    assert any("hyperparameters alone" in note for note in found.notes)
    cache = sum(row.predicted for row in found.rows if row.part is Part.CACHE)
    assert cache == 30 * 2048 * 512 * 2


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Q4_K - Medium", "Q4_K_M"),
        ("Q2_K - Medium", "Q2_K"),
        ("Q3_K - Large", "Q3_K_L"),
        ("Q8_0", "Q8_0"),
        ("IQ4_XS - 4.25 bpw", "IQ4_XS"),
        ("IQ3_S mix - 3.66 bpw", "IQ3_M"),
        ("MXFP4 MoE", "MXFP4_MOE"),
        ("Q6_K (guessed)", "Q6_K"),
    ],
)
def test_file_types_are_known_by_the_words_of_logs(printed: str, name: str) -> None:
    assert type_named(printed) == name


@pytest.mark.parametrize("text", ["", "hello\nworld", "\x00\xff" * 500, "{}", "buffer size = 12 MiB"])
def test_a_text_that_is_no_log_is_said_to_be_none(text: str) -> None:
    with pytest.raises(BadLog, match="it tells of no buffers"):
        read_log(text)


def test_a_log_without_a_model_is_said_to_tell_none() -> None:
    with pytest.raises(LlmfitError, match="model's numbers"):
        from_text("load_tensors:        CUDA0 model buffer size =  100.00 MiB\n")


MTP = """
llama-server --model <drive>/models/qwen3.8-27b-ud-q5km.gguf --ctx-size 8192 --ubatch-size 2048 -np 1
0.00.100.000 I version: 9849 (799fcc04a)
0.01.658.955 I llama_prepare_model_devices: using device Vulkan0 (a card) (0000:c1:00.0) - 23785 MiB free
0.03.296.605 I load_tensors: offloaded 66/66 layers to GPU
0.03.296.611 I load_tensors:   CPU_Mapped model buffer size =   682.03 MiB
0.03.296.612 I load_tensors:      Vulkan0 model buffer size = 18163.06 MiB
0.08.021.436 I llama_context: n_ctx         = 8192
0.08.022.889 I llama_context: Vulkan_Host  output buffer size =     0.95 MiB
0.08.032.922 I llama_kv_cache:    Vulkan0 KV buffer size =   512.00 MiB
0.08.078.411 I llama_memory_recurrent:    Vulkan0 RS buffer size =   448.88 MiB
0.08.078.425 I llama_memory_recurrent: size =  448.88 MiB (     1 cells,  64 layers,  1 seqs  2 rs_seq), R
0.08.162.115 I sched_reserve: Vulkan_Host compute buffer size =   112.07 MiB
0.08.242.368 I llama_context: n_ctx         = 8192
0.08.245.919 I llama_kv_cache:    Vulkan0 KV buffer size =    32.00 MiB
0.08.306.824 I sched_reserve:    Vulkan0 compute buffer size =   520.06 MiB
"""


def test_what_newer_builds_no_longer_print_is_read_off_the_command() -> None:
    load, draft = read_log(MTP)
    found = check(load, shipped().models, shipped().quants)
    assert found.found.model.id == "Qwen/Qwen3.8-27B"
    rows_ = {(row.device, row.part): row for row in found.rows}
    assert rows_["Vulkan0", Part.CACHE].verdict is Verdict.EQUAL, "two earlier states are kept"
    assert rows_["host", Part.COMPUTE].verdict is Verdict.EQUAL, "the micro-batch is the command's"
    assert rows_["Vulkan0", Part.WEIGHTS].verdict is Verdict.NOT_COMPARED
    drafting = check(draft, shipped().models, shipped().quants)
    assert {row.verdict for row in drafting.rows if row.part is Part.CACHE} == {Verdict.NOT_COMPARED}


def test_a_quantized_cache_takes_no_copies_before_cuda_reserved_them() -> None:
    text = """
llama_model_loader: loaded meta data with 40 key-value pairs and 851 tensors from Qwen3.6-27B.gguf (version 3)
load_tensors: offloaded 65/65 layers to GPU
load_tensors:        CUDA0 model buffer size = 14032.23 MiB
llama_context: n_ctx         = 200192
llama_context: flash_attn    = enabled
llama_kv_cache:      CUDA0 KV buffer size =  6647.00 MiB
llama_kv_cache: size = 6647.00 MiB (200192 cells,  16 layers,  1/1 seqs), K (q8_0): 3323.50 MiB, V (q8_0): 1
llama_memory_recurrent:      CUDA0 RS buffer size =   149.62 MiB
sched_reserve:      CUDA0 compute buffer size =   654.78 MiB
sched_reserve:  CUDA_Host compute buffer size =   411.29 MiB
"""
    found = from_text(text)
    compute = [row for row in found.rows if row.part in {Part.COMPUTE, Part.CACHE}]
    assert {row.verdict for row in compute} == {Verdict.EQUAL}
