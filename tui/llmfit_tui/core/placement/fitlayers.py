"""How `--fit` shares layers among GPUs: dense layers back to front, then experts front to back.

common/fit.cpp, steps 3 and 4, at commit 0c1e57098. Where llama.cpp searches by false position, this searches
by halves: both end at the largest number that fits.
"""

from collections.abc import Callable, Sequence
from functools import partial

from llmfit_tui.core.placement.fitparts import Overflow, Scale, Share, Shares, changed


class Filler:
    """Fills GPUs up to their targets (bytes of buffers, driver apart)."""

    def __init__(self, scale: Scale, targets: Sequence[int], moe: bool) -> None:
        self.scale, self.targets, self.moe = scale, targets, moe
        self.count = len(targets)
        self.last = self.count - 1

    def filled(self, all_dense_fits: bool) -> Shares:
        """The shares chosen; `all_dense_fits`: with every expert on the host the model has room to spare."""
        shares = self._dense()
        return self._with_experts(shares) if self.moe and all_dense_fits else shares

    def _dense(self) -> Shares:
        """Layers back to front; of a mixture of experts without its experts. The output is never partial."""
        shares: Shares = (Share(),) * self.count
        for at in range(self.last, -1, -1):
            free = self.scale.layers.blocks + 1 - sum(one.layers for one in shares)
            dense = partial(self._with_dense, shares, at)
            shares = dense(self._most(free, at, dense))
        return shares

    def _with_dense(self, shares: Shares, at: int, n: int) -> Shares:
        kept_back = (n if at < self.last else max(n - 1, 0)) if self.moe else 0
        return changed(shares, at, layers=n, partial=kept_back)

    def _with_experts(self, shares: Shares) -> Shares:
        dense = next((d for d in range(self.last, -1, -1) if not shares[d].layers), -1) + 1
        at = 0
        while at <= dense < self.count:
            waiting = sum(one.partial for one in shares[dense:])
            converted = partial(self._converted, shares, dense, at)
            found = self._most(waiting, at, lambda n, c=converted: c(n)[0])
            shares, dense = converted(found)
            shares, dense = self._one_more(shares, dense, at)
            at += 1
        return shares

    def _converted(self, shares: Shares, dense: int, at: int, n: int) -> tuple[Shares, int]:
        """`n` partial layers of the GPUs from `dense` on become full layers of GPU `at`."""
        left = n
        while dense < self.count:
            moved = min(left, shares[dense].partial)
            one = shares[dense]
            shares = changed(shares, dense, layers=one.layers - moved, partial=one.partial - moved)
            shares = changed(shares, at, layers=shares[at].layers + moved)
            left -= moved
            if shares[dense].partial or dense == self.last:
                break
            dense += 1
        return shares, dense

    def _one_more(self, shares: Shares, dense: int, at: int) -> tuple[Shares, int]:
        """Part of one more layer on GPU `at`, where that fits."""
        giver = shares[dense]
        if giver.layers <= (0 if at < self.last else 1) or not giver.partial:
            return shares, dense
        moved = changed(shares, dense, layers=giver.layers - 1, partial=giver.partial - 1)
        taker = moved[at]
        after = dense + 1 if not moved[dense].partial and dense != at else dense

        def with_part(overflow: Overflow) -> Shares:
            return changed(
                moved,
                at,
                layers=taker.layers + 1,
                partial=taker.partial + 1,
                overflow=overflow,
                to_next=at < self.last,
            )

        if self._holds(with_part(Overflow.UP_STAYS), at):
            more = with_part(Overflow.GATE_STAYS)
            return (more if self._holds(more, at) else with_part(Overflow.UP_STAYS)), after
        least = with_part(Overflow.ATTENTION_STAYS)
        return (least, after) if self._holds(least, at) else (shares, dense)

    def _holds(self, shares: Shares, at: int) -> bool:
        used = self.scale.used(shares)
        return all(used[d] < self.targets[d] for d in (at, at + 1) if d < self.count)

    def _most(self, most: int, at: int, tried: Callable[[int], Shares]) -> int:
        """The largest n of 0..most with which GPU `at` stays within its target; 0 is not asked."""
        low, high = 0, most
        while low < high:
            middle = high if (low, high) == (0, most) else (low + high + 1) // 2
            if self.scale.used(tried(middle))[at] <= self.targets[at]:
                low = middle
            else:
                high = middle - 1
        return low
