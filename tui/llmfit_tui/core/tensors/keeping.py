"""Which tensors keep their type whatever the file type is.

Two rules meet here: what the converter writes in F32 (ModelBase.prepare_tensors), and what llama-quantize
does not touch (tensor_allows_quantization). Both go by name and dimensions, none by architecture.
"""

from llmfit_tui.core.tensors.notation import BARE

_SINGLE = (
    "ffn_gate_inp",
    "position_embd",
    "ssm_conv1d",
    "shortconv.conv",
    "indexer.q_proj",
    "indexer.k_proj",
)
_SINGLE_ALTUP = ("altup_correct_coef", "altup_predict_coef")
_HALF = ("altup", "laurel", "per_layer_model_proj")


def kept_type(name: str, shape: tuple[int, ...], declared: str | None) -> str | None:
    """F32, F16 or I32 for tensors that keep it, None for those the file type decides.

    `declared` is what a table says itself. ggml drops trailing dimensions of 1, so [E, 1] is a vector.
    """
    if declared is not None:
        return declared
    if sum(1 for n in shape[1:] if n > 1) == 0 or name in BARE or name.endswith((".bias", ".scale")):
        return "F32"
    if name.endswith("_norm") or name in _SINGLE_ALTUP:
        return "F32"
    if name in _SINGLE or name.startswith("ssm_conv1d"):
        return "F32"
    return "F16" if name.startswith(_HALF) else None
