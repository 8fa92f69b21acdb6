"""Thinking about services: the definition, its words, its variants, its charter; pure functions."""
