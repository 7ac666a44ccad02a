"""A folder of profiles for a test, and short ways into it."""

from dataclasses import dataclass
from pathlib import Path

from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.profiles import Profiles, read_profiles

BOX = Profile("box", ("2x RTX 3090",), ram_bytes=128 * GIB)


@dataclass(frozen=True, slots=True)
class Folder:
    """A person's configuration folder, and a server's beside it."""

    root: Path

    @property
    def own(self) -> Path:
        """Where a person's files are."""
        return self.root / "own"

    @property
    def shared(self) -> Path:
        """Where a server's owner keeps profiles for all."""
        return self.root / "shared"

    @property
    def places(self) -> Places:
        """Both."""
        return Places(self.own, (self.shared,))

    @property
    def file(self) -> Path:
        """The file profiles are saved in."""
        return self.own / "profiles.toml"

    @property
    def text(self) -> str:
        """What it holds."""
        return self.file.read_text(encoding="utf-8")

    def holds(self, text: str, path: str = "own/profiles.toml") -> "Folder":
        """Put a text into a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        return self

    def read(self) -> Profiles:
        """Everything in reach."""
        return read_profiles(self.places)

    def profile(self, name: str) -> Profile:
        """A profile by name."""
        kept = self.read().find(name)
        assert kept is not None
        return kept.profile
