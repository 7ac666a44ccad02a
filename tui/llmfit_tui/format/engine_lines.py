"""How other engines are started with the same scenario; None where one of them cannot run it so.

Ollama: the Modelfile's instructions and the server's environment variables, as its documentation has them
(docs/modelfile.md, docs/faq.md). vLLM: `vllm serve` of 0.33 (vllm/engine/arg_utils.py). MLX: the commands of
mlx-lm 0.32.
"""

import shlex

from llmfit_tui.core.engines.caches import CACHES
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.engines.mlx import no_rounding
from llmfit_tui.core.engines.ollama import ONE_AT_A_TIME
from llmfit_tui.core.engines.parallel import shared_out
from llmfit_tui.core.engines.vllm import UTILIZATION
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hf.quantization import stored_format
from llmfit_tui.core.memory.kvcache import KVType, cells_and_streams
from llmfit_tui.core.memory.parts import PartKind
from llmfit_tui.core.models.repositories import HUB
from llmfit_tui.core.placement.placement import Mode

OLLAMA_BACKENDS = frozenset({Backend.CUDA, Backend.ROCM, Backend.METAL, Backend.VULKAN, Backend.CPU})
VLLM_BACKENDS = frozenset({Backend.CUDA, Backend.ROCM})
VLLM_QUANTIZATION = {"FP8": "fp8", "BNB-NF4": "bitsandbytes"}
"""Made by vLLM itself from the published checkpoint. Every other format it loads is read off a checkpoint
that somebody made in it, which stands in a folder named as its file would be."""
SIXTEEN_BIT = {"F16": "float16", "BF16": "bfloat16"}
VLLM_PLUGIN = "vLLM loads bitsandbytes through a plugin since 0.33: pip install vllm-bnb-plugin"
MLX_BITS = {"MLX-3bit": 3, "MLX-4bit": 4, "MLX-5bit": 5, "MLX-6bit": 6, "MLX-8bit": 8}
MLX_KV_BITS = {KVType.Q8_0: "8", KVType.Q4_0: "4"}
HOSTS = "hosts.json"
"""What mlx.distributed_config writes; mlx.launch starts the command on each machine it names."""


def ollama(found: Estimate, file: str) -> str | None:
    """A Modelfile, its comment what `ollama serve` needs; `file`: the GGUF or its Hub name."""
    environment = ollama_environment(found)
    if environment is None or not file.isprintable():
        return None
    settings = found.scenario.settings
    variables = " ".join(f"{name}={value}" for name, value in environment.items())
    lines = [
        f"# {variables} ollama serve",
        f"FROM {_path(file)}",
        *(f"ADAPTER {_path(part.path or part.name)}" for part in settings.parts),
        f"PARAMETER num_ctx {tokens_per_slot(found)}",
        f"PARAMETER num_gpu {found.placement.gpu_layers}",
        f"PARAMETER num_batch {settings.ubatch}",
    ]
    return "\n".join(lines) + "\n"


def _path(file: str) -> str:
    return file if file.startswith(("/", "./", "../", HUB)) else f"./{file}"


def ollama_environment(found: Estimate) -> dict[str, str] | None:
    """Variables of `ollama serve`; None where Ollama has no setting for what the scenario asks."""
    scenario, settings, placed = found.scenario, found.scenario.settings, found.placement
    fixed = (
        settings.unified_kv
        or settings.swa_full
        or settings.outputs_per_batch
        or not settings.kv_offload
        or not settings.op_offload
        or bool(settings.tensor_split or placed.chosen_split)
        or any(part.kind is not PartKind.ADAPTER for part in settings.parts)
        or placed.cpu_moe_layers > 0
        or settings.kv_type_k is not settings.kv_type_v
        or settings.kv_type_k not in CACHES[Engine.OLLAMA]
        or (settings.parallel > 1 and found.arch.name in ONE_AT_A_TIME)
    )
    known = scenario.quant.is_gguf and scenario.machine.backend in OLLAMA_BACKENDS
    if fixed or not known or scenario.machine.nodes > 1 or placed.mode is Mode.NONE or not found.rating.level:
        return None
    variables = {
        "OLLAMA_FLASH_ATTENTION": str(int(settings.flash_attention_on)),
        "OLLAMA_KV_CACHE_TYPE": settings.kv_type_k.value,
        "OLLAMA_NUM_PARALLEL": str(settings.parallel),
    }
    if len(scenario.machine.gpus) > 1:
        variables["OLLAMA_SCHED_SPREAD"] = "1"
    return variables


def tokens_per_slot(found: Estimate) -> int:
    """Tokens of one slot, which Ollama and vLLM ask for; llama-server asks for all slots' together."""
    settings = found.scenario.settings
    return settings.context if settings.unified_kv else cells_and_streams(settings.cache())[0]


def vllm(found: Estimate) -> str | None:
    """A `vllm serve` line: the whole model on GPUs, heads or layers dealt among them."""
    scenario, settings = found.scenario, found.scenario.settings
    name, gpus, nodes = scenario.quant.name, scenario.machine.gpus, scenario.machine.nodes
    if (
        not gpus
        or scenario.machine.backend not in VLLM_BACKENDS
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


def made_by_others(found: Estimate) -> str | None:
    """What a `vllm serve` line needs that vLLM does not make itself, in words."""
    name = found.scenario.quant.name
    if _checkpoint(found) == found.scenario.model.id:
        return None
    return f"vllm serve reads a checkpoint in {name}: put the name of one in place of the folder"


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


def mlx(found: Estimate) -> str | None:
    """An mlx_lm.server line, on every machine where there are several; a quantized model is made from the
    published checkpoint first."""
    scenario, settings = found.scenario, found.scenario.settings
    name, model = scenario.quant.name, scenario.model
    if scenario.machine.backend is not Backend.METAL or model.file is not None or settings.parts:
        return None
    if settings.kv_type_k not in CACHES[Engine.MLX] or settings.kv_type_v is not settings.kv_type_k:
        return None
    serve = _mlx_server(found)
    if serve is None:
        return None
    if name in SIXTEEN_BIT:
        return shlex.join([*serve, model.id]) if found.placement.fits else None
    if name not in MLX_BITS:
        return None
    folder = f"{model.id.rsplit('/', 1)[-1]}-{MLX_BITS[name]}bit"
    make = [
        "mlx_lm.convert",
        "--hf-path",
        model.id,
        "--mlx-path",
        folder,
        "-q",
        "--q-bits",
        str(MLX_BITS[name]),
    ]
    return f"{shlex.join(make)} && {shlex.join([*serve, folder])}"


def _mlx_server(found: Estimate) -> list[str] | None:
    """Up to the name of the model; None where the estimate is not MLX's own and it would run otherwise."""
    settings, machine = found.scenario.settings, found.scenario.machine
    words = ["mlx_lm.server", "--decode-concurrency", str(settings.parallel)]
    if settings.kv_type_k.quantized:
        if no_rounding(found.arch) or settings.parallel > 1:
            return None
        words += ["--kv-bits", MLX_KV_BITS[settings.kv_type_k]]
    if machine.nodes > 1:
        if found.mlx is None:
            return None
        quick = machine.node_link is not None and machine.node_link.rdma_on_macs
        words = ["mlx.launch", "--backend", "jaccl" if quick else "ring", "--hostfile", HOSTS, "--", *words]
        if found.mlx.pipeline > 1:
            words.append("--pipeline")
    return [*words, "--model"]
