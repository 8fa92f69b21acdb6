"""Public notices: what is asked of offices while everybody may object, and one's own objections."""
