"""What a person names when they name a repository or a path, and which file of a repository is meant."""

import re
from collections.abc import Sequence

from llmfit_tui.core.errors import BadValue, UnknownName, quoted
from llmfit_tui.core.models.published import PublishedFile, models_in
from llmfit_tui.core.names import nearest
from llmfit_tui.core.record import record

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_PATHLIKE = ("./", "../", "/", "~", ".\\", "..\\")
_HOSTS = ("https://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf.co/")
HUB = "hf.co/"
"""Before the id of a repository where a catalog id or a path could stand too, as Ollama has it."""
USUAL = "Q4_K_M"
"""The file whose header is read first: most repositories have it."""


@record
class RepositoryName:
    """`org/name`, `org/name:QUANT` or an address of the Hub."""

    id: str
    quant: str | None = None

    @property
    def text(self) -> str:
        """As it is named where a catalog id or a path could stand too."""
        return f"{HUB}{self.id}" + (f":{self.quant}" if self.quant else "")


def is_address(text: str) -> bool:
    """Whether the words can only mean a repository of the Hub."""
    return text.strip().lower().startswith(_HOSTS)


def looks_like_path(text: str) -> bool:
    """Whether the words can only mean a file or folder: they start like a path or end like a model file."""
    folded = text.strip().lower()
    return folded.startswith(_PATHLIKE) or folded.endswith((".gguf", ".json")) or folded[1:3] == ":\\"


def repository_name(text: str) -> RepositoryName:
    """Read the name of a repository. Raises BadValue."""
    found = text.strip()
    host = next((host for host in _HOSTS if found.lower().startswith(host)), "")
    found, _, quant = found[len(host) :].partition(":")
    found = "/".join(found.strip("/").split("/")[:2])
    if not _ID.fullmatch(found) or ".." in found or "--" in found:
        raise BadValue(f"--repo: a repository such as org/name was expected, not {quoted(text)}.")
    return RepositoryName(found, quant.strip() or None)


def file_for(quant: str | None, files: Sequence[PublishedFile]) -> PublishedFile:
    """The model file of a quantization; of none the usual one, else the first. Raises UnknownName."""
    models = models_in(files)
    meant = [one for one in models if named_for(one, quant or USUAL)]
    if meant:
        return min(meant, key=lambda one: len(one.name))
    if quant is None:
        return models[0]
    raise UnknownName("file of this repository", quant, nearest(quant, [_tail(one.name) for one in models]))


def named_for(file: PublishedFile, quant: str) -> bool:
    """Whether a file is of a quantization, by what its name holds or ends in."""
    wanted, name = quant.lower(), file.name.lower()
    return (file.quant or "").lower() == wanted or wanted in re.split(r"[-./]", name) or name.endswith(wanted)


def _tail(name: str) -> str:
    return name.rsplit("/", 1)[-1]
