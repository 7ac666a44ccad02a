"""What differs from one build of llama.cpp to the next, as far as memory goes.

Everything else in the core describes one commit (0c1e57098, 0.5.0-dev, autumn 2026). Four things changed
during the year before it, and logs of older builds are still being written.
"""

import re

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.record import record

OUTPUT_COUNTS_AS_LAYER = 8133
"""First build seen to put the output matrix on the GPU before the repeating layers: `-ngl 1` is the output
alone (ggml-org/llama.cpp#18148). b7408 is the last one seen to count repeating layers first."""
TWO_EMBEDDING_INPUTS = 7781
"""The graph holds an input for tokens and one for embeddings, whichever a batch uses
(ggml-org/llama.cpp#18898). b7780 is the last build logged with one, b8173 the first with two."""
CACHE_INDICES = 6075
"""Keys and values go into the cache by an input of indices (ggml-org/llama.cpp#14285), a default since about
August 2025. b5622 is the last build logged without, b7404 the first with them."""
HALF_PRECISION_MASK = 9410
"""The attention mask is F16 under flash attention, not F32 (ggml-org/llama.cpp#23764)."""
FLASH_COPIES = 9490
"""About the build from which CUDA reserves F16 copies of a quantized cache for flash attention in the compute
buffer (ggml-org/llama.cpp#23907, June 2026); before, they came out of a pool that no buffer shows."""
OUTPUTS_PER_SLOT = 9460
"""llama-server reserves one row of logits for each slot, not one for each token of a micro-batch
(ggml-org/llama.cpp#23861)."""
OLDEST_DESCRIBED = 5000
"""Builds before this one (spring 2025) follow other rules still: one cache for windowed and full layers."""


@record
class Build:
    """A build of llama.cpp by its number; without one, the newest that is described."""

    number: int | None = None

    def since(self, number: int) -> bool:
        """Whether this build is that one or newer."""
        return self.number is None or self.number >= number

    @property
    def output_counts_as_layer(self) -> bool:
        """Whether `-ngl n` counts the output matrix first: else n repeating layers, then the output."""
        return self.since(OUTPUT_COUNTS_AS_LAYER)

    @property
    def embedding_inputs(self) -> int:
        """Rows as wide as the model that each token takes among the inputs."""
        return 2 if self.since(TWO_EMBEDDING_INPUTS) else 1

    @property
    def cache_indices(self) -> bool:
        """Whether the graph has an input of where in the cache each token goes."""
        return self.since(CACHE_INDICES)

    @property
    def half_precision_mask(self) -> bool:
        """Whether flash attention takes its mask in F16."""
        return self.since(HALF_PRECISION_MASK)

    @property
    def flash_copies(self) -> bool:
        """Whether CUDA's compute buffer has room for F16 copies of a quantized cache."""
        return self.since(FLASH_COPIES)

    @property
    def outputs_per_slot(self) -> bool:
        """Whether a server reserves logits for its slots only."""
        return self.since(OUTPUTS_PER_SLOT)

    @property
    def exact_experts(self) -> bool:
        """Whether experts that overflow F16 keep their inputs in F32; CUDA and Vulkan leave that to the host.

        Known of the newest build; which one began is not.
        """
        return self.number is None

    def __str__(self) -> str:
        return "newest" if self.number is None else f"b{self.number}"


NEWEST = Build()


def build_named(text: str, what: str) -> Build:
    """A build by its tag: `b9410`, `9410` or `newest`. Raises BadValue."""
    folded = text.strip().lower()
    if folded == "newest":
        return NEWEST
    found = re.fullmatch(r"b?(\d{1,6})", folded)
    if found is None:
        raise BadValue(
            f"{what}: a llama.cpp build such as b{HALF_PRECISION_MASK} was expected, not {quoted(text)}."
        )
    number = int(found[1])
    if number < OLDEST_DESCRIBED:
        raise BadValue(f"{what}: b{number} is older than b{OLDEST_DESCRIBED}, the oldest build described.")
    return Build(number)
