"""The size of a GGUF file: its header and its padded tensors.

The header holds one record per tensor, which follows from the plan, and the vocabulary: a string and a type
for each entry, scores for SentencePiece, merges for byte-pair encoding. Bytes per entry are measured on
published files; where the vocabulary is not among them the default of its kind is within about 15 bytes
per entry (4 MB in the largest vocabularies), which is under 0.1 % of any file of 4 GB.
"""

from functools import lru_cache

from llmfit_tui.core.tensors.blocksets import Blocks
from llmfit_tui.core.tensors.ggml import padded
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan
from llmfit_tui.core.tensors.quantized import Quantized

BYTE_PAIR_BYTES = 39.0
SENTENCEPIECE_BYTES = 23.0

MEASURED: dict[int, float] = {
    49_152: 35.7,  # SmolLM2
    65_536: 36.0,  # LFM2
    100_352: 35.4,  # Phi-4
    120_818: 42.1,  # Hunyuan
    128_256: 61.0,  # Llama 3: more merges than entries
    151_936: 39.1,  # Qwen
    152_064: 39.1,
    200_064: 41.0,  # Phi-4-mini
    201_088: 64.5,  # gpt-oss
    256_000: 23.5,  # Gemma 1 and 2
    262_144: 24.85,  # Gemma 3
    262_400: 24.85,
}
"""Bytes per vocabulary entry in published files, by size of the vocabulary, records of tensors taken off."""

SENTENCEPIECE = frozenset(
    (
        *("gemma", "gemma2", "gemma3", "gemma3n", "gemma4", "ernie4_5", "ernie4_5-moe"),
        *("internlm2", "baichuan", "minicpm", "minicpm3", "jamba"),
    )
)
"""Architectures whose tokenizer is SentencePiece; so is every vocabulary of up to 32,800 entries."""

METADATA_BYTES = 8_000
"""Hyperparameters and chat template: a few thousand bytes."""


@lru_cache(maxsize=1024)
def header_bytes(plan: TensorPlan) -> int:
    """Bytes before the first tensor, estimated as the module says, aligned."""
    rows = plan.vocabulary
    small = rows <= 32_800 or plan.architecture in SENTENCEPIECE
    per_entry = MEASURED.get(rows, SENTENCEPIECE_BYTES if small else BYTE_PAIR_BYTES)
    records = sum(_record_bytes(group) for group in plan.groups)
    return padded(METADATA_BYTES + records + round(per_entry * rows))


def file_bytes(quantized: Quantized) -> int:
    """Bytes of the GGUF file: the header (estimated) and the padded tensors (exact)."""
    return header_bytes(quantized.plan) + quantized.padded_bytes


def _record_bytes(group: TensorGroup) -> int:
    """Name (with its length), dimensions (with their number), type and offset of each tensor."""
    suffix = 0 if group.name.endswith((".bias", ".scale")) else len(".weight")
    fixed = 8 + len(group.name) + suffix + 4 + 8 * len(group.shape) + 4 + 8
    return fixed * group.count + _prefix_bytes(group.blocks)


@lru_cache(maxsize=1024)
def _prefix_bytes(blocks: Blocks) -> int:
    """Of `blk.N.` before the names of tensors in these blocks."""
    return sum([len(f"blk.{block}.") for block in blocks])
