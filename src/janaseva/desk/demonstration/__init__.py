"""What only a demonstration shows: who may sign in as whom, and what was sent to which telephone."""
