"""What every door does first: see who comes in, and pass what they do to the rooms."""
