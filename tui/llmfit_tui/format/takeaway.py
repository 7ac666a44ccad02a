"""A scenario as text to take away: launch lines, a summary, the row, the line that reopens it."""

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.format import amounts
from llmfit_tui.format.commands import commands
from llmfit_tui.format.devices import machine_name
from llmfit_tui.format.scenario_line import scenario_line
from llmfit_tui.format.verdict import size_parts, speed_parts, verdict

STARTED_BY = {
    Engine.LLAMA_CPP: ("llama-server", "llama_server"),
    Engine.OLLAMA: ("Ollama", "ollama"),
    Engine.VLLM: ("vLLM", "vllm"),
    Engine.MLX: ("MLX", "mlx"),
}
"""What starts an engine, and its key among the commands."""


def takeaways(found: Estimate, view: str = "") -> list[tuple[str, str]]:
    """(what it is, the text) of everything there is; a text may have several lines."""
    told = commands(found)
    own = found.scenario.settings.engine
    engines = sorted(STARTED_BY, key=lambda engine: engine is not own)
    lines = [(STARTED_BY[engine], told.get(STARTED_BY[engine][1])) for engine in engines]
    made = [(f"{name}: how to start it", str(text).rstrip()) for (name, _), text in lines if text]
    line = scenario_line(found.scenario, view)
    return [
        *made,
        ("summary in a sentence or two", summary(found)),
        ("row, with tabs between", row(found)),
        ("scenario line: --scenario reopens it", line),
        ("command that reopens it", f"llmfit-tui --scenario '{line}'"),
    ]


def summary(found: Estimate) -> str:
    """What a person would write to another."""
    scenario = found.scenario
    what = f"{scenario.model.name} in {scenario.quant.name} at {scenario.settings.context:,} tokens"
    where = machine_name(scenario.machine.name)
    how = "; ".join((verdict(found), *speed_parts(found), *size_parts(found)))
    return f"{what} on {where}: {found.rating.label.lower()}. {how[:1].upper()}{how[1:]}."


def row(found: Estimate) -> str:
    """Figures as a spreadsheet takes them."""
    scenario = found.scenario
    cells = (
        scenario.model.name,
        scenario.quant.name,
        machine_name(scenario.machine.name),
        scenario.settings.context,
        found.rating.label,
        f"{found.vram_bytes / amounts.GIB:.2f}",
        f"{found.weights.file_bytes / 1e9:.2f}",
        amounts.rate(found.speed.decode_tok_s),
        f"{found.quality.agree_percent:.0f}" if found.quality else "",
    )
    return "\t".join(map(str, cells))
