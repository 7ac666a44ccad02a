"""How each engine is started with a scenario; None where it cannot run it so."""
