"""A feed-forward of experts: the router, the chosen experts and their weighted sum."""

from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.tensors import F32, Tensor, inside, op, over, part, picked, shape, view
from llmfit_tui.core.record import record


@record
class Router:
    """How experts are chosen and weighted."""

    softmax: bool = True
    """Scores by softmax; else by sigmoid, which also works in place."""
    weighted_late: bool = False
    """Softmax over the chosen ones only."""
    normed: bool = True
    """Weights add up to 1."""
    scaled: bool = False
    groups: int = 0
    """Groups of experts, of which only the best are looked at."""
    groups_used: int = 0
    weight_first: bool = False
    """Weights are applied before the experts (Llama 4)."""


CHOICE_BIASES = ("exp_probs_b.bias", "exp_probs_b")
"""Names of what is added to the scores before experts are chosen."""
BY_SOFTMAX = Router()
"""The usual router."""


def routed(
    b: Builder, x: Tensor, router: Router, squared: bool = False, scores: Tensor | None = None
) -> Tensor:
    """The sum of the chosen experts' outputs; `scores` where the router has run already."""
    experts, used, tokens = b.number("NE"), b.number("NU"), x.ne[1]
    logits = b.linear(x, "ffn_gate_inp") if scores is None else scores
    probabilities = logits if router.weighted_late else over(logits)
    selection = probabilities
    bias = next((name for name in CHOICE_BIASES if b.has(name)), None)
    if bias:
        selection = over(probabilities, b.weight(bias))
    if router.weight_first:
        selection = logits
    if router.groups > 1:
        selection = _best_groups(selection, experts, router, tokens)
    chosen = _top(selection, used)
    weights = picked(view(probabilities, 1, experts, tokens), chosen, 1, used, tokens)
    if router.weighted_late:
        weights = view(over(view(weights, used, tokens)), 1, used, tokens)
    if router.normed:
        flat = view(weights, used, tokens)
        total = over(op(shape(1, tokens), flat))
        weights = view(over(flat, total), 1, used, tokens)
    if router.scaled:
        weights = over(weights)
    b.expand(weights)
    y = view(x, x.ne[0], 1, tokens)
    if router.weight_first:
        y = over(op(shape(x.ne[0], used, tokens), y), weights)
    y = _each(b, y, chosen, squared)
    if not router.weight_first:
        y = over(y, weights)
    return _sum(b, b.expand(y), used)


def _top(scores: Tensor, count: int) -> Tensor:
    """Indices of the best: all are sorted, the first ones looked at; a copy spans the others too."""
    order = op(scores.ne, scores, item=F32)
    return part(order, count, *scores.ne[1:])


def _best_groups(selection: Tensor, experts: int, router: Router, tokens: int) -> Tensor:
    """Scores of all experts, those outside the best groups made worthless."""
    groups, size = router.groups, experts // router.groups
    by_group = view(selection, size, groups, tokens)
    two = _top(by_group, 2)
    best = picked(view(by_group, 1, size, groups, tokens), two, 1, 2, groups, tokens)
    strength = view(op(shape(1, groups, tokens), view(best, 2, groups, tokens)), groups, tokens)
    chosen = _top(strength, router.groups_used)
    kept = picked(by_group, chosen, size, router.groups_used, tokens)
    blank = over(by_group)
    masked = inside(blank, shape(size, groups, tokens), kept, chosen, blank)
    return view(masked, experts, tokens)


def _by_expert(b: Builder, x: Tensor, chosen: Tensor, name: str) -> Tensor:
    """A matrix of each chosen expert, and its bias."""
    y = op(shape(b.tensors[name][1], chosen.ne[0], x.ne[2]), b.weight(name), x, chosen)
    y.rows, y.hosted = x.ne[2], name == b.hosted
    return over(y, b.weight(f"{name}.bias"), chosen) if b.has(f"{name}.bias") else y


def _each(b: Builder, x: Tensor, chosen: Tensor, squared: bool) -> Tensor:
    """Every chosen expert's output."""
    if b.has("ffn_gate_up_exps"):
        both = _by_expert(b, x, chosen, "ffn_gate_up_exps")
        half = both.ne[0] // 2
        gate, up = (part(both, half, *both.ne[1:]) for _ in range(2))
        y = op(gate.ne, gate, up)
    else:
        up = _by_expert(b, x, chosen, "ffn_up_exps")
        if b.has("ffn_gate_exps"):
            y = b.gated(_by_expert(b, x, chosen, "ffn_gate_exps"), up, "swiglu_limits")
        else:
            y = over(over(up)) if squared else over(up)
    return _by_expert(b, y, chosen, "ffn_down_exps")


def _sum(b: Builder, outputs: Tensor, used: int) -> Tensor:
    """The outputs added up one by one."""
    parts = [b.expand(view(outputs, outputs.ne[0], outputs.ne[2])) for _ in range(used)]
    total = parts[0]
    for one in parts[1:]:
        total = b.expand(over(total, one))
    return total if used > 1 else op(total.ne, total)
