"""The format a checkpoint's weights are in, by the catalog's name, from its configuration.

Keys are those transformers, vLLM and mlx-lm write: `quantization_config` with `quant_method`, MLX's
`quantization`, and compressed-tensors' groups.
"""

from collections.abc import Mapping
from typing import Any, cast

from llmfit_tui.core.models.config import Config, real, table, whole, word

HALVES = {"bfloat16": "BF16", "float16": "F16", "float32": "F32", "bf16": "BF16", "fp16": "F16"}


def stored_format(config: Config) -> str | None:
    """Such as AWQ-INT4-g128, GPTQ-INT8, FP8, MLX-4bit or BF16; None where nothing says."""
    given = table(config, "quantization_config") or table(table(config, "text_config"), "quantization_config")
    mlx = table(config, "quantization")
    if mlx and whole(mlx, "bits"):
        return _mlx(mlx)
    if given:
        return _by_method(given)
    for key in ("torch_dtype", "dtype"):
        named = word(config, key) or word(table(config, "text_config"), key)
        if named in HALVES:
            return HALVES[named]
    return None


def _mlx(given: Config) -> str:
    bits, group = whole(given, "bits"), whole(given, "group_size") or 64
    mode = word(given, "mode") or "affine"
    if mode in {"mxfp4", "mxfp8", "nvfp4"}:
        return {"mxfp4": "MXFP4-W4A4", "mxfp8": "MXFP8", "nvfp4": "NVFP4-W4A4"}[mode]
    return f"MLX-{bits}bit" + ("" if group == 64 else f"-gs{group}")


def _by_method(given: Config) -> str | None:
    method = (word(given, "quant_method") or "").lower()
    bits = whole(given, "bits", "w_bit") or (4 if method == "awq" else None)
    match method:
        case "awq" | "gptq" | "autoround" | "auto-round" | "gptqmodel" if bits is not None:
            return _grouped("AWQ" if method == "awq" else "GPTQ", bits, given)
        case "fp8" | "fbgemm_fp8":
            return "FP8"
        case "mxfp4":
            return "MXFP4-W4A4"
        case "bitsandbytes":
            return "BNB-INT8" if given.get("load_in_8bit") is True else "BNB-NF4"
        case "exl2" | "exl3":
            mean = real(given, "bits")
            # The catalog's names have a digit behind the point; a mean of layers may have more.
            shown = f"{mean:g}" if mean is not None and mean % 1 else f"{mean}"
            return None if mean is None else f"{method.upper()}-{shown}bpw"
        case "compressed-tensors":
            return _compressed(given)
        case "modelopt":
            named = (
                word(given, "quant_algo") or word(table(given, "quantization"), "quant_algo") or ""
            ).upper()
            return {"NVFP4": "NVFP4-W4A4", "FP8": "FP8", "MXFP8": "MXFP8"}.get(named)
        case _:
            return None


def _grouped(kind: str, bits: int, given: Config) -> str:
    group = whole(given, "group_size", "q_group_size") or 128
    # The catalog's plain names are groups of 128.
    if group == 128:
        return {4: f"{kind}-INT4-g128", 8: f"{kind}-INT8"}.get(bits, f"{kind}-INT{bits}")
    return f"{kind}-INT{bits}-g{group}"


def _compressed(given: Config) -> str | None:
    """compressed-tensors: the weights of the first group of layers."""
    groups = given.get("config_groups")
    if not isinstance(groups, Mapping):
        return None
    for group in cast("Mapping[str, Any]", groups).values():
        if not isinstance(group, Mapping):
            continue
        weights = table(cast("Config", group), "weights")
        bits, kind = whole(weights, "num_bits"), word(weights, "type") or "int"
        if kind == "float" and bits == 8:
            return "FP8"
        if kind == "float" and bits == 4:
            return "MXFP4-W4A4" if whole(weights, "group_size") == 32 else "NVFP4-W4A4"
        if kind == "int" and bits == 8 and table(cast("Config", group), "input_activations"):
            return "INT8-W8A8"
        if kind == "int" and bits:
            return _grouped("GPTQ", bits, weights)
    return None
