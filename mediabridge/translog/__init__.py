"""The tamper-evident transfer log: what moved, as evidence that nobody can rewrite unseen.

A station appends :mod:`~mediabridge.translog.events` to its
:class:`~mediabridge.translog.store.TransferLog`, whose
:mod:`~mediabridge.translog.merkle` root it signs as a
:mod:`~mediabridge.translog.checkpoint`. Each bundle carries a
:mod:`~mediabridge.translog.section` of that log, which the peer checks and keeps
in a :class:`~mediabridge.translog.mirror.PeerMirror`. ::

    with database.connect(home / "log.db", owner) as connection:
        log = TransferLog(connection, origin_of("city.example.jp", "lgwan"))
        log.append(events.build(Event.BUNDLE_SEALED, ...))
        section = log.section(start=acknowledged, signer=signer)

The format is described in ``docs/format/transfer-log.md``.
"""
