"""`python -m mlcore`: train, measure and predict without a web application."""

import sys

from mlcore.cli import main

if __name__ == "__main__":
    sys.exit(main())
