"""What sets a machine up: for developers (`develop.py`), for the demonstration, and the builds that clinics install.

Nothing in `kassaapp` or `sync` may import from here.
"""
