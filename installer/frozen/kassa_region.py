"""The frozen program `kassa-region`: the same commands as `python -m sync.server`."""

import sys

from sync.server.__main__ import main

sys.exit(main())
