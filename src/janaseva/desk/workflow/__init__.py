"""How much waits at an office, and for how long."""
