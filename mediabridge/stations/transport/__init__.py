"""The door of a station: one folder in which another system leaves files, and finds what came.

What is where in it is :mod:`~mediabridge.stations.transport.door`; what is done with it,
:mod:`~mediabridge.stations.transport.picking` and
:mod:`~mediabridge.stations.transport.handing`. The page for whoever connects a system is
``docs/operations/transport.md``.
"""
