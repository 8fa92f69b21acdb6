"""The words every room uses."""
