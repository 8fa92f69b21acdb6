"""PostgreSQL as Janaseva uses it: Django's own, which also knows whether a pooler stands before the server."""
