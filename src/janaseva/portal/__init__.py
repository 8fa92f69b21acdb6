"""The door for people, alone or at a counter."""
