"""A program that saves profiles one after the other: python saver.py FOLDER FIRST COUNT [EVENT]

Says the name of each profile once it is saved. With EVENT it kills itself, as `kill -9` would, at that event
of its last save: the how-manieth opening, renaming, linking or removing of a file, by Python's own count.
"""

import os
import signal
import sys
from pathlib import Path

from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.profile_edit import save_profile

FILE_EVENTS = (
    "open",
    "os.rename",
    "os.link",
    "os.remove",
    "os.chmod",
    "os.chown",
    "tempfile.mkstemp",
    "os.listdir",
)


def main(folder: str, first: int, count: int, event: int | None) -> None:
    """Save `count` profiles."""
    places = Places(Path(folder))
    for number in range(first, first + count):
        if event is not None and number == first + count - 1:
            _die_at(event, folder)
        save_profile(places, Profile(f"p{number}", ("RTX 4090",), ram_bytes=(number + 1) << 30))
        print(f"p{number}", flush=True)


def _die_at(event: int, folder: str) -> None:
    left = event

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if name in FILE_EVENTS and (name != "open" or str(arguments[0]).startswith(folder)):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else None)
