"""Every model on one machine, best first."""
