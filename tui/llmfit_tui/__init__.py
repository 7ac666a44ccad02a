"""llmfit-tui: will this language model run on this hardware, how fast, and how well?"""

__version__ = "0.1.0"
