"""`python -m llmfit_tui`."""

from llmfit_tui.cli import main

raise SystemExit(main())
