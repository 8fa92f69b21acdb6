"""Areas, and sign-in, by API."""
