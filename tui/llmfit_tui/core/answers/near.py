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
