"""What is written: files that people give, and certificates and letters that the state issues and signs."""
