"""Why buffers of published logs differ from what is predicted, each worked out from the log's own figures.

Keyed by the end of where the log was published; sums are in MiB. U is the micro-batch of 512 tokens.
"""

MASK = "4 B x U x cells"


def _vulkan(rest: str, mask: str) -> str:
    return f"{rest} as at every length, and the F32 mask ({MASK} = {mask}), whose place Vulkan leaves idle"


def _experts(matrix: str, masks: str) -> str:
    return (
        f"the largest expert matrix ({matrix}), which the GPU fetches, {masks} of F32 mask ({MASK}) and ten "
        "rows as wide as the model (80): May 2025 placed them in another order"
    )


def _paged(cells: str, cache: str) -> str:
    return f"a fork with a paged cache: {cells} cells x 28 layers x 2,048 values x 2 B = {cache}"


HEADS = "whole heads are cached: {cells} cells x 61 layers x (24,576 + 16,384) values x 2 B = {size}"
ROWS = (
    "builds from about b5130 to b5400 cached the latent row and its 512 values again: 1,088 values "
    "where 576 do, {layers} layers x 16,384 cells x 2 B = {size}"
)
KV_B = (
    "the file is of before b5100, with attn_kv_b ({each} in AMX's layout) in each of 61 layers; "
    "today's attn_k_b and attn_v_b have three dimensions and stay as they are"
)

KNOWN: dict[str, dict[str, str]] = {
    "logs/ollama.log#L370": {
        "compute": "logits (297) and two rows as wide as the model (14); Metal keeps both, CUDA one"
    },
    "qwen36-35b-a3b-128k-f16-f16.log#L1": {"compute": _vulkan("510.02", "258.5")},
    "qwen36-35b-a3b-real-corpus-64k-f16-f16.log#L1": {"compute": _vulkan("510.02", "136.5")},
    "qwen36-35b-a3b-32k-f16-f16.log#L1": {"compute": _vulkan("510.02", "66.5")},
    "qwen36-35b-a3b-64k-f16-f16.log#L1": {"compute": _vulkan("510.02", "130.5")},
    "qwen36-35b-a3b-32k-q4_0-q4_0.log#L1": {"compute": _vulkan("497.28", "66.5")},
    "qwen36-35b-a3b-32k-q8_0-q8_0.log#L1": {"compute": _vulkan("497.28", "66.5")},
    "qwen36-35b-a3b-64k-q4_0-q4_0.log#L1": {"compute": _vulkan("497.28", "130.5")},
    "qwen36-35b-a3b-64k-q8_0-q8_0.log#L1": {"compute": _vulkan("497.28", "130.5")},
    "multi-user/llama-server-np16.log#L1": {
        "compute": "16 slots on Vulkan: 510.02 as at every length, 8 of F32 mask, and 39 that are not "
        "worked out"
    },
    "qwen3-next-80b-a3b-32k-f16-f16.log#L1": {
        "compute": "logits (296.75) and three rows as wide as the model (12): Vulkan's order leaves no "
        "gap, CUDA's one"
    },
    "DeepSeek-V3-0324_ model support..md#L810": {
        "cache": HEADS.format(cells="512", size="2,440")
        + "; 64.81 more are 1,088 values of latent rows (512 + 576): the branch kept both",
        "repacked weights": KV_B.format(each="19") + ", once more as attn_k_b and attn_v_b of the branch",
    },
    "_wk_b_ tensors on the fly after PR _265.md#L227": {
        "cache": HEADS.format(cells="2,048", size="9,760.00"),
        "compute": "scores of whole heads (128 heads x 2,048 cells x U x 4 B = 512) and 158 of other rows",
        "repacked weights": KV_B.format(each="19"),
    },
    "early performance comparisons.md#L2231": {
        "CUDA0 compute": _experts("630", "32"),
        "compute": "no layer on the GPU: logits and a row (304.75) on the CPU, which then computed the "
        "output for "
        "any batch, and two F32 masks (65.01) in pinned memory",
    },
    "early performance comparisons.md#L2431": {
        "CUDA0 compute": _experts("630", "64"),
        "compute": "a second row as wide as the model (8) and 0.25 of expert choices: experts in plain "
        "memory",
    },
    "early performance comparisons.md#L3307": {
        "CUDA0 compute": _experts("630", "64"),
        "compute": "a second row as wide as the model (8) and 0.25 of expert choices: experts in plain "
        "memory",
    },
    "faster FA TG for GQA models.md#L2500": {"CUDA0 compute": _experts("630", "64")},
    "faster FA TG for GQA models.md#L3203": {"CUDA0 compute": _experts("816", "128")},
    "Handle incompatible DeepSeek GGUFs.md#L620": {
        "CUDA0 cache": ROWS.format(layers="15", size="510"),
        "CUDA1 cache": ROWS.format(layers="12", size="408"),
        "CUDA2 cache": ROWS.format(layers="12", size="408"),
        "CUDA3 cache": ROWS.format(layers="22", size="748"),
        "weights": "UD-Q2_K_XL, a mix of its publisher that is not written down: 54 Q3_K, 122 Q2_K and "
        "15 Q6_K "
        "tensors lie in blocks that the log does not name",
        "CUDA0 compute": "not worked out: it depends on the largest expert matrix of that mix, which is "
        "not known",
    },
    "llama_cpp_quickstart.md#L1": {
        "compute": "ipex-llm's fork on SYCL: logits (62.5), a row (8) and 10.5 of its own attention"
    },
    "small_qwen3_1.7b_paged_memory.txt#L1": {"cache": _paged("6,400", "700.00")},
    "20260111_212957/full_log.txt#L290": {"cache": _paged("12,800", "1,400.00")},
    "small_qwen3_1.7b_paged256_memory.txt#L1": {
        "cache": _paged("25,600", "2,800.00"),
        "compute": "that fork's paged attention: 36.00 beside logits and two rows (304.75)",
    },
    "Qwen3-Next-80B-A3B-Thinking_baseline_t1_q1_algorithm.txt#L1": {
        "compute": "in December 2025 the delta net was many single operations (71 of intermediate "
        "results); the "
        "fused operation described here came later"
    },
    "its repository not recorded": {
        "host compute": "an excerpt of two lines without context or build: 137,216 cells of F32 mask "
        "(268) and two "
        "rows as wide as the model (8) would be 276.02; 8,192 cells are assumed",
        "compute": "an excerpt of two lines without context, build or placement: logits (485) and 39 of "
        "what these "
        "decide",
    },
}


def known(source: str, device: str, part: str) -> str | None:
    """What is known of a buffer of a log; None where nothing is."""
    for end, parts in KNOWN.items():
        if source.endswith(end):
            return parts.get(f"{device} {part}") or parts.get(part)
    return None
