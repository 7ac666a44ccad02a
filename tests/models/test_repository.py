"""A repository is read when it is named, by its list of files and their headers; nothing else is."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from hostile import METADATA, TENSORS, whole
from hub import Handler, Hub, broken, hub_running, status

from ggufs import beginning, header, write_model
from llmfit_tui.core.errors import BadValue, UnknownName
from llmfit_tui.core.models.repositories import repository_name
from llmfit_tui.storage.gguf import CHUNK_BYTES
from llmfit_tui.storage.hub_problems import RepositoryProblem
from llmfit_tui.storage.repository import open_repository
from scenes import LLAMA_8B, QWEN, model, run, shipped

huggingface_hub = pytest.importorskip("huggingface_hub")
API = "/api/models/org/name"
SLOW_S = 0.2


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Generator[Hub, None, None]:
    """A Hub that huggingface_hub takes for the real one."""
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with hub_running() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        yield running
    huggingface_hub.close_session()


def opened(text: str = "org/name", **options: object) -> object:
    return open_repository(text, shipped().config_defaults, **options)  # pyright: ignore[reportArgumentType]


def problem(text: str = "org/name", **options: object) -> str:
    with pytest.raises(RepositoryProblem) as caught:
        opened(text, **options)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_a_gguf_repository_is_estimated_by_the_header_of_one_file(hub: Hub) -> None:
    data = b"\0" * (3 * CHUNK_BYTES)
    hub.files = {"README.md": b"hello", "m-Q4_K_M.gguf": whole() + data, "m-Q8_0.gguf": whole() + data}
    found = run("estimate", "--repo", "org/name", "--quant", "Q4_K_M", "--json").estimate
    assert found["model"]["id"] == "org/name"
    assert found["quantization"]["name"] == "Q4_K_M"
    assert found["quantization"]["tensor_bytes"] == sum(size for *_, size in TENSORS)
    paths = [path for path, *_ in hub.asked]
    assert paths == [API, "/org/name/resolve/main/m-Q4_K_M.gguf"]
    assert hub.asked[1][1] == f"bytes=0-{CHUNK_BYTES - 1}"
    assert hub.sent < 2 * CHUNK_BYTES


def several(hub: Hub, folder: Path) -> None:
    """Three files of one model, a projector, a draft and an importance matrix."""
    for file_type in ("Q4_K_M", "Q8_0", "IQ2_M"):
        path = write_model(folder / "m.gguf", SMALL, file_type)
        hub.files[f"m-{file_type}.gguf"] = beginning(path)
        hub.sizes[f"m-{file_type}.gguf"] = path.stat().st_size
    hub.files |= {"mmproj-F16.gguf": b"p" * 900, "m-draft-Q8_0.gguf": b"d" * 800, "m.imatrix.gguf": b""}


SMALL = "HuggingFaceTB/SmolLM3-3B"


@pytest.mark.parametrize(("memory", "chosen"), [("24GiB", "Q8_0"), ("1700MiB", "IQ2_M")])
def test_the_recommended_of_its_files_is_taken_where_none_is_named(
    memory: str, chosen: str, hub: Hub, tmp_path: Path
) -> None:
    several(hub, tmp_path)
    words = ("--context", "512", "--gpu-layers", "all", "--json")
    found = run("estimate", "--repo", "org/name", "--vram", memory, *words).estimate
    assert found["quantization"]["name"] == chosen
    assert found["quantization"]["file_bytes"] == hub.sizes[f"m-{chosen}.gguf"]
    assert f"--hf-repo org/name --hf-file m-{chosen}.gguf --no-mmproj" in found["commands"]["llama_server"]
    assert f"FROM hf.co/org/name:{chosen}\n" in found["commands"]["ollama"]
    assert [path for path, *_ in hub.asked if path == API] == [API]


def test_all_of_a_repository_are_its_own_files_at_their_own_sizes(hub: Hub, tmp_path: Path) -> None:
    several(hub, tmp_path)
    hub.sizes["m-Q8_0.gguf"] += 50_000_000  # a recipe of the publisher's own
    rows = run("estimate", "--repo", "org/name", "--quant", "all", "--json").json["estimates"]
    found = {row["quantization"]["name"]: row["quantization"]["file_bytes"] for row in rows}
    assert found == {name: hub.sizes[f"m-{name}.gguf"] for name in ("Q4_K_M", "Q8_0", "IQ2_M")}
    assert len([path for path, *_ in hub.asked if path != API]) == 1


def test_a_repository_stands_wherever_a_model_does(hub: Hub, tmp_path: Path) -> None:
    several(hub, tmp_path)
    line = json.dumps({"model": "hf.co/org/name:IQ2_M", "hardware": "RTX 4090"})
    (tmp_path / "lines").write_text(line)
    found = run("estimate", "--scenarios", str(tmp_path / "lines")).json
    assert found["quantization"]["name"] == "IQ2_M"
    assert run("plan", "--repo", "org/name", "--json").code == 0
    draft = run("estimate", LLAMA_8B, "--model-draft", "https://huggingface.co/org/name", "--json").estimate
    assert draft["parts"][0]["name"].startswith("name Q4_K_M")


def test_the_files_of_a_repository_are_listed_by_kind_and_size(hub: Hub, tmp_path: Path) -> None:
    several(hub, tmp_path)
    hub.files |= {f"big/b-Q6_K-{n:05}-of-00002.gguf": b"x" * 70 for n in (1, 2)}
    rows = run("models", "--repo", "org/name", "--json").json["files"]
    found = {row["name"]: (row["kind"], row["quantization"], row["file_bytes"], row["parts"]) for row in rows}
    assert found["big/b-Q6_K"] == ("model", "Q6_K", 140, 2)
    assert found["mmproj-F16"] == ("mmproj", "F16", 900, 1)
    assert found["m-draft-Q8_0"] == ("draft", "Q8_0", 800, 1)
    assert found["m.imatrix"][0] == "other"
    assert "m-IQ2_M" in run("models", "--repo", "org/name").out


def test_a_renamed_repository_goes_by_its_present_name(hub: Hub) -> None:
    hub.files = {"m-Q4_K_M.gguf": whole()}
    hub.instead["/api/models/org/old"] = status(307, Location="/api/models/org/name")
    found = run("estimate", "--repo", "org/old", "--json").estimate
    assert found["model"]["id"] == "org/name"


def test_the_file_of_a_quantization_is_chosen_by_its_name(hub: Hub) -> None:
    hub.files = {"m-Q4_K_M.gguf": whole(), "m-IQ2_M.gguf": whole(), "mmproj-m-f16.gguf": b"no"}
    opened("hf.co/org/name:IQ2_M")
    assert hub.asked[-1][0].endswith("m-IQ2_M.gguf")
    with pytest.raises(UnknownName, match="m-Q4_K_M"):
        opened(quant="Q4_K")
    assert run("estimate", "--repo", "org/name", "--quant", "Q9").code == 2


def test_a_long_header_is_read_in_parts(hub: Hub) -> None:
    metadata = {**METADATA, "tokenizer.ggml.merges": [f"merge {n:06}" for n in range(150_000)]}
    raw = header(metadata, TENSORS)
    assert len(raw) > 2 * CHUNK_BYTES
    hub.files = {"m-Q4_K_M.gguf": raw + b"\0" * sum(size for *_, size in TENSORS)}
    assert run("estimate", "--repo", "org/name", "--json").estimate["model"]["layers"] == 2
    assert [asked for _, asked, _ in hub.asked[1:]][1:] == ["bytes=1048576-3145727", "bytes=3145728-7340031"][
        : len(hub.asked) - 2
    ]


def test_a_repository_without_gguf_is_read_by_its_configuration(hub: Hub) -> None:
    config = {**model(QWEN).config, "max_position_embeddings": 32768}
    hub.files = {"config.json": json.dumps(config).encode(), "model.safetensors": b""}
    hub.sizes = {"model.safetensors": 988_097_824}
    found = run("estimate", "--repo", "org/name", "--quant", "Q4_K_M", "--json").estimate
    known = run("estimate", QWEN, "--quant", "Q4_K_M", "--json").estimate
    assert found["memory"] == known["memory"]


def test_a_token_goes_with_every_request_and_not_to_another_host(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.files = {"m-Q4_K_M.gguf": whole()}
    hub.redirects = True
    with hub_running() as elsewhere:
        elsewhere.files = hub.files
        here, hub.address = hub.address, elsewhere.address
        opened()
        hub.address = here
    assert [token for *_, token in hub.asked] == ["Bearer hf_secret"] * 2
    assert [(path, token) for path, _, token in elsewhere.asked] == [("/cdn/m-Q4_K_M.gguf", None)]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (401, "refuses it (401): it does not exist, or it is private or gated"),
        (403, "refuses it (403)"),
        (404, "has no such repository or file (404)"),
        (429, "has had too many requests (429); try again in 17 s"),
        (500, "answered with an error (500)"),
    ],
)
def test_a_refusal_is_told_in_words(code: int, words: str, hub: Hub) -> None:
    hub.instead[API] = status(code, Retry_After="17")
    assert words in problem()
    assert run("estimate", "--repo", "org/name").code == 3


def test_a_gated_file_is_told_apart_from_a_missing_repository(hub: Hub) -> None:
    hub.files = {"m-Q4_K_M.gguf": whole()}
    hub.instead["/org/name/resolve/main/m-Q4_K_M.gguf"] = status(403)
    assert "m-Q4_K_M.gguf" in problem()


def test_an_answer_that_breaks_off_is_told(hub: Hub) -> None:
    hub.files = {"m-Q4_K_M.gguf": whole()}
    hub.instead["/org/name/resolve/main/m-Q4_K_M.gguf"] = broken
    assert "broke off" in problem()


def test_an_answer_that_does_not_come_is_given_up(hub: Hub) -> None:
    def never(request: Handler) -> None:
        hub.released.wait(20)
        request.close_connection = True

    hub.instead[API] = never
    assert f"did not answer within {SLOW_S:g} s" in problem(timeout=SLOW_S)


def test_a_server_that_sends_whole_files_is_not_read_to_their_end(hub: Hub) -> None:
    hub.ranges = False
    hub.files = {"m-Q4_K_M.gguf": whole() + b"\0" * (40 * CHUNK_BYTES)}
    opened()
    assert hub.sent < 40 * CHUNK_BYTES


def test_a_header_that_lies_is_told_as_in_a_file(hub: Hub) -> None:
    hub.files = {"m-Q4_K_M.gguf": whole()[:900]}
    assert "m-Q4_K_M.gguf" in problem()
    assert "what can be told: architecture llama" in problem()


def test_a_list_of_files_that_is_no_list_is_told(hub: Hub) -> None:
    hub.instead[API] = lambda request: hub.send(request, b"<html>")
    assert "cannot be reached" in problem()


def test_nothing_is_asked_in_offline_mode(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE is set" in problem()
    assert hub.asked == []


def test_a_proxy_is_asked_in_place_of_the_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    huggingface_hub.close_session()
    monkeypatch.setenv("HTTP_PROXY", hub.address)
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    hub.files = {"m-Q4_K_M.gguf": whole()}
    opened()
    assert len(hub.asked) == 2


def test_a_hub_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert "http://127.0.0.1:1 cannot be reached" in problem()


@pytest.mark.parametrize("text", ["", "name", "a/b c", "../../etc", "org/na--me", "x/\x1b[2J"])
def test_what_is_no_repository_is_refused_before_anything_is_asked(text: str) -> None:
    with pytest.raises(BadValue, match="a repository such as org/name was expected"):
        repository_name(text)


@pytest.mark.parametrize(
    "text", ["org/name", "hf.co/org/name", "https://huggingface.co/org/name/tree/main", " org/name "]
)
def test_a_repository_goes_by_its_name_or_its_address(text: str) -> None:
    assert repository_name(text).id == "org/name"


def test_no_socket_is_opened_unless_a_repository_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    path = write_model(tmp_path / "mine.gguf", "Qwen/Qwen3-32B")
    for words in (
        ("estimate", QWEN),
        ("estimate", str(path)),
        ("models", "--local"),
        ("hardware", "4090"),
    ):
        assert run(*words).code == 0, words
    assert run("estimate", "no/such-model-anywhere").code == 2
    with pytest.raises(AssertionError, match="a connection was tried"):
        open_repository("org/name", shipped().config_defaults)
