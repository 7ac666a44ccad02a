"""Which blocks and which style each GGUF architecture has."""

from collections.abc import Callable
from dataclasses import replace

from llmfit_tui.core.graph import blocks
from llmfit_tui.core.graph.altup import altup
from llmfit_tui.core.graph.blocks import transformer
from llmfit_tui.core.graph.blockwise import block_sparse
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.delta import kimi_hybrid, ling_hybrid, qwen_hybrid
from llmfit_tui.core.graph.experts import Router
from llmfit_tui.core.graph.hybrids import hybrid, mamba, mixers, side_by_side
from llmfit_tui.core.graph.latent import latent_transformer, unpacked_transformer
from llmfit_tui.core.graph.lightning import lightning
from llmfit_tui.core.graph.per_layer import gemma4
from llmfit_tui.core.graph.styles import (
    Late,
    Rotated,
    Style,
    Tempered,
)
from llmfit_tui.core.graph.tensors import Tensor
from llmfit_tui.core.record import record

Block = Callable[[Builder, Tensor, Style], Tensor]


USUAL = Style()


@record
class Family:
    """An architecture's graph."""

    style: Style = USUAL
    block: Block = transformer
    reads_router: bool = False
    """The router is described by the configuration."""


PLAIN = Family()
ROUTED = Family(reads_router=True)
UNNORMED_WEIGHTS = Router(normed=False)
GEMMA = Style(embeddings_scaled=True, query_scaled=True)
COHERE = Style(rms=False, logits_scaled=True, rotated=Rotated.WINDOWED)
GRANITE = Style(embeddings_scaled=True, residual_scaled=True, logits_scaled=True)
LAYER_NORMS = Style(rms=False)
LATE = Style(late=Late.AFTER_NORM)

FAMILIES = {
    # dense
    **dict.fromkeys(
        ("llama", "qwen2", "qwen3", "mistral3", "internlm2", "ernie4_5", "exaone", "baichuan"), PLAIN
    ),
    **dict.fromkeys(("seed_oss", "glm4", "chatglm", "apertus", "bitnet"), PLAIN),
    "qwen2vl": Family(Style(positions=4)),
    "qwen3vl": Family(Style(positions=4, stacked=True)),
    "smollm3": Family(Style(rotated=Rotated.NOT_EVERY_FOURTH)),
    "phi3": Family(Style(query_scaled=True, stream_first=True)),
    "olmo": Family(LAYER_NORMS, blocks.unnormed),
    "olmo2": Family(Style(flat_norms=True)),
    "exaone4": Family(Style(rotated=Rotated.WINDOWED_IF_ANY)),
    "hunyuan-dense": Family(Style(rotated_first=True)),
    "minicpm": Family(GRANITE),
    "minicpm3": Family(Style(embeddings_scaled=True, output_scaled=True), unpacked_transformer),
    "granite": Family(GRANITE),
    "granite_swa": Family(replace(GRANITE, rotated=Rotated.UNLESS_MARKED)),
    "arcee": Family(Style(squared=True)),
    "deci": Family(block=blocks.sparse),
    "muse-glimmer": Family(
        Style(
            rotated=Rotated.WINDOWED,
            normed_before_rows=True,
            embeddings_normed=True,
            logits_scaled=True,
        )
    ),
    "gemma": Family(GEMMA),
    "gemma2": Family(replace(GEMMA, softcap=True, logits_capped=True)),
    "gemma3": Family(GEMMA),
    "gemma4": Family(Style(embeddings_scaled=True, logits_capped=True, late=Late.AFTER_NORM), gemma4),
    "gemma3n": Family(Style(embeddings_scaled=True, logits_capped=True), altup),
    # layer norms
    "command-r": Family(replace(COHERE, rotated=Rotated.EVERYWHERE), blocks.parallel),
    "cohere2": Family(COHERE, blocks.parallel),
    "gptneox": Family(LAYER_NORMS, blocks.parallel_own_norms),
    "falcon": Family(LAYER_NORMS, blocks.parallel_falcon),
    "phi2": Family(replace(LAYER_NORMS, query_scaled=True), blocks.parallel_phi),
    "stablelm": Family(LAYER_NORMS, blocks.stablelm),
    "starcoder2": Family(LAYER_NORMS),
    "nemotron": Family(replace(LAYER_NORMS, squared=True)),
    "starcoder": Family(replace(LAYER_NORMS, rotated=Rotated.NOWHERE, positions_added=True)),
    "bloom": Family(replace(LAYER_NORMS, rotated=Rotated.NOWHERE, embeddings_normed=True)),
    "dbrx": Family(LAYER_NORMS),
    # experts
    **dict.fromkeys(("qwen3moe", "mellum", "ernie4_5-moe"), PLAIN),
    "qwen3vlmoe": Family(Style(positions=4, stacked=True)),
    **dict.fromkeys(("qwen2moe", "deepseek"), Family(Style(router=UNNORMED_WEIGHTS))),
    "hy_v3": Family(LATE, reads_router=True),
    "olmoe": Family(Style(flat_norms=True, router=UNNORMED_WEIGHTS)),
    "phimoe": Family(Style(query_scaled=True, stream_first=True)),
    "hunyuan-moe": Family(Style(rotated_first=True)),
    "granitemoe": Family(GRANITE),
    "minimax-m3": Family(block=block_sparse, reads_router=True),
    "minimax-m2": Family(Style(flat_norms=True), reads_router=True),
    **dict.fromkeys(("glm4moe", "bailingmoe2", "dots1", "laguna", "mimo2"), ROUTED),
    "exaone-moe": Family(Style(rotated=Rotated.WINDOWED), reads_router=True),
    "afmoe": Family(
        Style(embeddings_scaled=True, rotated=Rotated.NOT_EVERY_FOURTH, normed_before_rows=True),
        reads_router=True,
    ),
    "gpt-oss": Family(Style(late=Late.BEFORE_NORM, router=Router(weighted_late=True, normed=False))),
    "llama4": Family(
        Style(
            rotated=Rotated.NOT_EVERY_FOURTH,
            unit_norms=True,
            tempered=Tempered.UNROTATED,
            router=Router(softmax=False, normed=False, weight_first=True),
        )
    ),
    # latent attention
    "deepseek2": Family(block=latent_transformer, reads_router=True),
    "deepseek32": Family(block=latent_transformer, reads_router=True),
    "glm-dsa": Family(block=latent_transformer, reads_router=True),
    "mistral4": Family(Style(tempered=Tempered.ALL), latent_transformer, reads_router=True),
    # recurrent state
    "mamba": Family(block=mamba),
    "mamba2": Family(block=mamba),
    "lfm2": Family(Style(stream_first=True), hybrid),
    "lfm2moe": Family(Style(stream_first=True), hybrid, reads_router=True),
    "jamba": Family(Style(stream_first=True, rotated=Rotated.NOWHERE, router=UNNORMED_WEIGHTS), hybrid),
    "granitehybrid": Family(replace(GRANITE, rotated=Rotated.NOWHERE), hybrid),
    "falcon-h1": Family(block=side_by_side),
    "nemotron_h": Family(replace(LATE, rotated=Rotated.NOWHERE, squared=True), mixers),
    "nemotron_h_moe": Family(replace(LATE, rotated=Rotated.NOWHERE, squared=True), mixers, reads_router=True),
    "qwen3next": Family(LATE, qwen_hybrid),
    "qwen35": Family(replace(LATE, positions=4), qwen_hybrid),
    "qwen35moe": Family(replace(LATE, positions=4), qwen_hybrid),
    "bailingmoe3": Family(LATE, ling_hybrid, reads_router=True),
    "step35": Family(Style(late=Late.BEFORE_NORM), reads_router=True),
    "minimax-01": Family(block=lightning),
    "kimi-linear": Family(block=kimi_hybrid, reads_router=True),
}
