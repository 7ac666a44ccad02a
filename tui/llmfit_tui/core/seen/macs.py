"""The chip behind a Mac's model identifier, where nothing names the chip itself.

From Apple's support pages "Identify your MacBook Pro model" and those for the other Macs. Identifiers that
stand for two chips are left out.
"""

_IDENTIFIERS = {
    "M1": "MacBookAir10,1 MacBookPro17,1 Macmini9,1 iMac21,1 iMac21,2",
    "M1 Pro": "MacBookPro18,1 MacBookPro18,3",
    "M1 Max": "MacBookPro18,2 MacBookPro18,4 Mac13,1",
    "M1 Ultra": "Mac13,2",
    "M2": "Mac14,2 Mac14,3 Mac14,7 Mac14,15",
    "M2 Pro": "Mac14,9 Mac14,10 Mac14,12",
    "M2 Max": "Mac14,5 Mac14,6 Mac14,13",
    "M2 Ultra": "Mac14,8 Mac14,14",
    "M3": "Mac15,3 Mac15,4 Mac15,5 Mac15,12 Mac15,13",
    "M3 Pro": "Mac15,6 Mac15,7",
    "M3 Max": "Mac15,8 Mac15,9 Mac15,10 Mac15,11",
    "M3 Ultra": "Mac15,14",
    "M4": "Mac16,1 Mac16,2 Mac16,3 Mac16,10 Mac16,12 Mac16,13",
    "M4 Pro": "Mac16,7 Mac16,8 Mac16,11",
    "M4 Max": "Mac16,5 Mac16,6 Mac16,9",
}
_CHIPS = {identifier: chip for chip, listed in _IDENTIFIERS.items() for identifier in listed.split()}


def chip_of(identifier: str | None) -> str | None:
    """`Apple M4 Max` of `Mac16,9`."""
    chip = _CHIPS.get((identifier or "").strip())
    return f"Apple {chip}" if chip else None
