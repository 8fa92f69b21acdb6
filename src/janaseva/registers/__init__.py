"""What the state knows."""
