"""What was sent to telephones, in a demonstration."""
