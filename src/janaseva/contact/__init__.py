"""What is said, to people and systems, in and out."""
