"""The reports that an office files: what the transfer logs say of a period, on paper.

Its modules are for :mod:`mediabridge.cli` and the benches. The libraries that lay pages and sheets
out are an extra (``report``) and are imported where they are used: a station that makes no report
needs none of them, and no other command waits for them.
"""
