"""What carries the records from a register to its region, and proves that they arrived.

`wire` is what register, server and auditor must agree on byte for byte; `client` runs beside the till; `server` is the
region. Client and server never import each other, and nothing here imports `kassaapp`. Read `wire/record.py` first.
"""
