"""``python -m janaseva`` is the same as the command ``janaseva``."""

from janaseva.cli import main

main(prog_name="janaseva")
