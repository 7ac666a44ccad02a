"""Models already on this machine are found in the stores of the programs that keep them."""

import json
from pathlib import Path

import pytest
from hostile import METADATA, TENSORS

from ggufs import write
from llmfit_tui.storage.home import Home
from llmfit_tui.storage.local_models import LocalModel, local_models
from llmfit_tui.storage.local_open import all_local
from llmfit_tui.storage.model_files import open_gguf
from scenes import run, shipped


def ollama(folder: Path, name: str, model: str, extra: dict[str, str] | None = None) -> Path:
    """A tag of Ollama's store, with its manifest and its blobs."""
    layers = [{"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:11", "size": 7}]
    for kind, digest in {"model": model, **(extra or {})}.items():
        (folder / "blobs").mkdir(parents=True, exist_ok=True)
        path = write(folder / "blobs" / f"sha256-{digest}", METADATA, TENSORS)
        layers.append(
            {
                "mediaType": f"application/vnd.ollama.image.{kind}",
                "digest": f"sha256:{digest}",
                "size": path.stat().st_size,
            }
        )
    manifest = folder / "manifests" / name
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    return folder / "blobs" / f"sha256-{model}"


def gguf(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(path, METADATA, TENSORS)


def found_in(home: Path, platform: str = "linux", **variables: str) -> dict[str, LocalModel]:
    return {model.name: model for model in local_models(Home(home, variables, platform))}


def test_tags_of_ollama_are_found_by_the_names_people_give_them(own_home: Path) -> None:
    store = own_home / ".ollama/models"
    blob = ollama(store, "registry.ollama.ai/library/llama3.2/3b", "aa", {"projector": "bb"})
    ollama(store, "registry.ollama.ai/someone/tuned/latest", "cc")
    ollama(store, "hf.co/bartowski/Some-GGUF/Q4_K_M", "dd")
    found = found_in(own_home)
    assert set(found) == {"llama3.2:3b", "someone/tuned:latest", "hf.co/bartowski/Some-GGUF:Q4_K_M"}
    assert found["llama3.2:3b"].path == blob
    assert found["llama3.2:3b"].bytes == blob.stat().st_size
    assert found["llama3.2:3b"].projector == store / "blobs/sha256-bb"
    assert open_gguf(blob).parameters


def test_a_moved_store_is_looked_for_where_its_variable_says(own_home: Path, tmp_path: Path) -> None:
    ollama(tmp_path / "big disk", "registry.ollama.ai/library/qwen3/8b", "ee")
    assert set(found_in(own_home, OLLAMA_MODELS=str(tmp_path / "big disk"))) == {"qwen3:8b"}


def test_lm_studio_and_llama_cpp_files_are_found(own_home: Path) -> None:
    gguf(own_home / ".lmstudio/models/pub/repo/one-Q4_K_M.gguf")
    gguf(own_home / ".lmstudio/models/pub/repo/mmproj-one-f16.gguf")
    gguf(own_home / ".cache/llama.cpp/ggml-org_two-Q8_0.gguf")
    found = found_in(own_home)
    assert set(found) == {"pub/repo/one-Q4_K_M", "ggml-org_two-Q8_0"}
    assert found["pub/repo/one-Q4_K_M"].projector is not None
    assert found["ggml-org_two-Q8_0"].store == "llama.cpp"


def test_caches_lie_where_the_platform_puts_them(own_home: Path) -> None:
    gguf(own_home / "Library/Caches/llama.cpp/mac.gguf")
    gguf(own_home / "AppData/Local/llama.cpp/windows.gguf")
    assert set(found_in(own_home, "darwin")) == {"mac"}
    assert set(found_in(own_home, "win32")) == {"windows"}


def test_parts_of_a_split_file_are_one_model(own_home: Path) -> None:
    parts = [gguf(own_home / f".cache/llama.cpp/big-0000{n}-of-00002.gguf") for n in (1, 2)]
    found = found_in(own_home)
    assert set(found) == {"big"}
    assert found["big"].bytes == sum(part.stat().st_size for part in parts)


def test_the_hugging_face_cache_holds_files_and_checkpoints(own_home: Path) -> None:
    hub = own_home / ".cache/huggingface/hub"
    gguf(hub / "models--bartowski--Some-GGUF/snapshots/abc/Some-Q5_K_M.gguf")
    snapshot = hub / "models--org--name/snapshots/def"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (snapshot / "model.safetensors").write_bytes(b"\0" * 1000)
    found = found_in(own_home)
    assert set(found) == {"bartowski/Some-GGUF/Some-Q5_K_M", "org/name"}
    assert found["org/name"].bytes == 1000


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{",
        b"[]",
        b'{"layers": 7}',
        b'{"layers": [7, {}]}',
        b'{"layers": [{"mediaType": 1}]}',
        b"[" * 90000,
    ],
)
def test_a_manifest_that_cannot_be_read_is_passed_over(manifest: bytes, own_home: Path) -> None:
    store = own_home / ".ollama/models"
    ollama(store, "registry.ollama.ai/library/good/1b", "ff")
    (store / "manifests/registry.ollama.ai/library/good/bad").write_bytes(manifest)
    assert set(found_in(own_home)) == {"good:1b"}


def test_a_digest_cannot_lead_out_of_the_store(own_home: Path) -> None:
    store = own_home / ".ollama/models"
    ollama(store, "registry.ollama.ai/library/good/1b", "ff")
    manifest = store / "manifests/registry.ollama.ai/library/good/evil"
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:/../../../../etc/passwd"}
    manifest.write_text(json.dumps({"layers": [layer]}))
    assert set(found_in(own_home)) == {"good:1b"}


def test_models_on_this_machine_are_listed_on_the_command_line(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OLLAMA_MODELS", "LLAMA_CACHE", "HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    blob = ollama(own_home / ".ollama/models", "registry.ollama.ai/library/llama3.2/3b", "aa")
    (row,) = run("models", "--local", "--json").json["models"]
    assert (row["name"], row["store"], row["path"]) == ("llama3.2:3b", "Ollama", str(blob))
    assert row["file_bytes"] == blob.stat().st_size
    assert row["parameters"]
    table = run("models", "--local", "llama").out
    assert "llama3.2:3b" in table
    assert "on this machine" in table


def test_a_model_of_a_store_can_be_named_as_its_store_names_it(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OLLAMA_MODELS", raising=False)
    ollama(own_home / ".ollama/models", "registry.ollama.ai/library/zebra/3b", "aa")
    found = run("estimate", "local:zebra:3b", "--json").estimate
    assert found["model"]["id"] == "zebra:3b"
    wrong = run("estimate", "local:zebro:3b")
    assert wrong.code == 2
    assert "zebra:3b" in wrong.err


def test_tags_that_share_their_data_are_listed_by_each_name(own_home: Path) -> None:
    blob = ollama(own_home / ".ollama/models", "registry.ollama.ai/library/qwen3/latest", "one")
    ollama(own_home / ".ollama/models", "registry.ollama.ai/library/qwen3/32b", "one")
    found = found_in(own_home)
    assert {name: model.path for name, model in found.items()} == dict.fromkeys(
        ("qwen3:32b", "qwen3:latest"), blob
    )


def test_a_link_to_a_folder_above_is_not_followed_round_and_round(own_home: Path) -> None:
    folder = own_home / ".lmstudio/models/pub/repo"
    gguf(folder / "m-Q4_K_M.gguf")
    (folder / "again").symlink_to(own_home / ".lmstudio/models")
    assert list(found_in(own_home)) == ["pub/repo/m-Q4_K_M"]


def test_a_link_of_the_cache_whose_download_was_broken_off_says_so(own_home: Path) -> None:
    snapshot = own_home / ".cache/huggingface/hub/models--org--name/snapshots/r1"
    snapshot.mkdir(parents=True)
    (snapshot / "m-Q8_0.gguf").symlink_to("../../blobs/gone")
    (one,) = all_local(Home(own_home, {}, "linux"), shipped())
    assert one.model is None
    assert "m-Q8_0.gguf" in one.problem
    assert "no such file" in one.problem
