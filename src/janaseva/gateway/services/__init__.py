"""Services and applications by API."""
