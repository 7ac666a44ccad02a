"""All profiles in reach, a person's own and those a server's owner shares, and what is wrong with them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from llmfit_tui.core.errors import printable, quoted
from llmfit_tui.core.record import record
from llmfit_tui.storage.places import Places

if TYPE_CHECKING:
    from llmfit_tui.core.profiles.profile import Profile

MOST_REMARKS = 50
"""Of one file; a file with more is no list of machines."""


@record
class Kept:
    """A profile and where it comes from."""

    profile: "Profile"
    path: Path
    own: bool
    """In the person's own file, so it can be changed."""


@record
class Profiles:
    """All profiles that could be read, the person's own first, and what was wrong with the rest."""

    kept: tuple[Kept, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    def find(self, name: str) -> Kept | None:
        """By name; upper or lower case only where no other has it to the letter."""
        exact = (kept for kept in self.kept if kept.profile.name == name)
        folded = (kept for kept in self.kept if kept.profile.name.lower() == name.lower())
        return next(exact, None) or next(folded, None)

    @property
    def names(self) -> list[str]:
        """Every name."""
        return [kept.profile.name for kept in self.kept]


def read_profiles(places: Places) -> Profiles:
    """Every profile in reach; a person's own hides a shared one of its name."""
    kept: dict[str, Kept] = {}
    problems: list[str] = []
    warnings: list[str] = []
    for path, own in _files(places):
        if _is_missing(path):
            continue
        # Most people have no profile, and reading one takes a tenth of our modules.
        from llmfit_tui.storage.profile_file import ProfileFile

        file = ProfileFile(path, MOST_REMARKS)
        for found in file.profiles():
            key = found.name.lower()
            if key in kept and kept[key].path == path:
                line = file.line_of(found.name)
                file.problems.append(
                    f"{_shown(path)}{line}: two profiles are called {quoted(found.name)}; the first counts."
                )
            kept.setdefault(key, Kept(found, path, own and path == places.profiles))
        problems += _first(file.problems, path)
        warnings += _first(file.warnings, path)
    return Profiles(tuple(kept.values()), tuple(problems), tuple(warnings))


def _first(said: list[str], path: Path) -> list[str]:
    more = len(said) - MOST_REMARKS
    return said if more <= 0 else [*said[:MOST_REMARKS], f"{_shown(path)}: {more:,} more like these."]


def _files(places: Places) -> Iterator[tuple[Path, bool]]:
    yield places.profiles, True
    for folder, own in ((places.own, True), *((shared, False) for shared in places.shared)):
        if not own:
            yield folder / "profiles.toml", False
        try:
            yield from ((path, own) for path in sorted((folder / "profiles.d").glob("*.toml")))
        except OSError:
            continue


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False  # there, and not readable, which is said where it is read
    return False


def _shown(path: Path) -> str:
    return printable(str(path))
