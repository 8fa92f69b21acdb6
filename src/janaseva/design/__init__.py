"""How Janaseva looks, reads and answers: one design language for every door, with no tables and no rules of its own."""
