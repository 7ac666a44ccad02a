"""The shipped catalogs, read from JSON straight into the core's values.

msgspec checks every field against its annotation while it decodes, so a catalog that does not fit the
core's dataclasses fails here with the place and the reason.
"""

from dataclasses import replace
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.hardware.device import Device, System
from llmfit_tui.core.hardware.link import Link
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.order import in_order_of_interest, models_in_order
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record

if TYPE_CHECKING:
    from llmfit_tui.core.quality import QualityFit
    from llmfit_tui.core.seen.pci_names import PciNames
    from llmfit_tui.core.speed.evidence import Evidence
    from llmfit_tui.core.speed.fit import SpeedFit
    from llmfit_tui.core.speed.measured import Measurements


class CatalogError(LlmfitError):
    """A catalog is missing or cannot be read."""

    unreadable = True


@record
class ModelFile:
    """models.json."""

    schema: int
    sources: dict[str, str]
    models: tuple[Model, ...]


@record
class HardwareFile:
    """hardware.json."""

    schema: int
    sources: dict[str, str]
    devices: tuple[Device, ...]
    systems: tuple[System, ...]


@record
class LinkFile:
    """links.json."""

    schema: int
    sources: dict[str, str]
    links: tuple[Link, ...]


@record
class KVTypeFact:
    """What is known of a cache type."""

    name: str
    bits_per_value: float
    mean_kl_divergence: float | None = None
    note: str | None = None


@record
class QuantFile:
    """quants.json."""

    schema: int
    sources: dict[str, str]
    quants: tuple[Quant, ...]
    kv_types: tuple[KVTypeFact, ...]


@record
class DefaultsFile:
    """config_defaults.json."""

    schema: int
    about: str
    source: str
    defaults: dict[str, dict[str, Any]]


File = TypeVar("File")


def folder() -> Traversable:
    """Where the catalogs are: inside an installed package, or at the top of a checkout."""
    packaged = files("llmfit_tui") / "catalogs"
    if packaged.is_dir():
        return packaged
    return Path(__file__).resolve().parents[3] / "catalogs"


def read(name: str, kind: type[File]) -> File:
    """Decode one catalog. Raises CatalogError with the file, the place and the reason."""
    try:
        return msgspec.json.decode((folder() / name).read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as problem:
        raise CatalogError(f"The catalog {name} cannot be read: {problem}.") from problem


class Catalog:
    """The shipped facts, each file decoded when it is first asked for."""

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """Models, what people run today first."""
        return models_in_order(self.model_file.models)

    @cached_property
    def model_file(self) -> ModelFile:
        """models.json as it stands."""
        return read("models.json", ModelFile)

    @cached_property
    def quants(self) -> tuple[Quant, ...]:
        """Quantizations: llama.cpp's types by size, then publishers' variants, then other formats."""
        return self.quant_file.quants

    @cached_property
    def quant_file(self) -> QuantFile:
        """quants.json as it stands."""
        return read("quants.json", QuantFile)

    @cached_property
    def config_defaults(self) -> dict[str, dict[str, Any]]:
        """What a configuration means where it leaves a key out, by model_type."""
        return read("config_defaults.json", DefaultsFile).defaults

    @cached_property
    def devices(self) -> tuple[Device, ...]:
        """Hardware, what people own or consider today first."""
        return in_order_of_interest(self.hardware_file.devices)

    @cached_property
    def systems(self) -> tuple[System, ...]:
        """Named machines."""
        return self.hardware_file.systems

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """What connects GPUs and machines."""
        return read("links.json", LinkFile).links

    @cached_property
    def hardware_file(self) -> HardwareFile:
        """hardware.json as it stands."""
        return read("hardware.json", HardwareFile)

    @cached_property
    def pci(self) -> "PciNames":
        """Names behind PCI ids, read only where a machine is looked at."""
        from llmfit_tui.core.seen.pci_names import PciNames

        return read("pci.json", PciNames)

    @cached_property
    def quality_fit(self) -> "QualityFit":
        """Coefficients of the quality of quantizations."""
        from llmfit_tui.core.quality import QualityFit

        return read("quality.json", QualityFit)

    @cached_property
    def speed_fit(self) -> "SpeedFit":
        """What was fitted to published speeds."""
        from llmfit_tui.core.speed.fit import SpeedFit

        return read("speed.json", SpeedFit)

    @cached_property
    def measurements(self) -> "Measurements":
        """Published speeds."""
        from llmfit_tui.core.speed.measured import Measurements

        return read("measurements.json", Measurements)

    @cached_property
    def evidence(self) -> "Evidence":
        """Everything an estimate is made with."""
        from llmfit_tui.core.speed.evidence import Evidence

        return Evidence(self.quality_fit, self.speed_fit, self.measurements)

    @cached_property
    def fits_alone(self) -> "Evidence":
        """The same without published measurements."""
        alone = replace(self.quality_fit, measured=())
        from llmfit_tui.core.speed.evidence import Evidence

        return Evidence(alone, self.speed_fit)
