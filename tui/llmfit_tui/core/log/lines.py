"""The lines of a start-up log that say something, by the words llama.cpp and its wrappers print.

Prefixes (times, levels, container names) are ignored: every pattern is searched for within the line. The
wording changed over the years (llm_load_tensors became load_tensors, llama_new_context_with_model became
llama_context); both are read.
"""

import re

BUFFER = re.compile(
    r"(?P<device>[A-Za-z][\w.]*(?:\[[\w.:\-]+\])?)\s+(?P<what>model |KV |RS |compute |output |)\s*"
    r"buffer size\s*=\s*(?P<size>[\d.]+) (?P<unit>[KMG]iB)"
)
"""`load_tensors:        CUDA0 model buffer size =  4403.50 MiB`; before 2025 without the word model."""
LOADS_TENSORS = re.compile(r"\b(?:llm_)?load_tensors: ")
CACHE_SUMMARY = re.compile(
    r"size\s*=\s*[\d.]+ MiB(?: \(\s*(?P<cells>\d+) cells,\s*(?P<layers>\d+) layers[^)]*\))?,"
    r"\s*(?:K|c\^KV) \((?P<key>\w+)\):\s*[\d.]+ MiB(?:,\s*V \((?P<value>\w+)\))?"
)
"""`llama_kv_cache: size =  576.00 MiB (  4096 cells,  36 layers,  1/1 seqs), K (f16): ..., V (f16): ...`"""
ROLLBACK = re.compile(r"llama_memory_recurrent: size .* (?P<states>\d+) rs_seq")
"""`llama_memory_recurrent: size =  448.88 MiB (     1 cells,  64 layers,  1 seqs  2 rs_seq), R (f32): ...`"""
HYPERPARAMETER = re.compile(
    r"\b(?:print_info|llm_load_print_meta):\s+(?P<key>[A-Za-z][\w. ]*?)\s*=\s*(?P<value>.*)"
)
METADATA = re.compile(r"- kv\s+\d+:\s+(?P<key>[\w.\-]+)\s+\w+(?:\[\w+,\d+\])?\s+=\s+(?P<value>.*)")
TENSOR_TYPE = re.compile(r"- type\s+(?P<type>\w+):\s+(?P<count>\d+) tensors")
LOADED = re.compile(r"loaded meta data with \d+ key-value pairs and \d+ tensors from (?P<file>.*?) \(version")
CONTEXT = re.compile(
    r"\b(?P<by>llama_context|llama_new_context_with_model|llama_init_from_model):\s+"
    r"(?P<key>n_ctx|n_ctx_seq|n_ctx_per_seq|n_batch|n_ubatch|n_seq_max|flash_attn|kv_unified|n_rs_seq"
    r"|n_outputs_max|mla_attn|swa_full)\s*=\s*(?P<value>\S+)"
)
FLASH_RESOLVED = re.compile(r"Flash Attention was auto, set to (?P<value>enabled|disabled)", re.IGNORECASE)
SWA_FULL = re.compile(r"using full-size SWA cache")
OFFLOADED = re.compile(r"offloaded (?P<on>\d+)/(?P<of>\d+) layers to GPU")
DEVICE = re.compile(r"using device (?P<name>\S+) \((?P<about>.*?)\).* - (?P<mib>\d+) MiB free")
ASSIGNED = re.compile(r"layer\s+(?P<layer>\d+) assigned to device (?P<device>[\w\[\].:\-]+)")
MOVED = re.compile(
    r"[Tt]ensor (?P<tensor>[\w.\-]+)(?: \(.*?\))? buffer type overrid+en to (?P<buffer>[\w\[\].:\-]+)"
)
BREAKDOWN = re.compile(
    r"\|\s*- (?P<device>\S+)[^|]*\|(?:[^|(]*\(|\s*)\s*\d+\s*=\s*(?P<model>\d+)"
    r"\s*\+\s*(?P<context>\d+)\s*\+\s*(?P<compute>\d+)"
)
"""`|   - CUDA0 (RTX 3080) | 20054 = 9800 + (9587 = 8500 + 600 + 487) + 667 |`; the host has the middle."""
SYSTEM_INFO = re.compile(r"\bsystem_info:.*?\| (?:CPU :|AVX|NEON|SSE3)")
INSTRUCTION = re.compile(r"\b(?P<name>[A-Z][A-Z0-9_]+) = (?P<value>\d+)")
"""`AVX2 = 1 | AVX512 = 1 | AMX_INT8 = 1 | NEON = 1 | DOTPROD = 1 | MATMUL_INT8 = 1 | SVE_CNT = 16`"""
BUILDS = (
    re.compile(r"\bbuild(?:_info)?\s*[:=]\s*b?(?P<number>\d{3,6})\s*[(\-][0-9a-f]{6,}"),
    re.compile(r"\bversion:\s*(?P<number>\d{3,6}) \([0-9a-f]{6,}"),
    re.compile(r"\bb(?P<number>\d{4,6})-[0-9a-f]{7,}\b"),
)
COMMAND = re.compile(
    r"\S*(?:llama[-_][\w\-]+|ollama\w*)(?:\.exe)?[\"']? .*(?:--model|-m|-hf|--ctx-size|-c)\s.*"
)
SERVER = re.compile(r"\b(?:srv|slot|main: server|update_slots|llama-server|llama server)\b")
LIBRARY = re.compile(r"\b(?:llama-bench|llama-perplexity|llama_perf_context|sweep-bench)\b")
OLLAMA = re.compile(r"\b(?:source=\S+\.go:\d+|ollama)\b")
OLLAMA_SIZE = re.compile(
    r'msg="(?P<what>model weights|kv cache|compute graph)"\s+device=(?P<device>\S+)\s+'
    r'size="?(?P<size>[\d.]+) (?P<unit>[KMG]iB)'
)
"""Ollama's own engine: `msg="model weights" device=CUDA0 size="4.6 GiB"`."""
OLLAMA_REQUEST = re.compile(
    r"Parallel:(?P<parallel>\d+) BatchSize:(?P<batch>\d+) FlashAttention:(?P<flash>\w+)"
    r" KvSize:(?P<context>\d+)(?: KvCacheType:(?P<cache>\w*))?"
)
LM_STUDIO = re.compile(r"\b(?:LM Studio|lmstudio|\[LMSInternal\]|LlamaV4)\b", re.IGNORECASE)
IK_LLAMA = re.compile(r"\b(?:mla_attn|fused_moe|attn_max_b\w*|ik_llama)\b")
