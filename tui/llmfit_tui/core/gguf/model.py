"""A model from the headers of a GGUF file: estimated like any other, with that file's own numbers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from llmfit_tui.core.errors import BadValue, printable
from llmfit_tui.core.gguf.config import config_of_file
from llmfit_tui.core.gguf.file import GgufFile
from llmfit_tui.core.gguf.header import BadHeader, Header
from llmfit_tui.core.gguf.shape import architecture_of_file
from llmfit_tui.core.gguf.tensors import FileKey, file_plan, mix_of, runs_of
from llmfit_tui.core.models.model import Checkpoint, Model, Trust
from llmfit_tui.core.quant import Quant

LONGEST_SHOWN = 80
GENERAL = frozenset(
    (
        "general.architecture",
        "general.type",
        "general.file_type",
        "general.quantization_version",
    )
)
"""Beside the architecture's own keys, what is kept of the metadata."""


def file_of(headers: Sequence[Header], paths: Sequence[str]) -> GgufFile:
    """The headers of a file's parts, first part first, as one value. Raises BadHeader."""
    first = headers[0]
    name = first.metadata.get("general.architecture")
    if not isinstance(name, str) or not name or not name.isprintable() or len(name) > LONGEST_SHOWN:
        raise BadHeader(
            "it names no architecture (general.architecture), so nothing says what its numbers mean"
        )
    declared = first.metadata.get("split.count")
    if isinstance(declared, int) and declared > 1 and declared != len(headers):
        raise BadHeader(
            f"it is one of {declared:,} parts, and the others are found by names ending in"
            f" -00001-of-{declared:05}.gguf"
        )
    infos = [info for header in headers for info in header.tensors]
    if not infos:
        raise BadHeader("it holds no tensors, only a vocabulary")
    runs = runs_of(infos)
    kept = {key: value for key, value in first.metadata.items() if _keeps(key, name, value)}
    rows = next((run.shape[-1] for run in runs if run.name == "token_embd" and len(run.shape) > 1), 0)
    return GgufFile(
        metadata=kept,
        runs=runs,
        header_bytes=sum(header.data_offset for header in headers),
        file_bytes=sum(max(header.total, header.data_end) for header in headers),
        mix=mix_of(first.metadata.get("general.file_type"), runs),
        vocabulary=rows or first.lengths.get("tokenizer.ggml.tokens", 0),
        imatrix="quantize.imatrix.file" in first.metadata,
        missing_bytes=sum(max(header.data_end - header.total, 0) for header in headers),
        paths=tuple(paths),
    )


def _keeps(key: str, name: str, value: Any) -> bool:
    if key in GENERAL:
        return True
    return key.startswith(f"{name}.") and not isinstance(value, str)


def model_of_file(headers: Sequence[Header], paths: Sequence[str]) -> Model:
    """The model in a file. Raises BadHeader or BadValue, saying what can still be told."""
    file = file_of(headers, paths)
    said = headers[0].metadata
    stem = paths[0].replace("\\", "/").rsplit("/", 1)[-1]
    kind = file.metadata.get("general.type", "model")
    if kind not in {"model", "mmproj", "adapter"} or file.architecture == "clip" or kind != "model":
        raise BadHeader(f"it is no language model but {_other_kind(file, kind)}")
    try:
        shape = architecture_of_file(file)
    except BadValue as problem:
        raise BadHeader(f"{str(problem).rstrip('.')}; what can be told: {_told(file)}") from problem
    plan = file_plan(FileKey(file))
    parameters = sum(
        group.values * (sum(1 for block in group.blocks if block < shape.layers) if group.blocks else 1)
        for group in plan.groups
        if not group.name.startswith("rope_")
    )
    context = file.own("context_length")
    return Model(
        id=stem,
        name=_shown(said.get("general.name")) or stem.removesuffix(".gguf"),
        family=file.architecture,
        publisher=_shown(said.get("general.organization")) or _shown(said.get("general.quantized_by")) or "",
        config=config_of_file(file, shape),
        checkpoints=(Checkpoint(stem, context if isinstance(context, int) and context > 0 else None),),
        parameters=parameters,
        checkpoint_parameters=sum(group.values * group.count for group in plan.groups),
        context_max=context if isinstance(context, int) and context > 0 else None,
        license=_shown(said.get("general.license")) or None,
        trust=Trust.VERIFIED,
        sources={"config": "the header of the file itself", "parameters": "its tensors"},
        file=file,
    )


def own_quant(file: GgufFile, quants: Sequence[Quant]) -> Quant:
    """The quantization a file is in: the catalog's entry of its name, or one made for it."""
    known = next((quant for quant in quants if quant.name == file.mix), None)
    if known is not None:
        return known
    plan = file_plan(FileKey(file))
    total = sum(run.each * run.count for run in file.runs)
    bits = total * 8 / max(plan.parameters, 1)
    return Quant(
        name=file.mix,
        format="gguf",
        family="file",
        bits_per_weight=bits,
        file_bits_per_weight=bits,
        summary="the file's own mix of types",
        engines=("llama.cpp",),
        sources={"bits_per_weight": "the header of the file itself"},
    )


def named(model: Model, id: str, name: str, publisher: str) -> Model:  # noqa: A002 - a model's own word
    """The same file under another name, such as its tag in a store."""
    first = replace(model.checkpoints[0], id=id)
    return replace(model, id=id, name=name, publisher=publisher, checkpoints=(first,))


def _told(file: GgufFile) -> str:
    values = sum(run.count * _values(run.shape) for run in file.runs)
    return f"{values:,} parameters of {file.architecture} in {file.file_bytes:,} bytes, mostly {file.mix}"


def _values(shape: tuple[int, ...]) -> int:
    values = 1
    for n in shape:
        values *= n
    return values


def _other_kind(file: GgufFile, kind: object) -> str:
    if kind == "adapter":
        return "an adapter (LoRA); give it with --lora beside its base model"
    if kind == "mmproj" or file.architecture == "clip":
        return "a projector for images or sound (mmproj); give it with --mmproj beside its language model"
    return f"of type {printable(str(kind))[:LONGEST_SHOWN]}"


def _shown(value: object) -> str:
    """A text of the header as it may stand on a screen; empty where it is none."""
    return printable(value.strip())[:LONGEST_SHOWN] if isinstance(value, str) else ""
