"""Peak memory that mlx-lm printed, against ours: 7B to 32B models, 3 to 8 bits, 1k to 131k tokens."""

import json
from dataclasses import replace
from statistics import median

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.mlx import mlx_run
from llmfit_tui.core.scenario import Scenario, Settings, architecture
from scenes import FIXTURES, machine, model, quant


def test_peaks_are_those_mlx_lm_printed() -> None:
    errors: list[float] = []
    for line in (FIXTURES / "mlx_logs.jsonl").read_text().splitlines():
        row = json.loads(line)
        one = machine("M3 Ultra 80-core 512GB")
        several = replace(one, gpus=one.gpus * row["nodes"], nodes=row["nodes"])
        for peak in row["peaks"]:
            settings = Settings(context=peak["prompt_tokens"], engine=Engine.MLX)
            asked = Scenario(model(row["model"]), quant(row["format"]), several, settings)
            run = mlx_run(asked, architecture(asked.model))
            assert run is not None
            most = max(load.total_bytes for load in run.placement.gpus)
            errors.append(abs(most / 1e9 / peak["peak_memory_gb"] - 1))
    assert len(errors) > 40
    assert median(errors) < 0.01
    assert max(errors) < 0.08
