"""What the GPUs of a machine, and several machines, are connected by."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.link import Link, find_link, usual_link
from llmfit_tui.core.hardware.machine import Machine

ASSUMED_LINK = "PCIe 4.0 x16"


def connected(machine: Machine, links: Sequence[Link], asked: str | None) -> Machine:
    """The machine with its links: as asked, else those it has, else what its cards come with, else the usual
    slot, said so.

    What connects several machines is never assumed. Raises UnknownName for a link there is not, and BadValue
    for one between machines where there is but one.
    """
    said = find_link(asked, links) if asked is not None else None
    if said is not None and said.between_machines and machine.nodes == 1:
        raise BadValue(
            f'--link: {said.name} connects machines, and {machine.name} is one; name two as "2x(8x H100)".'
        )
    assumed = machine.assumed
    inside = said if said is not None and not said.between_machines else machine.link
    if inside is None and len(machine.gpus) > machine.nodes:
        first = machine.gpus[0]
        inside = usual_link(first.name, links) or usual_link(first.card, links)
        if inside is None:
            inside = find_link(ASSUMED_LINK, links)
            assumed = (*assumed, f"GPUs of one machine connected by {ASSUMED_LINK}")
    between = said if said is not None and said.between_machines else machine.node_link
    return replace(machine, link=inside, node_link=between, assumed=assumed)
