"""A profile as the texts of a form, and back."""

from dataclasses import replace

from llmfit_tui.core.errors import BadValue, LlmfitError, UnknownName
from llmfit_tui.core.hardware.device import Backend, DeviceKind
from llmfit_tui.core.hardware.link import find_link
from llmfit_tui.core.hardware.names import Found, find_hardware
from llmfit_tui.core.names import nearest
from llmfit_tui.core.profiles.gpu import own_gpus_text, read_own_gpus
from llmfit_tui.core.profiles.profile import (
    MOST_NODES,
    MOST_WATTS,
    OwnGpu,
    Profile,
    checked_name,
    checked_text,
)
from llmfit_tui.core.profiles.table import table_of
from llmfit_tui.core.record import record
from llmfit_tui.core.sizes import bytes_per_second, memory_bytes, whole_number
from llmfit_tui.storage.catalogs import Catalog

Texts = dict[str, str]


@record
class Field:
    """One line of the form."""

    key: str
    label: str
    hint: str


FIELDS = (
    Field("name", "Name", "what you call this machine"),
    Field("hardware", "Hardware", "such as 2x RTX 3090 + RTX 4090, or M3 Max 40-core 64GB"),
    Field("own", "Cards by hand", "such as 2x My Card 24GiB 936GB/s 71TFLOPS cuda"),
    Field("cpu", "CPU", "such as EPYC 9554, for the bandwidth of its memory"),
    Field("ram", "Host memory", "such as 64GiB"),
    Field("ram_bandwidth", "Host bandwidth", "such as 80GB/s"),
    Field("margin", "Leave free", "such as 1GiB, on each GPU"),
    Field("gpu_limit", "GPU limit", "of memory shared with the CPU, as iogpu.wired_limit_mb sets it"),
    Field("backend", "Backend", "cuda, rocm, vulkan, metal, sycl ... if not the usual one"),
    Field("power_limit_w", "Power limit", "such as 250W, of each card"),
    Field("nodes", "Nodes", "machines like this one, if more than one"),
    Field("link", "Link", "such as NVLink bridge, or 100 GbE between machines"),
    Field("notes", "Notes", ""),
    Field("tags", "Tags", "such as home, quiet: words the list is filtered by"),
)
LABELS = {field.key: field.label for field in FIELDS}
SIZES = ("ram", "margin", "gpu_limit")


def texts_of(profile: Profile) -> Texts:
    """The form's texts for a profile."""
    table = table_of(profile)
    watts = f"{profile.power_limit_w}W" if profile.power_limit_w else ""
    plain = ("cpu", "ram", "ram_bandwidth", "margin", "gpu_limit", "backend", "nodes", "link", "notes")
    return {
        "name": profile.name,
        "hardware": " + ".join(profile.named_gpus),
        "own": own_gpus_text(profile.own_gpus),
        "power_limit_w": watts,
        "tags": ", ".join(profile.tags),
        **{key: str(table.get(key, "")) for key in plain},
    }


def profile_of(texts: Texts, before: Profile, catalog: Catalog) -> Profile:
    """The profile of a form's texts. A text nobody changed means what it meant. Raises LlmfitError."""
    was = texts_of(before)
    changed = {key for key in was if texts[key].strip() != was[key].strip()}
    profile = replace(before, name=checked_name(texts["name"].strip()))
    if changed & {"hardware", "own", "cpu"}:
        named, own, cpu = before.named_gpus, before.own_gpus, before.cpu
        if "cpu" in changed:
            cpu = _platform(texts["cpu"], catalog)
        if "hardware" in changed:
            named, also_cpu = _named(texts["hardware"], catalog)
            cpu = also_cpu or cpu
        if "own" in changed:
            own = read_own_gpus(texts["own"], LABELS["own"])
        gpus: tuple[str | OwnGpu, ...] = (*named, *own)
        kept = changed.isdisjoint({"hardware", "own"})
        profile = replace(profile, gpus=before.gpus if kept else gpus, cpu=cpu)
    sizes = {f"{key}_bytes": _size(texts[key], key) for key in SIZES if key in changed}
    profile = replace(profile, **sizes)  # pyright: ignore[reportArgumentType]
    if "ram_bandwidth" in changed:
        text = texts["ram_bandwidth"].strip()
        rate = bytes_per_second(text, LABELS["ram_bandwidth"]) if text else None
        profile = replace(profile, ram_bandwidth=rate)
    if "backend" in changed:
        profile = replace(profile, backend=_backend(texts["backend"].strip().lower()))
    if "power_limit_w" in changed:
        watts = _count(texts["power_limit_w"].strip().rstrip("Ww"), "power_limit_w", MOST_WATTS)
        profile = replace(profile, power_limit_w=watts)
    if "nodes" in changed:
        profile = replace(profile, nodes=_count(texts["nodes"], "nodes", MOST_NODES) or 1)
    if "link" in changed:
        profile = replace(profile, link=_link(texts["link"], catalog))
    if "notes" in changed:
        profile = replace(profile, notes=checked_text(texts["notes"].strip(), LABELS["notes"]))
    if "tags" in changed:
        tags = tuple(checked_text(tag.strip(), LABELS["tags"]) for tag in texts["tags"].split(","))
        profile = replace(profile, tags=tuple(tag for tag in tags if tag))
    return profile


def _named(text: str, catalog: Catalog) -> tuple[tuple[str, ...], str | None]:
    """Cards of the catalog, or the CPU platform the text names."""
    if not text.strip():
        return (), None
    found = _found(text, "hardware", catalog)
    if found.devices[0].kind is DeviceKind.CPU:
        return (), found.name
    return tuple(found.name.split(" + ")), None


def _platform(text: str, catalog: Catalog) -> str | None:
    if not text.strip():
        return None
    found = _found(text, "cpu", catalog)
    if found.devices[0].kind is not DeviceKind.CPU:
        raise BadValue(f"{LABELS['cpu']}: {found.name} is a card; it goes into {LABELS['hardware']}.")
    return found.name


def _found(text: str, key: str, catalog: Catalog) -> Found:
    try:
        return find_hardware(text, catalog.devices, catalog.systems)
    except LlmfitError as problem:
        raise BadValue(f"{LABELS[key]}: {problem}") from problem


def _size(text: str, key: str) -> int | None:
    if not text.strip():
        return None
    size = memory_bytes(text, LABELS[key])
    if size == 0 and key != "margin":
        raise BadValue(f"{LABELS[key]}: more than 0 was expected.")
    return size


def _count(text: str, key: str, most: int) -> int | None:
    return whole_number(text, LABELS[key], 1, most) if text.strip() else None


def _link(text: str, catalog: Catalog) -> str | None:
    return find_link(text, catalog.links).name if text.strip() else None


def _backend(text: str) -> Backend | None:
    known = {backend.value: backend for backend in Backend}
    if not text:
        return None
    if text not in known:
        raise UnknownName("backend", text, nearest(text, known))
    return known[text]


def in_words_of_the_form(said: str) -> str:
    """An error that speaks of an option of the command line, with the label of its field instead."""
    for option, key in (
        ("--ram:", "ram"),
        ("--gpu-limit:", "gpu_limit"),
        ("--backend:", "backend"),
        ("--link:", "link"),
    ):
        said = said.replace(option, f"{LABELS[key]}:")
    return said.replace("--gpu-limit is", f"{LABELS['gpu_limit']} is")
