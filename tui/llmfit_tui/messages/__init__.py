"""What panes tell the screen: what a person chose."""
