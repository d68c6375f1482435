"""The agency's station: sends notices to one municipality, takes what that tells the agency.

An agency that serves many has a folder of such stations, one for each of them.
"""

from __future__ import annotations

from mediabridge.stations.delivering import DeliveringDesk


class AgencyStation(DeliveringDesk):
    """The station at the agency; a line, and no stick, leads to it."""
