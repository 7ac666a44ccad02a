"""An Ollama Modelfile and the environment of `ollama serve`, as its documentation has them
(docs/modelfile.md, docs/faq.mdx)."""

from llmfit_tui.core.engines.caches import CACHES
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.ollama import ONE_AT_A_TIME
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.memory.kvcache import cells_and_streams
from llmfit_tui.core.memory.parts import PartKind
from llmfit_tui.core.models.repositories import HUB
from llmfit_tui.core.placement.placement import Mode

OLLAMA_BACKENDS = frozenset({Backend.CUDA, Backend.ROCM, Backend.METAL, Backend.VULKAN, Backend.CPU})


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
