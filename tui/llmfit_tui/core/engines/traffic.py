"""What passes between GPUs for a token: the sums of tensor parallelism, the handing on of a pipeline.

Every layer sums its 16-bit hidden state over the ranks twice, after attention and after the feed-forward
(RowParallelLinear); the embedding and the logits once each. A stage hands its hidden state and residual on.
"""

from llmfit_tui.core.engines.parallel import Parallel
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.models.architecture import Architecture


def communication_s(arch: Architecture, machine: Machine, parallel: Parallel, tokens: int) -> float | None:
    """Seconds for one step of so many tokens; None where a link in use is not known."""
    each = len(machine.gpus) // machine.nodes
    size = 2.0 * tokens * arch.hidden
    seconds = 0.0
    if parallel.tensor > 1:
        link = machine.link if parallel.tensor <= each else machine.node_link
        if link is None:
            return None
        seconds += (2 * arch.layers + 2) * link.all_reduce_s(size, parallel.tensor)
    for stage in range(1, parallel.pipeline):
        here, before = stage * parallel.tensor // each, (stage * parallel.tensor - 1) // each
        link = machine.link if here == before else machine.node_link
        if link is None:
            return None
        seconds += link.send_s(2 * size)
    return seconds


RPC_S = 2e-3
"""What llama.cpp's RPC takes of a step for each machine beside the first, at least: by so much TCP is slower
than RDMA between two machines (30.19 against 32.16 tok/s, llama.cpp pull request 20590)."""
HAND_ON_S = 0.8e-3
"""What mlx-lm takes of a step for each machine of a pipeline: 31.5 tok/s of a 32B model on one Mac are 30.2
on two and 28.6 on four (catalogs/clusters.json)."""


def hand_on_s(arch: Architecture, machine: Machine, tokens: int, each_s: float) -> float | None:
    """Seconds that machines which hold layers one after the other add to a step of so many tokens; None where
    the link is not known.

    The 32-bit hidden state goes from machine to machine, and the last one's result back.
    """
    if machine.node_link is None:
        return None
    sent = machine.nodes * machine.node_link.send_s(4.0 * tokens * arch.hidden)
    return sent + each_s * (machine.nodes - 1)
