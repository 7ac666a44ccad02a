"""Configurations that something is wrong with, one for each seed."""

import json
import random
from collections.abc import Mapping
from typing import Any

from scenes import shipped

WRONG: tuple[Any, ...] = (
    *(None, True, False, -1, -7, 0, 1, 3, 1 << 31, 1 << 64, 10**40, 0.5, -1e300, "", "lots", "\x1b[2J"),
    *([], [1], ["a"], [1, "a"], [None], [[[[]]]], {}, {"a": 1}, {"hidden_size": {"hidden_size": 4096}}),
    *(float("nan"), float("inf"), -float("inf"), "4096", [4096] * 200, [0] * 64, "x" * 10_000),
)


def bad_config(seed: int) -> bytes:
    """The bytes of a config.json."""
    dice = random.Random(seed)
    config = dict(dice.choice(shipped().models).config)
    return dice.choice(WAYS)(dice, config)


def _written(config: Mapping[str, Any]) -> bytes:
    return json.dumps(config).encode()


def _missing(dice: random.Random, config: dict[str, Any]) -> bytes:
    for _ in range(dice.randrange(1, 4)):
        config.pop(dice.choice(list(config)), None)
    return _written(config)


def _wrong_type(dice: random.Random, config: dict[str, Any]) -> bytes:
    for _ in range(dice.choice((1, 1, 2, 5))):
        config[dice.choice(list(config))] = dice.choice(WRONG)
    return _written(config)


def _other_family(dice: random.Random, config: dict[str, Any]) -> bytes:
    """One family's shape under another's name."""
    config["model_type"] = dice.choice(shipped().models).config["model_type"]
    return _written(config)


def _two_families(dice: random.Random, config: dict[str, Any]) -> bytes:
    other = dict(dice.choice(shipped().models).config)
    return _written({**config, **{key: other[key] for key in dice.sample(list(other), min(4, len(other)))}})


def _nested(dice: random.Random, config: dict[str, Any]) -> bytes:
    depth = dice.choice((1, 3, 10, 100))
    for _ in range(depth):
        config = {dice.choice(("text_config", "llm_config", "language_config")): config}
    return _written(config)


def _bottomless(dice: random.Random, config: dict[str, Any]) -> bytes:
    del config
    opened, closed = dice.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return b'{"hidden_size":' + opened * 200_000 + b"1" + closed * dice.choice((0, 200_000)) + b"}"


METHODS = ("awq", "gptq", "fp8", "compressed-tensors", "bitsandbytes", "exl2", "hqq", "modelopt", 7)


def _quantized_oddly(dice: random.Random, config: dict[str, Any]) -> bytes:
    method = dice.choice(
        ("awq", "gptq", "fp8", "compressed-tensors", "bitsandbytes", "exl2", "hqq", "modelopt", 7)
    )
    config["quantization_config"] = {
        "quant_method": method,
        "bits": dice.choice(WRONG),
        "group_size": dice.choice(WRONG),
        "config_groups": dice.choice(WRONG),
    }
    config["quantization"] = dice.choice(({"bits": 4, "group_size": dice.choice(WRONG)}, dice.choice(WRONG)))
    return _written(config)


def _no_json(dice: random.Random, config: dict[str, Any]) -> bytes:
    raw = bytearray(_written(config))
    match dice.randrange(4):
        case 0:
            return bytes(raw[: dice.randrange(len(raw))])
        case 1:
            raw[dice.randrange(len(raw))] = dice.randrange(256)
            return bytes(raw)
        case 2:
            return bytes(dice.randrange(256) for _ in range(200))
        case _:
            return dice.choice((b"", b"null", b"[]", b'"text"', b"7", b"\xff\xfe{}", b"1" * 10_000))


WAYS = (
    *(_missing, _wrong_type, _wrong_type, _wrong_type, _other_family, _two_families),
    *(_nested, _bottomless, _quantized_oddly, _no_json),
)
