"""A registry that is a vendor's system: notices are handed over as files, and it enters them.

Its database is outside our transaction. So nothing that goes through here is called
applied: a notice is *handed over*, exactly once, and what the vendor's system makes of it
is read back where it says so. Journal and outcomes are kept in the embedded registry
(:mod:`mediabridge.apply.sqlite`), without residents.

Why it is made like this: docs/adr/0018-hand-over-to-a-vendor-by-files.md.
"""

from mediabridge.apply.dropfolder.registry import DropFolderRegistry

__all__ = ["DropFolderRegistry"]
