"""ggml's graph allocator: which block of memory each intermediate result gets, and the most ever in use.

Rules (ggml-alloc.c at commit 0c1e57098): leaves first; then node by node, a result takes over an input
nobody else needs if its op allows that and they are laid out alike, else the smallest free block that is
large enough, the open end of memory being the last choice; what nobody needs any more is freed.
"""

ENDLESS = 1 << 62
VANISHED = 1 << 40
"""Among the choices: a free block was used up, or joined to its neighbour."""
CPU_ALIGNMENT, CUDA_ALIGNMENT = 32, 128


class Arena:
    """Free blocks of one device's memory, by address; the last one has no end."""

    def __init__(self, alignment: int) -> None:
        self.mask = alignment - 1
        self.peak = 0
        self.starts = [0]
        self.sizes = [ENDLESS]
        self.highest = 0
        self.choices: list[int] = []
        """Every choice made, as numbers: equal lists mean that all went the same way."""

    def take(self, size: int) -> int:
        """The address of a block of `size` bytes (already aligned)."""
        starts, sizes, choices = self.starts, self.sizes, self.choices
        last = best = len(sizes) - 1
        if last:
            least, fitting = ENDLESS, 0
            for i, free in enumerate(sizes):
                if size <= free:
                    fitting += 1 << i
                    if free <= least and i < last:
                        best, least = i, free
            choices.append(fitting)
        choices.append(best)
        at = starts[best]
        starts[best] += size
        sizes[best] -= size
        if not sizes[best]:
            del sizes[best], starts[best]
            choices.append(VANISHED)
        if at + size > self.peak:
            self.peak = at + size
            self.highest = len(choices)
        return at

    def give(self, at: int, size: int) -> None:
        """Free a block and join it with the free block before or after it in the list.

        Empty blocks are kept too, and taking memory moves a block's start past them: the list is not
        always in order, and blocks side by side in memory are not always joined. Both are ggml's way.
        """
        starts, sizes = self.starts, self.sizes
        end = at + size
        for i, start in enumerate(starts):
            if start + sizes[i] == at:
                sizes[i] += size
                self.choices.append(4 * i + 1)
                if i + 1 < len(starts) and starts[i + 1] == end:
                    sizes[i] += sizes[i + 1]
                    del starts[i + 1], sizes[i + 1]
                    self.choices.append(VANISHED)
                return
            if start == end:
                starts[i] = at
                sizes[i] += size
                self.choices.append(4 * i + 2)
                if i and starts[i - 1] + sizes[i - 1] == at:
                    sizes[i - 1] += sizes[i]
                    del starts[i], sizes[i]
                    self.choices.append(VANISHED)
                return
        place = 0
        while place < len(starts) and starts[place] < at:
            place += 1
        starts.insert(place, at)
        sizes.insert(place, size)
        self.choices.append(4 * place + 3)
