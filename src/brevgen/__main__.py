"""`python -m brevgen` is the command `brevgen`."""

from brevgen.cli.main import main

main()
