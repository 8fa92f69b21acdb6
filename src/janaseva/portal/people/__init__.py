"""Sign in with a phone and a one-time code, sign out, and see where one is signed in."""
