"""What every command that estimates starts from: catalog, profiles, the person's own models."""

from llmfit_tui.cli.model_source import read_own
from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.cli.warned import read_warned
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.remembered import read_remembered


def opened(config: str | None) -> Resolver:
    """Names looked up in the catalog and in the person's folder; what is wrong there goes to stderr."""
    where = places(config)
    return Resolver(Catalog(), read_warned(where), read_remembered(where).profile, own=read_own(where))
