"""The rules of the cash register: pure functions from what is known and what is wished to an event, or a refusal.

Nothing here knows the time, a disk, a network, a key, paper or language; only the standard library is imported. Read
`events.py` first, then `state.py`.
"""
