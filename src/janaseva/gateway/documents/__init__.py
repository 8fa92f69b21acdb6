"""Documents and their verification by API."""
