"""The two journeys, put together from the stages.

Read :mod:`~mediabridge.stations.desk` first: ``export`` and ``import_`` are one short
method each, and the ones that run, whoever calls. :mod:`~mediabridge.stations.lgwan` and
:mod:`~mediabridge.stations.registry` say what *taking* a bundle means on each side;
:mod:`~mediabridge.stations.serving` is the same for a stick that is plugged in while
:mod:`~mediabridge.stations.watching` stands at the desk.

The rooms are :mod:`~mediabridge.stations.outgoing` (collect, seal, approve, write) and
:mod:`~mediabridge.stations.incoming` (stage, verify, open, take), which know nothing of each
other, above :mod:`~mediabridge.stations.sticks` (found, recognised, in whose hands, put in
order, let go). All of them work on an open
:class:`~mediabridge.stations.station.OpenStation`.
"""
