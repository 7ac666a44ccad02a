"""The commands of mlx-lm 0.32 that make a model and serve it, on one Mac or several."""

import shlex

from llmfit_tui.core.engines.caches import CACHES
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import SIXTEEN_BIT
from llmfit_tui.core.engines.mlx import no_rounding
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.memory.kvcache import KVType

MLX_BITS = {"MLX-3bit": 3, "MLX-4bit": 4, "MLX-5bit": 5, "MLX-6bit": 6, "MLX-8bit": 8}
MLX_KV_BITS = {KVType.Q8_0: "8", KVType.Q4_0: "4"}
HOSTS = "hosts.json"
"""What mlx.distributed_config writes; mlx.launch starts the command on each machine it names."""


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
