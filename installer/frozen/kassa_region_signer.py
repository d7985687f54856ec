"""The frozen program `kassa-region-signer`: the same as `python -m sync.server.signer`."""

import sys

from sync.server.signer.__main__ import main

sys.exit(main())
