"""Estimates and catalog rows as the JSON documents that scripts read.

Bytes are whole bytes, rates per second, fractions 0-1; unknown is null, never 0.
"""

from collections.abc import Sequence
from typing import Any

from llmfit_tui.core.answers.advice import Change
from llmfit_tui.core.answers.limits import Limits
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.memory.parts import PartBytes
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.placement.compared import compared
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.ruleofthumb import rule_of_thumb
from llmfit_tui.format.advice import change_words
from llmfit_tui.format.amounts import rounded
from llmfit_tui.format.commands import commands, llama_server
from llmfit_tui.format.engines import vllm_document
from llmfit_tui.format.memory_document import memory_document
from llmfit_tui.format.quality import quality_document
from llmfit_tui.format.quantization import quantization_document
from llmfit_tui.format.speeds import speed_document

SCHEMA = 1
Document = dict[str, Any]


def estimate_document(
    found: Estimate,
    limits: Limits | None,
    changes: Sequence[Change] | None = None,
    best: Estimate | None = None,
) -> Document:
    """One estimate; without `limits` neither they nor llama.cpp's own placement are searched for."""
    scenario = found.scenario
    model, settings, machine = scenario.model, scenario.settings, scenario.machine
    gpu = machine.gpus[0] if machine.gpus else None
    rule = rule_of_thumb(
        model, found.arch, scenario.quant, gpu.vendor if gpu else None, machine.bandwidth_bytes_per_s
    )
    return {
        "model": {
            "id": model.id,
            "name": model.name,
            "architecture": found.arch.name,
            "parameters": model.parameters,
            "active_parameters": found.active_parameters,
            "layers": found.arch.layers,
            "context_max": model.context_max,
            "trust": model.trust.value,
        },
        "quantization": quantization_document(found, variants=limits is not None),
        "settings": {
            "context": settings.context,
            "context_allocated": found.cache.cells * found.cache.streams,
            "cells_per_slot": found.cache.cells,
            "parallel": settings.parallel,
            "unified_kv": settings.unified_kv,
            "batch": min(settings.batch, settings.context),
            "ubatch": min(settings.ubatch, settings.batch, settings.context),
            "kv_type_k": settings.kv_type_k.value,
            "kv_type_v": settings.kv_type_v.value,
            "flash_attention": settings.flash_attention_on,
            "outputs": "all" if settings.outputs_per_batch else "server",
            "engine": settings.engine.value,
            "backend": machine.backend.value,
        },
        "hardware": {
            "name": machine.name,
            "kind": machine.kind,
            "memory_bytes": machine.memory_bytes,
            "bandwidth_bytes_per_s": machine.bandwidth_bytes_per_s,
            "assumed": list(machine.assumed),
        },
        "memory": memory_document(found),
        "placement": {
            "mode": found.placement.mode.value,
            "gpu_layers": found.placement.gpu_layers,
            "layers_total": found.placement.layers_total,
            "cpu_moe_layers": found.placement.cpu_moe_layers,
            "tensor_split": list(settings.tensor_split) or [load.layers for load in found.placement.gpus],
            "default": _default(found) if limits and settings.engine is Engine.LLAMA_CPP else None,
        },
        "rating": {
            "label": found.rating.label,
            "level": found.rating.level,
            "headroom_fraction": rounded(found.rating.headroom_fraction, 6),
            "reason": found.rating.reason,
        },
        "speed": speed_document(found),
        "quality": quality_document(found),
        "limits": _limits(limits, changes, best),
        "parts": [_part(one) for one in found.parts],
        "rule_of_thumb": {
            "weights_gb": rule.weights_gb,
            "vram_gb": rule.vram_gb,
            "vram_full_context_gb": rule.vram_full_context_gb,
            "decode_tok_s": rule.decode_tok_s,
        },
        "commands": commands(found),
        **({"vllm": vllm_document(found.vllm)} if found.vllm else {}),
        "warnings": list(found.warnings),
    }


def _limits(limits: Limits | None, changes: Sequence[Change] | None, best: Estimate | None) -> Document:
    """`changes` and `best` are left out where nobody looked for them."""
    document: Document = {
        "max_context": limits.max_context if limits else None,
        "max_parallel": limits.max_parallel if limits else None,
    }
    if limits and limits.max_context_anywhere is not None:
        document["max_context_anywhere"] = limits.max_context_anywhere
    if best is not None:
        document["best_quantization"] = {"name": best.scenario.quant.name, "label": best.rating.label}
    if changes is not None:
        document["changes"] = [
            {
                "kind": change.kind.value,
                "words": change_words(change),
                "saves_bytes": change.saves_bytes,
                "label": change.found.rating.label,
                "level": change.found.rating.level,
                "llama_server": llama_server(change.found),
            }
            for change in changes
        ]
    return document


def _default(found: Estimate) -> Document | None:
    """What llama.cpp's own --fit would do at this context, and what the placement above gains over it."""
    beside = compared(found)
    if beside is None:
        return None
    placed = beside.default.placement
    return {
        "mode": placed.mode.value,
        "gpu_layers": placed.gpu_layers,
        "tensor_split": list(beside.default.tensor_split) or [load.layers for load in placed.gpus],
        "override_blocks": beside.default.overrides,
        "decode_tok_s": rounded(beside.decode_tok_s),
        "gain": rounded(beside.gain, 4),
    }


def _part(one: PartBytes) -> Document:
    """A projector, an adapter or a draft model, with what it takes."""
    return {
        "kind": one.part.kind.value,
        "name": one.part.name,
        "path": one.part.path,
        "file_bytes": one.part.file_bytes,
        "weights_bytes": one.weights_bytes,
        "kv_cache_bytes": one.cache_bytes,
        "compute_bytes": one.compute_bytes,
        "host_bytes": one.host_bytes,
    }


def model_document(model: Model) -> Document:
    """One model of the catalog."""
    first = model.checkpoints[0]
    return {
        "id": model.id,
        "aliases": [
            *first.aliases,
            *(name for other in model.checkpoints[1:] for name in (other.id, *other.aliases)),
        ],
        "name": model.name,
        "family": model.family,
        "publisher": model.publisher,
        "parameters": model.parameters,
        "checkpoint_parameters": model.checkpoint_parameters,
        "active_parameters": model.active_parameters,
        "context_max": model.context_max,
        "license": model.license,
        "release_date": model.release_date,
        "release_date_approximate": model.release_date_approximate,
        "capabilities": list(model.capabilities),
        "capability_scores": {
            use: {"value": score.value, "standard_error": score.standard_error}
            for use, score in model.capability.items()
        },
        "checkpoints": [{"id": one.id, "context_max": one.context_max} for one in model.checkpoints],
        "trust": model.trust.value,
        "notes": list(model.notes),
        "sources": dict(model.sources),
    }


def _recipe(quant: Quant) -> Document | None:
    """What published files weigh as shares of the type they start from, where that is all that is known."""
    known = quant.recipe
    if known is None:
        return None
    return {"low": known.low, "median": known.median, "high": known.high, "files": known.files}


def quant_document(quant: Quant) -> Document:
    """One quantization of the catalog."""
    return {
        "name": quant.name,
        "format": quant.format,
        "family": quant.family,
        "bits_per_weight": quant.bits_per_weight,
        "file_bits_per_weight": quant.file_bits_per_weight,
        "imatrix": quant.imatrix.value,
        "shipped": quant.shipped,
        "variant_of": quant.variant_of,
        "recipe": _recipe(quant),
        "engines": list(quant.engines),
        "ftype_id": quant.ftype_id,
        "aliases": list(quant.aliases),
        "status": quant.status,
        "summary": quant.summary,
        "sources": dict(quant.sources),
    }


def device_document(device: Device) -> Document:
    """One device of the catalog: a memory option of a card."""
    return {
        "name": device.name,
        "aliases": list(device.aliases),
        "card": device.card,
        "kind": device.kind.value,
        "vendor": device.vendor,
        "architecture": device.architecture,
        "memory_bytes": device.memory_bytes,
        "usable_bytes": device.usable_bytes,
        "usable_note": device.usable_note,
        "bandwidth_bytes_per_s": device.bandwidth_bytes_per_s,
        "fp16_flops": device.fp16_flops,
        "fp32_flops": device.fp32_flops,
        "backends": [backend.value for backend in device.backends],
        "tdp_w": device.tdp_w,
        "release_date": device.release_date,
        "default_option": device.default_option,
        "verified": device.verified,
        "notes": list(device.notes),
        "sources": dict(device.sources),
    }
