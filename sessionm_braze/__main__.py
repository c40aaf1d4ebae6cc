"""``python -m sessionm_braze``."""

import sys

from ._cli import main


if __name__ == "__main__":
    sys.exit(main())
