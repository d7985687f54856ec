"""How a database came to its shape: one step a file in `versions`, run by Alembic through `sync.server.shape`.

A step holds the tables as they were then and never imports `tables`, which is the shape of today. It needs no guards
and no rights: `shape.upgrade` puts those up after the last step. There is no way back: what registers were told they
have is in the database, so a step that was not right is mended by the next one.
"""
