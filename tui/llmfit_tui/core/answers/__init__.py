"""The questions after "does it fit": how far it goes, what would help, which quantization to take."""
