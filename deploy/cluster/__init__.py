"""Three databases, two web servers and a proxy: set up with one command, on one machine or as a pattern for six."""
