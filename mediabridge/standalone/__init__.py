"""Programs of one file for auditors: they need Python and ``cryptography``, and nothing of ours.

Each is shipped in what it verifies, so that it runs on a laptop without mediabridge. None
imports a module of this package, and what they verify is described in ``docs/format``.
"""
