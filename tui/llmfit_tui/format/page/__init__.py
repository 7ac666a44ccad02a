"""A model's page: what it says, section by section, before it is laid out."""
