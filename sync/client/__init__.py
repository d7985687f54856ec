"""What runs beside the till: sends its records to the region and believes only what the region proves.

Read `engine.py` first (no network, no clock), then `round.py`, which is one round of contact, and `loop.py`, which goes
round until told to stop.
"""
