"""Exact weights: the tensors of a model's GGUF file, the type of each, and the bytes they add up to.

    plan.tensor_plan(config)                      the tensors, or None: no table for this architecture
    quantize.quantize(plan, "Q4_K_M")             the type of each, as llama-quantize chooses
    header.file_bytes(quantized)                  the size of the file
    sizes.weight_sizes(...), active_bytes(...)    the same bytes by layer, and by what a token reads
    storing.stored_as(plan, "AWQ-INT4-g128")      the same in formats other than GGUF

Everything follows from the Hugging Face configuration, by rules of llama.cpp (commit 0c1e57098): no rule
knows a model's name.

How to add an architecture is told in CONTRIBUTING.md.
"""
