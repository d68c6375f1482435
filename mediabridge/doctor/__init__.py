"""Doctor: looks at the machine and the station, and says what to do about what it finds.

It changes nothing and needs no passphrase. :func:`examine` yields one :class:`Finding` for
each check, whether there is a station or not; a check that cannot be made is a finding too.
"""

from mediabridge.doctor.examining import examine
from mediabridge.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
