"""The explorer connects to nothing by itself; a repository is asked when its name is typed, and only then."""

import socket
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from stage import Stage
from test_models_of_ones_own import explorer, until

from ggufs import beginning, write_model
from llmfit_tui.storage.own_models import read_own_models
from llmfit_tui.storage.places import Places
from models.hub import Hub, hub_running, status

QWEN3 = "Qwen/Qwen3-32B"
SMALL = "HuggingFaceTB/SmolLM3-3B"
LOCAL = frozenset({getattr(socket, "AF_UNIX", None)})


@pytest.fixture
def unplugged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was tried of the network; a connection that an event loop needs inside the program is none."""
    tried: list[str] = []
    plain = socket.socket.__init__

    def made(self: socket.socket, family: int = -1, *rest: Any, **named: Any) -> None:
        plain(self, family, *rest, **named)
        if self.family not in LOCAL:
            tried.append(f"a socket of {self.family!r}")
            raise AssertionError(tried[-1])

    def refuse(*words: Any, **_: Any) -> None:
        tried.append(f"a look-up of {words!r}")
        raise AssertionError(tried[-1])

    monkeypatch.setattr(socket.socket, "__init__", made)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    return tried


async def test_a_visit_with_files_of_this_machine_opens_no_socket(
    unplugged: list[str], own_home: Path, tmp_path: Path
) -> None:
    store = own_home / ".lmstudio/models/pub/repo"
    store.mkdir(parents=True)
    write_model(store / "local-Q8_0.gguf", QWEN3, "Q8_0")
    path = write_model(tmp_path / "mine-Q5_K_M.gguf", QWEN3, "Q5_K_M")
    async with explorer(tmp_path / "config", own_home) as stage:
        await until(stage, "1 of yours")
        await opened(stage, str(path))
        await stage.press("a")
        await until(stage, "is kept in")
        await stage.press("j", "enter")
        await until(stage, "[x]")
        await stage.press("escape", "right_square_bracket", "v", "escape", "p", "q")
    assert unplugged == []
    assert len(read_own_models(Places(tmp_path / "config")).models) == 1


async def opened(stage: Stage, text: str) -> None:
    """Open what is typed."""
    await stage.press("o")
    await stage.type(text)
    await stage.press("enter")
    await until(stage, "a keeps it among your own")
    await stage.settle()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[Hub, None, None]:
    """A Hub on this machine with one repository: two files of a model and its projector."""
    library = pytest.importorskip("huggingface_hub")
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with hub_running() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        for file_type in ("Q4_K_M", "Q8_0"):
            path = write_model(tmp_path / "m.gguf", SMALL, file_type)
            running.files[f"m-{file_type}.gguf"] = beginning(path)
            running.sizes[f"m-{file_type}.gguf"] = path.stat().st_size
        yield running
    library.close_session()


async def test_a_repository_is_opened_at_its_recommended_file(hub: Hub, tmp_path: Path) -> None:
    async with explorer(tmp_path / "config") as stage:
        assert hub.asked == []
        await opened(stage, "org/name")
        assert stage.scenario.model.id == "org/name"
        assert stage.scenario.quant.name == "Q8_0"
        assert stage.explorer.found is not None
        assert stage.explorer.found.weights.file_bytes == hub.sizes["m-Q8_0.gguf"]


async def test_reading_a_repository_can_be_given_up_and_a_refusal_mended(hub: Hub, tmp_path: Path) -> None:
    asked = threading.Event()

    def never(request: Any) -> None:
        asked.set()
        hub.released.wait(20)
        request.close_connection = True

    hub.instead["/api/models/org/slow"] = never
    hub.instead["/api/models/org/busy"] = status(429, Retry_After="17")
    async with explorer(tmp_path / "config") as stage:
        before = stage.scenario
        await stage.press("o")
        await stage.type("org/slow")
        await stage.press("enter")
        await until(stage, "org/slow: asking for its list of files  Escape gives it up")
        await stage.press("escape")
        assert "given up" in stage.text
        assert "Open a model" in stage.text
        await stage.press("ctrl+u")
        await stage.type("org/busy")
        await stage.press("enter")
        await until(stage, "too many requests (429); try again in")
        await stage.press("escape")
        assert "Open a model" not in stage.text
        assert stage.scenario is before
        hub.released.set()
