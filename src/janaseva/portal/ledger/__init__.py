"""The transparency log and the state of the platform, told to people."""
