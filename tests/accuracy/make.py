"""Write ACCURACY.md: our memory figures against what engines allocated, and what other tools say.

    python tests/accuracy/make.py            from the repository's root; rewrites ACCURACY.md

Every figure is worked out from the fixtures beside the tests, so that the page cannot claim what the tests do
not hold. It takes a minute or two.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tui"), str(ROOT / "tests")]

from buffers import by_formula, caches, cpu_scratch, fits, gpu_scratch, placements  # noqa: E402
from other_engines import engines  # noqa: E402
from peers import peers_table  # noqa: E402 - they find what the line above adds
from published_logs import logs  # noqa: E402
from weights import weights_tables  # noqa: E402

HEAD = """# Accuracy

How far our memory figures are from what engines allocate. Regenerate with `python tests/accuracy/make.py`;
every row comes from the fixtures in `tests/fixtures`, whose README says where they were read off. Errors are
relative to the allocated bytes and unsigned.

"""


def page() -> str:
    """The whole page."""
    sections = (
        weights_tables(),
        caches(),
        placements(),
        gpu_scratch(),
        cpu_scratch(),
        by_formula(),
        fits(),
        logs(),
        engines(),
        peers_table(),
    )
    return HEAD + "\n".join("".join(_spaced(section)) for section in sections)


def _spaced(section: Iterator[str]) -> Iterator[str]:
    for text in section:
        yield text if text.startswith(("| ", "- ")) and "\n| ---" not in text else f"{text}\n"


if __name__ == "__main__":
    (ROOT / "ACCURACY.md").write_text(page().rstrip() + "\n", encoding="utf-8")
