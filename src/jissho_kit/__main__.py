"""``python -m jissho_kit``: what ``./jissho`` starts."""

import sys

from jissho_kit.cli import main

if __name__ == "__main__":
    sys.exit(main())
