"""The door for officers."""
