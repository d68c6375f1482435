"""Run the command line with ``python -m mediabridge``."""

from mediabridge.cli import main

main()
