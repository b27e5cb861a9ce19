"""``python -m orkestra.cli``."""

from orkestra.cli import main

main()
