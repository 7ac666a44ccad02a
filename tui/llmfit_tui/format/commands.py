"""The line that starts a scenario, in the engine's own words."""

import shlex

from llmfit_tui.core.engines.caches import CACHES
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.memory.parts import PartKind
from llmfit_tui.core.models.published import published_as
from llmfit_tui.core.models.repositories import HUB
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.format.launch.mlx import mlx
from llmfit_tui.format.launch.ollama import ollama, ollama_environment
from llmfit_tui.format.launch.vllm import ray, vllm, vllm_notes

RPC_PORT = 50052
"""rpc-server's own."""
PROMPT_CACHE = (
    "llama-server also keeps prompts in host memory, up to 8 GiB beside what is shown; "
    "--cache-ram 0 turns that off, --cache-ram N allows N MiB"
)


def file_name(found: Estimate) -> str:
    """Where the file is that the model was opened from; else its usual name: the model's, then the type."""
    own = found.scenario.model.file
    if own is not None and own.paths and own.mix == found.scenario.quant.name:
        return own.paths[0]
    return f"{found.scenario.model.id.rsplit('/', 1)[-1]}-{found.scenario.quant.name}.gguf"


def _source(found: Estimate) -> list[str]:
    """Where llama-server takes the model from: a file here, or one of a repository, which it fetches."""
    model = found.scenario.model
    file = published_as(model.published, found.scenario.quant)
    own = model.file is not None and model.file.mix == found.scenario.quant.name
    path = model.file.paths[0] if model.file and own and model.file.paths else file.path if file else None
    if model.repository is None or path is None:
        return ["-m", file_name(found)]
    words = ["--hf-repo", model.repository, "--hf-file", path]
    if not any(part.kind is PartKind.PROJECTOR for part in found.scenario.settings.parts):
        words.append("--no-mmproj")  # else a projector of the repository is fetched and loaded as well
    return words


def llama_server(found: Estimate) -> str | None:
    """A llama-server line that reproduces the scenario; None where llama.cpp cannot run it."""
    scenario, settings = found.scenario, found.scenario.settings
    placed = found.placement
    if not scenario.quant.is_gguf or placed.mode is Mode.NONE:
        return None
    if not {settings.kv_type_k, settings.kv_type_v} <= set(CACHES[Engine.LLAMA_CPP]):
        return None
    words = ["llama-server", *_source(found), "-c", str(settings.context)]
    words += ["-np", str(settings.parallel)]
    if settings.unified_kv:
        words.append("--kv-unified")
    if settings.batch != 2048:
        words += ["-b", str(settings.batch)]
    if settings.ubatch != 512:
        words += ["-ub", str(settings.ubatch)]
    if scenario.machine.backend is not Backend.CPU:
        words += ["-ngl", str(placed.gpu_layers)]
    if placed.cpu_moe_layers:
        words += ["--n-cpu-moe", str(placed.cpu_moe_layers)]
    split = settings.tensor_split or placed.chosen_split
    if split:
        if scenario.machine.nodes > 1:  # devices of other machines come first
            each = len(split) // scenario.machine.nodes
            split = (*split[each:], *split[:each])
        words += ["-ts", ",".join(f"{share:g}" for share in split)]
    if settings.kv_type_k is not KVType.F16:
        words += ["-ctk", settings.kv_type_k.value]
    if settings.kv_type_v is not KVType.F16:
        words += ["-ctv", settings.kv_type_v.value]
    if settings.flash_attention is not None:
        words += ["-fa", "on" if settings.flash_attention else "off"]
    if settings.swa_full:
        words.append("--swa-full")
    if not settings.kv_offload:
        words.append("--no-kv-offload")
    if not settings.op_offload:
        words.append("--no-op-offload")
    if not settings.repack:
        words.append("--no-repack")
    for part in settings.parts:
        words += [f"--{part.kind.value}", part.path or f"{part.name}.gguf"]
    if scenario.machine.nodes > 1:
        words += ["--rpc", ",".join(f"NODE{n}_IP:{RPC_PORT}" for n in range(2, scenario.machine.nodes + 1))]
    words += ["--fit", "off"]
    return shlex.join(words)


def _nodes(found: Estimate, line: str | None) -> dict[str, object]:
    """What runs on the other machines, where there are several."""
    if found.scenario.machine.nodes == 1:
        return {}
    others = [f"rpc-server -H 0.0.0.0 -p {RPC_PORT} -c"] * (found.scenario.machine.nodes - 1)
    return {"ray": ray(found), "rpc_server": others if line else None}


def commands(found: Estimate) -> dict[str, object]:
    """Every engine's way to start the scenario, None where it cannot run it, and what to know beside."""
    line = llama_server(found)
    scenario = found.scenario
    fetched = scenario.model.repository
    modelfile = ollama(found, f"{HUB}{fetched}:{scenario.quant.name}" if fetched else file_name(found))
    served = vllm(found)
    notes = [PROMPT_CACHE] if line else []
    if served:
        notes += vllm_notes(found)
    return {
        "llama_server": line,
        "ollama": modelfile,
        "ollama_environment": ollama_environment(found) if modelfile else None,
        "vllm": served,
        "mlx": mlx(found),
        **_nodes(found, line),
        "notes": notes,
    }
