"""A whole station, sealed to the escrow and read again: ``docs/format/backup.md``.

:mod:`gathering` says what belongs in a backup, :mod:`saving` makes one, :mod:`restoring` makes a
station of one. What a restored station may do is decided in
:mod:`mediabridge.stations.setback`.
"""
