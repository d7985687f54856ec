"""What PyInstaller is given: one short script for each program, and `kassa.spec` which says what goes with them."""
