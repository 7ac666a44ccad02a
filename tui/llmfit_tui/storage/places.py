"""Where a person's files and a server's shared files are."""

import os
from pathlib import Path

from llmfit_tui.core.record import record

NAME = "llmfit-tui"
VARIABLE = "LLMFIT_TUI_CONFIG"


@record
class Places:
    """Folders; nothing is made before something is saved."""

    own: Path
    shared: tuple[Path, ...] = ()
    """Read-only for us, most important first."""

    @property
    def profiles(self) -> Path:
        """The file profiles are saved in."""
        return self.own / "profiles.toml"

    @property
    def settings(self) -> Path:
        """What is remembered between visits."""
        return self.own / "settings.toml"

    @property
    def recovery(self) -> Path:
        """What was typed and not saved."""
        return self.own / "recovery.toml"


def places(config: str | None = None) -> Places:
    """`--config`, else LLMFIT_TUI_CONFIG, else the platform's own folder."""
    from platformdirs import PlatformDirs

    platform = PlatformDirs(NAME, appauthor=False, multipath=True)
    asked = config or os.environ.get(VARIABLE)
    own = Path(asked).expanduser() if asked else Path(platform.user_config_dir)
    shared = tuple(Path(folder) for folder in platform.site_config_dir.split(os.pathsep))
    return Places(own, shared)
