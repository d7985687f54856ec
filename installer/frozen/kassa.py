"""The frozen program `kassa`: the same commands as `python -m kassaapp`."""

import sys

from kassaapp.__main__ import main

sys.exit(main())
