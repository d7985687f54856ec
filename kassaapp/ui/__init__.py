"""The glass: Qt widgets that set what a screen's view says and send back what was wished. Decides nothing.

The only folder that imports PySide6. `start.run` opens the window on a desk.
"""
