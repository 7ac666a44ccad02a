"""The panes of the explorer: three lists that are answers, and the estimate."""
