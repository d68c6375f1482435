"""Software on this machine: what is installed, what a file says of itself, and what proves it.

Only read here. What came by a stick is installed by the IT staff, by hand and as root
(docs/operations/update.md).
"""
