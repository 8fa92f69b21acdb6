"""How contact thinks: how many parts a text message has, and what happens to a message."""
