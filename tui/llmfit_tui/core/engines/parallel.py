"""Tensor x pipeline parallel: which sizes a model allows, and what falls to each rank."""

from collections.abc import Sequence

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.record import record


@record
class Parallel:
    """GPUs that share every layer, times stages that hold layers one after the other."""

    tensor: int = 1
    pipeline: int = 1

    @property
    def ranks(self) -> int:
        """GPUs in use."""
        return self.tensor * self.pipeline


def sizes_that_divide(arch: Architecture, most: int) -> list[int]:
    """Tensor-parallel sizes up to `most` that vLLM accepts for this model, the smallest first."""
    return [size for size in range(1, most + 1) if not why_not(arch, size)]


def why_not(arch: Architecture, tensor: int) -> str | None:
    """Why the model cannot be shared by so many GPUs; None where it can.

    vLLM's linear layers divide query heads and feed-forward widths exactly; key/value heads divide, or are
    copied to several GPUs where there are fewer of them; the vocabulary is padded. Latent attention has one
    compressed head, which every GPU holds.
    """
    if arch.heads % tensor:
        return f"{arch.heads} attention heads do not divide by {tensor}"
    if not arch.latent and arch.kv_heads and arch.kv_heads % tensor and tensor % arch.kv_heads:
        return f"{arch.kv_heads} key/value heads neither divide by {tensor} nor it by them"
    for width in (arch.feed_forward, arch.expert_feed_forward):
        if width % tensor:
            return f"a feed-forward width of {width:,} does not divide by {tensor}"
    return None


def shared_out(
    arch: Architecture, gpus: int, nodes: int, tensor: int | None, pipeline: int | None
) -> Parallel:
    """The sizes asked for, or those an operator would take: tensor parallel within a node, stages across.

    Raises BadValue where sizes do not divide the model or want more GPUs than there are, naming ones that do.
    """
    each = gpus // nodes
    if tensor is None and pipeline is None:
        inside = max(sizes_that_divide(arch, each))
        stages = min(gpus // inside, arch.layers)
        return Parallel(inside, stages)
    if tensor is None:
        assert pipeline is not None
        fitting = sizes_that_divide(arch, max(gpus // pipeline, 1))
        tensor = max(fitting)
    if pipeline is None:
        pipeline = max(gpus // tensor, 1) if nodes > 1 and tensor <= each else 1
    reason = why_not(arch, tensor)
    if reason is not None:
        raise BadValue(f"--tensor-parallel {tensor}: {reason}; {_words(arch, gpus)}.")
    if pipeline > arch.layers:
        raise BadValue(f"--pipeline-parallel {pipeline}: the model has {arch.layers} layers to share.")
    if tensor * pipeline > gpus:
        there = "is 1" if gpus == 1 else f"are {gpus}"
        would = f"--pipeline-parallel {gpus // tensor} would do" if gpus >= tensor else _words(arch, gpus)
        asked = f"--tensor-parallel {tensor}" + (f" x --pipeline-parallel {pipeline}" if pipeline > 1 else "")
        raise BadValue(f"{asked} takes {tensor * pipeline} GPUs; there {there}: {would}.")
    return Parallel(tensor, pipeline)


def _words(arch: Architecture, gpus: int) -> str:
    sizes = [str(size) for size in sizes_that_divide(arch, gpus)]
    return f"{sizes[0]} would do" if len(sizes) == 1 else f"{', '.join(sizes[:-1])} or {sizes[-1]} would do"


def stages(layers: int, pipeline: int) -> tuple[range, ...]:
    """The blocks of each stage. What is left over goes to stages from the last but one backwards: the last
    one also holds the output (vllm/distributed/utils.py, get_pp_indices)."""
    counts = [layers // pipeline] * pipeline
    for n in range(layers % pipeline):
        counts[-2 - n if pipeline > 1 else 0] += 1
    return _ranges(counts)


def _ranges(counts: Sequence[int]) -> tuple[range, ...]:
    found: list[range] = []
    start = 0
    for count in counts:
        found.append(range(start, start + count))
        start += count
    return tuple(found)
