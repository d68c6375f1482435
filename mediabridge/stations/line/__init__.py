"""The line: a station speaks to a hub, fetches what waits, hands over what is due, and leaves.

A hub is a medium that answers. What travels is the same sealed bundle as on a stick, taken and
written by the same journeys; the hub is believed in nothing. While bytes are on the wire the
station is not held: other commands work at it meanwhile.

* :mod:`~mediabridge.stations.line.spool`: the folder where bundles lie on their way;
* :mod:`~mediabridge.stations.line.slot`: the hub as a medium that is written to;
* :mod:`~mediabridge.stations.line.fetching`, :mod:`~mediabridge.stations.line.sending`: both ways;
* :mod:`~mediabridge.stations.line.connecting`: who the hub is, and who this station is;
* :mod:`~mediabridge.stations.line.syncing`: all of it, once;
* :mod:`~mediabridge.stations.line.reporting`: a report of faults, when a person sends one.
"""
