"""Models that mix blocks of attention with blocks that keep a state."""

from llmfit_tui.core.graph.blocks import feed_forward, self_attention, summed
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.experts import routed
from llmfit_tui.core.graph.recurrent import mamba1, mamba2, short_convolution
from llmfit_tui.core.graph.styles import Style
from llmfit_tui.core.graph.tensors import Tensor


def _mixed(b: Builder, x: Tensor, style: Style) -> Tensor:
    """What a block mixes tokens with."""
    if b.has("shortconv.conv"):
        return short_convolution(b, x)
    if b.has("ssm_x"):
        return mamba1(b, x)
    return mamba2(b, x) if b.has("ssm_in") else self_attention(b, x, style)


def hybrid(b: Builder, x: Tensor, style: Style) -> Tensor:
    """A state or attention, then feed-forward (LFM2, Granite 4, Jamba)."""
    y = _mixed(b, b.norm(x, "attn_norm"), style)
    y, x = b.only_outputs(y, x)
    x = summed(b, y, x, style)
    return summed(b, feed_forward(b, b.norm(x, "ffn_norm"), style), x, style)


def side_by_side(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Attention and a state in every block (Falcon-H1)."""
    y = self_attention(b, b.norm(x, "attn_norm"), style)
    y = b.add(y, mamba2(b, b.norm(x, "attn_norm")))
    x = b.add(y, x)
    _, x = b.only_outputs(y, x)
    return b.add(b.feed_forward(b.norm(x, "ffn_norm")), x)


def mamba(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Nothing but states."""
    y = _mixed(b, b.norm(x, "attn_norm"), style)
    y, x = b.only_outputs(y, x)
    return b.add(y, x)


def mixers(b: Builder, x: Tensor, style: Style) -> Tensor:
    """A state, attention or feed-forward, one to a block (Nemotron-H)."""
    y = b.norm(x, "attn_norm")
    if b.has("ffn_gate_inp"):
        y = _latent_experts(b, y, style)
    elif b.has("ffn_up"):
        y = b.feed_forward(y, squared=True)
    else:
        y = _mixed(b, y, style)
    return b.add(y, x)


def _latent_experts(b: Builder, x: Tensor, style: Style) -> Tensor:
    """Experts that may work on a narrower copy of the stream."""
    narrow = b.linear(x, "ffn_latent_down") if b.has("ffn_latent_down") else x
    scores = b.linear(x, "ffn_gate_inp")
    y = routed(b, narrow, style.router, squared=True, scores=scores)
    if b.has("ffn_latent_up"):
        y = b.linear(y, "ffn_latent_up")
    return b.add(y, b.feed_forward(x, "_shexp", squared=True))
