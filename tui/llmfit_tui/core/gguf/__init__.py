"""GGUF files: what a header says, as frozen values. Nothing here reads a disk or a network.

`decode.py` asks for the bytes it needs and is given them by whoever has the file; `shape.py` turns the
metadata into an `Architecture`, `tensors.py` the tensor records into a plan and its sizes, `model.py` both
into a model that can be estimated like any other.
"""
