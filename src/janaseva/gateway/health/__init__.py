"""How the platform is, for machines that watch it."""
