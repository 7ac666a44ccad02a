"""The person's profiles, with what is wrong with their files said on stderr."""

import sys

from llmfit_tui.storage.places import Places
from llmfit_tui.storage.profiles import Profiles, read_profiles


def read_warned(where: Places) -> Profiles:
    """All profiles; what was wrong with files goes to stderr."""
    found = read_profiles(where)
    for said in (*found.problems, *found.warnings):
        print(f"llmfit-tui: {said}", file=sys.stderr)
    return found
