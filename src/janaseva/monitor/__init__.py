"""How we are doing."""
