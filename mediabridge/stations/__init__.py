"""The two journeys, put together from the stages.

Read :mod:`~mediabridge.stations.lgwan` and :mod:`~mediabridge.stations.registry`
first: each is one short method per journey. What both stations do alike stands in
:mod:`~mediabridge.stations.outgoing` (collect, seal, approve, write) and
:mod:`~mediabridge.stations.incoming` (stage, verify, open, take).
"""
