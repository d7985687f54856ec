"""The window without the glass: what is shown and what a key does, in plain Python.

One file a screen. Each has a `view`, a frozen dataclass of ready text and booleans that a widget only has to set, and
methods for what a person may wish. A refusal becomes a sentence in the view; nothing here knows Qt.
"""
