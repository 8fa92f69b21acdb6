"""Officers coming in, their sessions and passkeys, and the charges that they hold, hand over and stand in for."""
