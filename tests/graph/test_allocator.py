"""The allocator: who gets which memory."""

from llmfit_tui.core.graph.allocator import Arena
from llmfit_tui.core.graph.repetition import representative
from llmfit_tui.core.graph.tensors import Graph, Tensor, leaf, op, over, shape, view
from llmfit_tui.core.graph.whole import course_of


def planned(*results: Tensor) -> int:
    """Bytes for a graph ending in these results, without alignment."""
    graph = Graph()
    for result in results:
        result.kept = True
        graph.expand(result)
    return course_of(graph, [1]).reserved(0)[0][0]


def test_the_smallest_free_block_that_is_large_enough_is_taken() -> None:
    arena = Arena(alignment=1)
    large, _, small, _ = (arena.take(size) for size in (100, 1, 50, 1))
    arena.give(large, 100)
    arena.give(small, 50)
    assert arena.take(40) == small
    assert arena.take(60) == large


def test_blocks_side_by_side_become_one() -> None:
    arena = Arena(alignment=1)
    first, second, _ = (arena.take(size) for size in (10, 10, 1))
    arena.give(first, 10)
    arena.give(second, 10)
    assert arena.take(20) == first


def test_a_result_takes_over_an_input_nobody_else_needs() -> None:
    x = leaf(100)
    assert planned(over(op(shape(100), x))) == 800


def test_an_input_that_is_needed_later_is_left_alone() -> None:
    y = op(shape(100), leaf(100))
    assert planned(op(shape(100), over(y), y)) == 1200


def test_an_input_is_left_alone_while_a_view_of_it_is_needed() -> None:
    y = op(shape(100), leaf(100))
    seen = view(y, 10, 10)
    assert planned(op(shape(100), over(y), seen)) == 1200


def test_memory_is_freed_once_nobody_needs_it() -> None:
    x = leaf(100)
    for _ in range(5):
        x = op(shape(100), x)
    assert planned(x) == 800


def test_sizes_are_rounded_up_to_the_device_s_alignment() -> None:
    graph = Graph()
    graph.expand(op(shape(1), leaf(1)))
    assert course_of(graph, [128]).reserved(0)[0] == (256,)


def test_of_many_blocks_alike_a_few_are_built_and_the_odd_ones_all() -> None:
    kinds = (*"x" * 6, "odd", *"x" * 40, "last")
    built = [kinds[i] for i in representative(kinds)]
    assert built.count("odd") == built.count("last") == 1
    assert len(built) < 20
    assert representative(tuple("abcdef")) == [0, 1, 2, 3, 4, 5]
