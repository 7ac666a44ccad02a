"""What may be loaded beside a model: files beside its own, files of its repository, smaller models."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from llmfit_tui.core.memory.draft import draft_part, drafts_for
from llmfit_tui.core.memory.parts import Part, PartKind
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.published import PublishedFile
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format import amounts
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.parts import KINDS, open_adapter, open_projector, parts_beside

MOST_DRAFTS = 12
OPENS = {PartKind.PROJECTOR: open_projector, PartKind.ADAPTER: open_adapter}


@record
class Choice:
    """A part that can be had."""

    kind: PartKind
    name: str
    where: str
    """In words, with its size."""
    read: Callable[[], Part]
    """Reads its header. Raises LlmfitError."""
    chosen: Part | None = None


def choices_for(scenario: Scenario, others: Iterable[Model], catalog: Catalog) -> list[Choice]:
    """Those chosen first, then what lies beside the model, then draft models from small to large."""
    rows = [_chosen(part) for part in scenario.settings.parts]
    there = {(row.kind, row.name) for row in rows}
    found = (*_beside(scenario.model), *_published(scenario.model), *_drafts(scenario.model, others, catalog))
    return [*rows, *(row for row in found if (row.kind, row.name) not in there)]


def _chosen(part: Part) -> Choice:
    return Choice(part.kind, part.name, amounts.gb(part.file_bytes), lambda: part, part)


def _beside(model: Model) -> Iterator[Choice]:
    return (_file(kind, path) for kind, path in parts_beside(model))


def _file(kind: PartKind, path: Path) -> Choice:
    return Choice(kind, path.name, f"beside it, {_size(path)}", lambda: OPENS[kind](str(path)))


def _published(model: Model) -> Iterator[Choice]:
    if model.repository is not None:
        for file in model.published:
            if file.kind in KINDS:
                yield _on_hub(model.repository, file)


def _on_hub(repository: str, file: PublishedFile) -> Choice:
    def read() -> Part:
        from llmfit_tui.storage.repository import Hub

        return Hub().part(repository, file)

    return Choice(KINDS[file.kind], file.path, f"in its repository, {amounts.gb(file.bytes)}", read)


def _drafts(model: Model, others: Iterable[Model], catalog: Catalog) -> Iterator[Choice]:
    found = {one.id: one for one in reversed(list(drafts_for(model, others)))}
    for one in sorted(found.values(), key=lambda one: one.parameters or 0)[:MOST_DRAFTS]:
        yield _draft(draft_part(one, catalog.quants), "on this machine" if one.local else "from the list")


def _draft(part: Part, where: str) -> Choice:
    return Choice(PartKind.DRAFT, part.name, f"{where}, {amounts.gb(part.file_bytes)}", lambda: part)


def _size(path: Path) -> str:
    try:
        return amounts.gb(path.stat().st_size)
    except OSError:
        return amounts.DASH
