"""The command `brevgen` of this tree, started just as the installed one is."""

import sys

from brevgen.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
