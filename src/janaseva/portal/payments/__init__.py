"""Pay what is due, see how it went, and print the receipt."""
