"""Find a service, read what is promised of it, and see whether one may apply."""
