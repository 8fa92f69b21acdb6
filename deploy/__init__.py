"""Ways to run Janaseva on more than one machine."""
