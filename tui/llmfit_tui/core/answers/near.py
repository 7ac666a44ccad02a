"""The largest number that leaves room, found in few questions where room shrinks by nearly straight lines."""

from collections.abc import Callable


def largest_near(near: int, least: int, most: int, room: Callable[[int], int]) -> int | None:
    """The largest n of least..most with nothing less than no room, thought to be near a number; or None.

    `room` falls as n grows. The line through the last two answers says where to ask next, then the number
    beside that; strides that double, or halves, where it leads nowhere.
    """
    low, high = least - 1, most + 1
    tried, stride, before = min(max(near, least), most), 1, None
    while True:
        left = room(tried)
        low, high = (tried, high) if left >= 0 else (low, tried)
        if high - low <= 1:
            return low if low >= least else None
        slope = None if before is None else (before[1] - left) / (tried - before[0])
        before = tried, left
        if stride % 3 == 1:
            tried += 1 if left >= 0 else -1
        elif stride % 3 == 2 and slope:
            tried += int(left // slope) + (left >= 0)
        elif least <= low and high <= most:
            tried = (low + high) // 2
        else:
            tried += (1 if left >= 0 else -1) << (2 * stride)
        stride += 1
        tried = min(max(tried, low + 1), high - 1)


def last_with_room(least: int, most: int, room: Callable[[int], float]) -> int | None:
    """The largest n of least..most that leaves room, which falls as n grows; None where none does.

    The line through the ends of what is left says where to ask next; every third time its middle.
    """
    left = room(least)
    if left < 0:
        return None
    short = room(most)
    if short >= 0:
        return most
    low, high, asked = least, most, 0
    while high - low > 1:
        asked += 1
        middle = (low + high) // 2 if asked % 3 == 0 else low + int((high - low) * left / (left - short))
        middle = min(max(middle, low + 1), high - 1)
        now = room(middle)
        if now >= 0:
            low, left = middle, now
        else:
            high, short = middle, now
    return low


def last_that_holds(least: int, most: int, holds: Callable[[int], bool]) -> int | None:
    """The largest n of least..most for which something holds, by halves, taking it that it holds for all
    below; None where not for the least."""
    if not holds(least):
        return None
    low, high = least, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
