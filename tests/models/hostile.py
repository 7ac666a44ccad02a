"""Damaged, truncated and lying headers, one for each seed."""

import random
import struct

from ggufs import Tensor, header, text

METADATA: dict[str, object] = {
    "general.architecture": "llama",
    "general.name": "Small",
    "general.file_type": 15,
    "llama.block_count": 2,
    "llama.context_length": 4096,
    "llama.embedding_length": 256,
    "llama.feed_forward_length": 512,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": [2, 2],
    "llama.rope.freq_base": 10000.0,
    "tokenizer.ggml.tokens": [f"token {n}" for n in range(64)],
    "tokenizer.ggml.scores": [0] * 64,
    "tokenizer.ggml.add_bos_token": True,
}
Q4_K, F32 = 12, 0
TENSORS: tuple[Tensor, ...] = (
    ("token_embd.weight", (256, 64), Q4_K, 64 * 144),
    ("output_norm.weight", (256,), F32, 1024),
    ("output.weight", (256, 64), Q4_K, 64 * 144),
    *(
        (f"blk.{block}.{name}.weight", shape, kind, size)
        for block in range(2)
        for name, shape, kind, size in (
            ("attn_norm", (256,), F32, 1024),
            ("attn_q", (256, 256), Q4_K, 256 * 144),
            ("attn_k", (256, 128), Q4_K, 128 * 144),
            ("attn_v", (256, 128), Q4_K, 128 * 144),
            ("attn_output", (256, 256), Q4_K, 256 * 144),
            ("ffn_norm", (256,), F32, 1024),
            ("ffn_gate", (256, 512), Q4_K, 512 * 144),
            ("ffn_up", (256, 512), Q4_K, 512 * 144),
            ("ffn_down", (512, 256), Q4_K, 512 * 144),
        )
    ),
)
HUGE = (1 << 63, (1 << 64) - 1, (1 << 63) - 1, 1 << 40, 1 << 32, (1 << 31) - 1, 0xFFFFFFFF, 1 << 20)
NAMES = (
    "\x1b]0;owned\x07",
    "\x1b[2J",
    "a\nb",
    "\x00",
    "‮gpj",
    "x" * 5000,
    "",
    "blk.99999999999.attn_q.weight",
)
WRONG: tuple[object, ...] = (
    0,
    -1 & 0xFFFFFFFF,
    1 << 62,
    "lots",
    True,
    [1, 2, 3],
    [],
    1.5,
    float("nan"),
    float("inf"),
)


def whole() -> bytes:
    """The header nothing is wrong with, and its data."""
    return header(METADATA, TENSORS) + b"\0" * sum(size for *_, size in TENSORS)


def damaged(seed: int) -> bytes:
    """The bytes of a file that something is wrong with."""
    dice = random.Random(seed)
    return dice.choice(
        (
            _cut,
            _flipped,
            _huge_number,
            _lying_counts,
            _wrong_value,
            _odd_name,
            _nested,
            _wrong_tensor,
            _other_file,
        )
    )(dice)


def _cut(dice: random.Random) -> bytes:
    raw = whole()
    return raw[: dice.randrange(len(header(METADATA, TENSORS)) + 1)]


def _flipped(dice: random.Random) -> bytes:
    raw = bytearray(whole())
    end = len(header(METADATA, TENSORS))
    for _ in range(dice.choice((1, 2, 8, 64))):
        raw[dice.randrange(end)] = dice.randrange(256)
    return bytes(raw)


def _huge_number(dice: random.Random) -> bytes:
    raw = bytearray(whole())
    at = dice.randrange(4, len(header(METADATA, TENSORS)) - 8)
    raw[at : at + 8] = struct.pack("<Q", dice.choice(HUGE))
    return bytes(raw)


def _lying_counts(dice: random.Random) -> bytes:
    counts = (*HUGE, 0, 1, 10_000)
    return header(METADATA, TENSORS, tensor_count=dice.choice(counts), entry_count=dice.choice((13, *counts)))


def _wrong_value(dice: random.Random) -> bytes:
    metadata = dict(METADATA)
    key = dice.choice(list(metadata))
    if dice.random() < 0.3:
        del metadata[key]
    else:
        metadata[key] = dice.choice(WRONG)
    return header(metadata, TENSORS) + b"\0" * 4096


def _odd_name(dice: random.Random) -> bytes:
    metadata, tensors = dict(METADATA), list(TENSORS)
    name = dice.choice(NAMES)
    if dice.random() < 0.5:
        metadata[dice.choice(("general.architecture", "general.name", "general.license"))] = name
        metadata[name] = name
    else:
        at = dice.randrange(len(tensors))
        tensors[at] = (name, *tensors[at][1:])
    return header(metadata, tensors) + b"\0" * 4096


def _nested(dice: random.Random) -> bytes:
    depth = dice.choice((1, 2, 50, 5000))
    value = struct.pack("<IIQ", 9, 9, 1) + struct.pack("<IQ", 9, 1) * depth + struct.pack("<IQI", 4, 1, 7)
    raw = header({}, TENSORS, entry_count=1)
    return raw[:24] + text("llama.nested") + value + raw[24:]


def _wrong_tensor(dice: random.Random) -> bytes:
    tensors = list(TENSORS)
    at = dice.randrange(len(tensors))
    name, shape, kind, size = tensors[at]
    match dice.randrange(4):
        case 0:
            kind = dice.choice((4, 31, 36, 43, 99, 1 << 31, 10, 39))
        case 1:
            shape = tuple(dice.choice((0, 1, 255, 1 << 31, 1 << 63, (1 << 64) - 1)) for _ in shape)
        case 2:
            shape = shape * dice.choice((2, 3, 40))
        case _:
            name = tensors[dice.randrange(len(tensors))][0]
    tensors[at] = (name, shape, kind, size)
    return header(METADATA, tensors) + b"\0" * 4096


OTHERS = (
    *(b"", b"PK\x03\x04", b"lmgg", b"<!DOCTYPE html>", b'{"a": 1}', b"\x1b[31mGG"),
    b"version https://git-lfs.github.com/spec/v1",
)


def _other_file(dice: random.Random) -> bytes:
    return dice.choice(OTHERS) + dice.choice((b"", b"\0" * 100, whole()[4:]))


WAYS = (
    *(_cut, _flipped, _huge_number, _lying_counts, _wrong_value),
    *(_odd_name, _nested, _wrong_tensor, _other_file),
)
