"""Reading a repository of the Hugging Face Hub: its list of files, its configuration, the headers of its
GGUF files by range requests.

The only module that opens a connection, and it is imported only when a person names a repository. Address,
token, proxies and offline mode are those of huggingface_hub (HF_ENDPOINT, HF_TOKEN, HTTPS_PROXY,
HF_HUB_OFFLINE), which is an optional dependency: `pip install llmfit-tui[hub]`.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from llmfit_tui.core.errors import LlmfitError, printable, quoted
from llmfit_tui.core.gguf.header import BadHeader, Header
from llmfit_tui.core.gguf.model import model_of_file
from llmfit_tui.core.hf.config import Defaults
from llmfit_tui.core.hf.model import model_of_config
from llmfit_tui.core.hf.safetensors import Counted
from llmfit_tui.core.memory.parts import Part
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.published import PublishedFile, models_in, published_files
from llmfit_tui.core.models.repositories import file_for, repository_name
from llmfit_tui.core.record import record
from llmfit_tui.storage.gguf import drive
from llmfit_tui.storage.hub_problems import RepositoryProblem, told
from llmfit_tui.storage.parts import KINDS, part_of

TIMEOUT_S = 10.0
"""For a connection, and for each answer."""
FIRST_RANGE, LARGEST_RANGE = 1 << 20, 8 << 20
MOST_TIMEOUTS = 6
"""An answer that drips is given up after so many times the limit."""
LARGEST_CONFIG = 8 << 20
LONGEST_LIST = 50_000


@record
class Repository:
    """A repository's files."""

    id: str
    sizes: Mapping[str, int]
    """Path to bytes."""
    parameters: int | None
    """As the Hub counts its safetensors files."""

    @property
    def ggufs(self) -> tuple[PublishedFile, ...]:
        """Its GGUF files."""
        return published_files(self.sizes)


Tell = Callable[[str], None]
"""Told what is being done, in words (empty: still at it); it may raise to give it up."""


def open_repository(
    text: str,
    defaults: Defaults,
    quant: str | None = None,
    timeout: float = TIMEOUT_S,
    hub: "Hub | None" = None,
) -> Model:
    """The model of a repository: of its GGUF file for `quant`, else of its configuration.

    Raises RepositoryProblem, UnknownName or BadValue.
    """
    name = repository_name(text)
    hub = hub or Hub(timeout)
    repository = hub.repository(name.id)
    if models_in(repository.ggufs):
        return hub.gguf_model(repository, file_for(name.quant or quant, repository.ggufs))
    return hub.config_model(repository, defaults)


class Hub:
    """Requests to the Hub, each with a limit of time; a repository's list of files is asked for once."""

    def __init__(self, timeout: float = TIMEOUT_S, tell: Tell = lambda _: None) -> None:
        try:
            import huggingface_hub
        except ImportError as problem:
            raise RepositoryProblem(
                "Reading repositories needs huggingface_hub: pip install 'llmfit-tui[hub]'."
            ) from problem
        self._library = huggingface_hub
        self.timeout = timeout
        self.tell = tell
        self._listed: dict[str, Repository] = {}
        self.endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")

    def repository(self, name: str) -> Repository:
        """The files of a repository, with their sizes; one that was renamed goes by its present name."""
        if name not in self._listed:
            self._listed[name] = self._list(name)
        return self._listed[name]

    def _list(self, name: str) -> Repository:
        self.tell(f"{name}: asking for its list of files")
        with told(name, self.endpoint, self.timeout):
            api = self._library.HfApi(endpoint=self.endpoint)
            info = api.model_info(name, files_metadata=True, timeout=self.timeout)
        siblings = (info.siblings or [])[:LONGEST_LIST]
        total = info.safetensors.total if info.safetensors is not None else None
        sizes = {one.rfilename: one.size or 0 for one in siblings}
        return Repository(_present_name(name, info.id), sizes, total or None)

    def gguf_model(self, repository: Repository, file: PublishedFile) -> Model:
        """The model in a GGUF file of a repository, by its headers."""
        headers = [self._header(repository, part) for part in file.parts]
        try:
            model = model_of_file(headers, file.parts)
        except BadHeader as problem:
            raise RepositoryProblem(f"{repository.id}, {quoted(file.name)}: {problem}.") from problem
        publisher, _, rest = repository.id.partition("/")
        first = replace(model.checkpoints[0], id=repository.id)
        return replace(
            model,
            id=repository.id,
            name=rest,
            publisher=publisher,
            checkpoints=(first,),
            repository=repository.id,
            published=repository.ggufs,
        )

    def part(self, name: str, file: PublishedFile) -> Part:
        """A projector or an adapter of a repository, by its header. Raises RepositoryProblem."""
        headers = [self._header(self.repository(name), part) for part in file.parts]
        try:
            return part_of(headers, KINDS[file.kind], file.path, file.path)
        except LlmfitError as problem:
            raise RepositoryProblem(f"{name}, {problem}") from problem

    def config_model(self, repository: Repository, defaults: Defaults) -> Model:
        """The model of a repository's configuration, with the sizes of its weights."""
        if "config.json" not in repository.sizes:
            raise RepositoryProblem(f"{repository.id} holds neither GGUF files nor a config.json.")
        config = self._json(repository.id, "config.json")
        weights = [path for path in repository.sizes if path.endswith(".safetensors") and "/" not in path]
        chosen = [path for path in weights if path.startswith("model")] or weights
        total = sum(repository.sizes[path] for path in chosen)
        counted = Counted(repository.parameters or 0, total) if total else None
        try:
            return model_of_config(config, repository.id, defaults, counted)
        except LlmfitError as problem:
            told = f"; its weights have {total:,} bytes" if total else ""
            said = str(problem).rstrip(".")
            raise RepositoryProblem(f"{repository.id}, config.json: {said}{told}.") from problem

    def _header(self, repository: Repository, part: str) -> Header:
        total = repository.sizes.get(part)
        if total is None:
            raise RepositoryProblem(f"{repository.id} does not hold {quoted(part)}, a part of the file.")
        size, seen = FIRST_RANGE, 0

        def read(offset: int) -> bytes:
            nonlocal size, seen
            self.tell(f"{printable(part)}: {seen / 1e6:.1f} MB of its header read")
            found = self._range(repository.id, part, offset, size)
            seen += len(found)
            size = min(2 * size, LARGEST_RANGE)
            return found

        try:
            return drive(total, read)
        except BadHeader as problem:
            raise RepositoryProblem(f"{repository.id}, {quoted(part)}: {problem}.") from problem

    def _json(self, name: str, path: str) -> dict[str, Any]:
        raw = self._range(name, path, 0, LARGEST_CONFIG)
        try:
            found = json.loads(raw, parse_constant=lambda _: None)
        except (ValueError, RecursionError) as problem:
            said = printable(str(problem))[:120]
            raise RepositoryProblem(f"{name}, {path} is not JSON: {said}.") from problem
        if not isinstance(found, dict):
            raise RepositoryProblem(f"{name}, {path}: a JSON object was expected.")
        return cast("dict[str, Any]", found)

    def _range(self, name: str, path: str, offset: int, size: int) -> bytes:
        """Up to `size` bytes of a file from `offset` on; no more is read, whatever the server sends."""
        from huggingface_hub.utils import get_session, hf_raise_for_status

        url = self._library.hf_hub_url(name, path, endpoint=self.endpoint)
        library: Any = self._library.utils
        headers = {**library.build_hf_headers(), "Range": f"bytes={offset}-{offset + size - 1}"}
        found = bytearray()
        until = time.monotonic() + MOST_TIMEOUTS * self.timeout
        with (
            told(f"{name}, {path}", self.endpoint, self.timeout),
            get_session().stream("GET", url, headers=headers, timeout=self.timeout) as answer,
        ):
            hf_raise_for_status(answer)
            if answer.status_code != 206 and offset:
                raise RepositoryProblem(f"{name}, {path}: the server sends whole files, not parts of them.")
            for piece in answer.iter_bytes():
                found += piece
                self.tell("")
                if len(found) >= size:
                    break
                if time.monotonic() > until:
                    raise RepositoryProblem(f"{name}, {path}: {self.endpoint} answers too slowly.")
        return bytes(found[:size])


def _present_name(asked: str, said: str | None) -> str:
    """The Hub answers for a renamed repository under its present name."""
    try:
        return repository_name(said).id if said else asked
    except LlmfitError:
        return asked
