"""Every accept-or-refuse decision, pure: bytes and facts in, a verified type or an error out.

Nothing here touches a medium, a database, the network or the clock. The journey in
:mod:`mediabridge.stations` reads and writes; it asks this package before each effect.
"""

from typing import TYPE_CHECKING

from mediabridge.lazily import offered

if TYPE_CHECKING:
    from mediabridge.verify.examination import Examination, Expectation, show_mended
    from mediabridge.verify.order import RouteState
    from mediabridge.verify.verdict import Check, Verdict

__all__ = ["Check", "Examination", "Expectation", "RouteState", "Verdict", "show_mended"]

__getattr__ = offered(
    __name__,
    {
        "examination": ("Examination", "Expectation", "show_mended"),
        "order": ("RouteState",),
        "verdict": ("Check", "Verdict"),
    },
)
