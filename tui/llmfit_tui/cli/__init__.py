"""The command line. Headless commands never import the explorer."""

from llmfit_tui.cli.main import main

__all__ = ["main"]
