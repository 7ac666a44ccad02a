"""Hugging Face checkpoints: a configuration somebody hands in, and the weights beside it, as values.

`keys.py` checks the configuration, `config.py` finds the language model in it, `quantization.py` names the
format its weights are in, `safetensors.py` counts them by their headers, `model.py` makes a model of it all.
"""
