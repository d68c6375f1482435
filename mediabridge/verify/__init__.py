"""Every accept-or-refuse decision, pure: bytes and facts in, a verified type or an error out.

Nothing here touches a medium, a database, the network or the clock. The journey in
:mod:`mediabridge.stations` reads and writes; it asks this package before each effect.
"""

from mediabridge.verify.examination import Examination, Expectation, show_mended
from mediabridge.verify.order import RouteState
from mediabridge.verify.verdict import Check, Verdict

__all__ = ["Check", "Examination", "Expectation", "RouteState", "Verdict", "show_mended"]
