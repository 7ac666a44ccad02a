"""A `vllm serve` line of 0.33 (vllm/engine/arg_utils.py), and the Ray lines of each node before it."""

import shlex

from llmfit_tui.core.engines.caches import CACHES
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.engines.parallel import shared_out
from llmfit_tui.core.engines.vllm import UTILIZATION
from llmfit_tui.core.engines.where import BACKENDS
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hf.quantization import stored_format
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.format.launch.ollama import tokens_per_slot

VLLM_QUANTIZATION = {"FP8": "fp8", "BNB-NF4": "bitsandbytes"}
"""Made by vLLM itself from the published checkpoint. Every other format it loads is read off a checkpoint
that somebody made in it, which stands in a folder named as its file would be."""
SIXTEEN_BIT = {"F16": "float16", "BF16": "bfloat16"}
ATTENTION_BY_REQUEST = (
    "each of the {gpus} GPUs holds the cache of every request; for many at a time, --data-parallel-size "
    "{gpus} --enable-expert-parallel in place of --tensor-parallel-size holds each once, with the weights of "
    "attention on every GPU; that is not estimated here"
)
"""Of latent attention, whose cache has no heads to divide (docs.vllm.ai, Data Parallel Deployment)."""
VLLM_PLUGIN = "vLLM loads bitsandbytes through a plugin since 0.33: pip install vllm-bnb-plugin"


def vllm(found: Estimate) -> str | None:
    """A `vllm serve` line: the whole model on GPUs, heads or layers dealt among them."""
    scenario, settings = found.scenario, found.scenario.settings
    name, gpus, nodes = scenario.quant.name, scenario.machine.gpus, scenario.machine.nodes
    if (
        not gpus
        or scenario.machine.backend not in BACKENDS[Engine.VLLM]
        or not runs_format(Engine.VLLM, scenario.quant)
    ):
        return None
    if scenario.model.file is not None or settings.parts or len({gpu.memory_bytes for gpu in gpus}) > 1:
        return None
    if settings.kv_type_k is not settings.kv_type_v or settings.kv_type_k not in CACHES[Engine.VLLM]:
        return None
    if name in SIXTEEN_BIT and not (found.placement.mode is Mode.GPU and found.placement.fits):
        return None
    words = ["vllm", "serve", _checkpoint(found), "--max-model-len", str(_max_model_len(found))]
    words += ["--max-num-seqs", str(settings.parallel)]
    words += ["--gpu-memory-utilization", f"{found.vllm.utilization if found.vllm else UTILIZATION:g}"]
    if found.vllm:
        words += ["--max-num-batched-tokens", str(found.vllm.batched_tokens)]
    if settings.kv_type_k is KVType.FP8:
        words += ["--kv-cache-dtype", "fp8"]
    if name in SIXTEEN_BIT:
        words += ["--dtype", SIXTEEN_BIT[name]]
    elif name in VLLM_QUANTIZATION:
        words += ["--quantization", VLLM_QUANTIZATION[name]]
    try:
        shared = found.vllm.parallel if found.vllm else shared_out(found.arch, len(gpus), nodes, None, None)
    except BadValue:
        return None
    if shared.tensor > 1:
        words += ["--tensor-parallel-size", str(shared.tensor)]
    if shared.pipeline > 1:
        words += ["--pipeline-parallel-size", str(shared.pipeline)]
    if nodes > 1:
        words += ["--distributed-executor-backend", "ray"]
    return shlex.join(words)


def vllm_notes(found: Estimate) -> list[str]:
    """What the `vllm serve` line needs, and what serves many requests better."""
    name, arch = found.scenario.quant.name, found.arch
    shared = found.vllm.parallel if found.vllm else None
    notes: list[str] = []
    if VLLM_QUANTIZATION.get(name) == "bitsandbytes":
        notes.append(VLLM_PLUGIN)
    if _checkpoint(found) != found.scenario.model.id:
        notes.append(f"vllm serve reads a checkpoint in {name}: put the name of one in place of the folder")
    if shared and shared.tensor > 1 and shared.pipeline == 1 and arch.latent and arch.is_moe:
        notes.append(ATTENTION_BY_REQUEST.format(gpus=shared.tensor))
    return notes


def _checkpoint(found: Estimate) -> str:
    """The repository of the model, or a folder with it in the format."""
    model, name = found.scenario.model, found.scenario.quant.name
    own = name in SIXTEEN_BIT or name in VLLM_QUANTIZATION or stored_format(model.config) == name
    own = own or model.stored is not None
    return model.id if own else f"./{model.id.rsplit('/', 1)[-1]}-{name}"


def _max_model_len(found: Estimate) -> int:
    return found.vllm.max_model_len if found.vllm else tokens_per_slot(found)


def ray(found: Estimate) -> list[str] | None:
    """What to run on each node before `vllm serve` on the first; None on one machine."""
    machine = found.scenario.machine
    if machine.nodes < 2 or found.vllm is None:
        return None
    port = 6379
    return [f"ray start --head --port={port}"] + [f"ray start --address=HEAD_IP:{port}"] * (machine.nodes - 1)
