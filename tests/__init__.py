"""The tests: the house's own laws, one folder a room, and whole journeys."""
