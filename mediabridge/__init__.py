"""mediabridge carries notices between two networks that must never be joined.

The folder list reads as the journey of one day's data::

    records -> bundle -> media -> verify -> apply -> receipt -> translog

Start with :mod:`mediabridge.stations.desk`: one short method per journey, calling the
stages in order. The house on one page is docs/architecture.md.
"""

__version__ = "0.1.0"
