"""The frozen program `kassa-verify`: the auditor's tool alone, `kassa-verify PATH`. It loads neither window nor key."""

import sys

from kassaapp.__main__ import main

sys.exit(main(["verify", *sys.argv[1:]]))
