"""The estimation core: frozen values in, frozen values out; no terminal, disk, clock or environment."""
