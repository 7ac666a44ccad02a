"""What a file that is no GGUF file looks like by its first bytes."""

from llmfit_tui.core.errors import quoted

OTHERS = (
    (b"lmgg", "it is a GGML file from before August 2023, which llama.cpp no longer reads"),
    (b"tjgg", "it is a GGJT file from before August 2023, which llama.cpp no longer reads"),
    (b"fmgg", "it is a GGMF file from before August 2023, which llama.cpp no longer reads"),
    (b"algg", "it is a GGLA adapter from before August 2023, which llama.cpp no longer reads"),
    (b"version https://git-lfs", "it is a Git LFS pointer; `git lfs pull` fetches the file itself"),
    (b"PK\x03\x04", "it is a zip archive, such as a PyTorch checkpoint"),
    (b"<", "it is a web page, perhaps what a server answered instead of the file"),
    (b"{", "it is JSON"),
    (b"\0\0\0\0", "it starts with zeros, as a download that has only been reserved does"),
)


def what_it_is(first: bytes) -> str:
    """What a file that is no GGUF file looks like, in words."""
    for start, words in OTHERS:
        if first.startswith(start):
            return words
    if first[8:10] == b'{"':
        return "it looks like safetensors; name the folder with its config.json"
    return f"it starts with {quoted(first[:4].decode('latin-1'))}"
