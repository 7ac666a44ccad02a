"""What a person names when they name a repository, and which of its files is meant."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from llmfit_tui.core.errors import BadValue, UnknownName, quoted
from llmfit_tui.core.names import nearest

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_HOSTS = ("https://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf.co/")
_SPLIT = re.compile(r"(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE)
USUAL = "Q4_K_M"
"""The file meant where nobody says which, as llama.cpp and Ollama do."""
NOT_MODELS = ("mmproj", "imatrix", "vocab")


@dataclass(frozen=True, slots=True)
class RepositoryName:
    """`org/name`, `org/name:QUANT` or an address of the Hub."""

    id: str
    quant: str | None = None


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """A GGUF model of a repository: one file, or the parts of one."""

    name: str
    """The first part's path in the repository, without `.gguf`."""
    parts: tuple[str, ...]
    bytes: int


def repository_name(text: str) -> RepositoryName:
    """Read the name of a repository. Raises BadValue."""
    found = text.strip()
    for host in _HOSTS:
        found = found.removeprefix(host)
    found, _, quant = found.partition(":")
    found = "/".join(found.strip("/").split("/")[:2])
    if not _ID.fullmatch(found) or ".." in found or "--" in found:
        raise BadValue(f"--repo: a repository such as org/name was expected, not {quoted(text)}.")
    return RepositoryName(found, quant.strip() or None)


def gguf_files(sizes: Mapping[str, int]) -> tuple[RepositoryFile, ...]:
    """The GGUF models among a repository's files, split ones as one."""
    found: list[RepositoryFile] = []
    for path in sorted(sizes):
        if not path.lower().endswith(".gguf") or any(word in path.lower() for word in NOT_MODELS):
            continue
        match = _SPLIT.fullmatch(path)
        if match is None:
            found.append(RepositoryFile(path[:-5], (path,), sizes[path]))
        elif int(match["number"]) == 1:
            parts = _parts(match["stem"], match["count"])
            found.append(RepositoryFile(match["stem"], parts, sum(sizes.get(part, 0) for part in parts)))
    return tuple(found)


def _parts(stem: str, count: str) -> tuple[str, ...]:
    return tuple(f"{stem}-{n:05}-of-{count}.gguf" for n in range(1, min(int(count), 1000) + 1))


def projectors(paths: Iterable[str]) -> tuple[str, ...]:
    """The projectors for images among a repository's files."""
    return tuple(
        path for path in sorted(paths) if "mmproj" in path.lower() and path.lower().endswith(".gguf")
    )


def file_for(quant: str | None, files: Sequence[RepositoryFile]) -> RepositoryFile:
    """The file of a quantization; of none asked for the usual one, else the first. Raises UnknownName."""
    meant = [one for one in files if named_for(one.name, quant or USUAL)]
    if meant:
        return min(meant, key=lambda one: len(one.name))
    if quant is None:
        return files[0]
    raise UnknownName("file of this repository", quant, nearest(quant, [_tail(one.name) for one in files]))


def named_for(name: str, quant: str) -> bool:
    """Whether a file's name ends in, or holds as a word, the name of a quantization."""
    words = re.split(r"[-./]", name.lower())
    return quant.lower() in words or name.lower().endswith(quant.lower())


def _tail(name: str) -> str:
    return name.rsplit("/", 1)[-1]
