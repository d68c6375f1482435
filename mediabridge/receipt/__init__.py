"""Receipts: the receiver's outcome, record by record, on its way back to the sender.

A receipt is a file inside a bundle of the opposite route, so it is encrypted, signed
and approved as that bundle is. :func:`write_receipt` issues one,
:class:`ReceiptReader` accepts one; the format is ``docs/format/receipt.md``.
"""

from typing import TYPE_CHECKING

from mediabridge.lazily import offered

if TYPE_CHECKING:
    from mediabridge.receipt.accept import ReceiptReader
    from mediabridge.receipt.issue import Head, write_receipt

__getattr__ = offered(__name__, {"accept": ("ReceiptReader",), "issue": ("Head", "write_receipt")})

__all__ = ["Head", "ReceiptReader", "write_receipt"]
