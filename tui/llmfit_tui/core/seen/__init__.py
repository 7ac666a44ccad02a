"""What tools say about a machine: their text read into frozen values, put together, and found in the catalog.

Text → `Findings` (one tool's devices and host facts) → `Detected` (the machine) → `Device` of the catalog.
A reader goes by the form of the text, never by who printed it, and drops what it does not understand.
"""
