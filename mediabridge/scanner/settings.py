"""Which scanner a station asks, and what it does where the scanner cannot say; ``[scanner]``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mediabridge.config import SCANNER_OLD_DAYS, SCANNER_OLD_MOST_DAYS
from mediabridge.locale import text

Policy = Literal["refuse", "warn"]
"""``refuse``: nothing comes in. ``warn``: it does, and screen and log say what was not scanned."""

CONFIGURATION: Final = Path("/etc/clamav/clamd.conf")
"""Where Debian keeps what the daemon goes by."""


def _whole(path: Path) -> Path:
    if not path.is_absolute():
        msg = text("{path} does not begin with /", path=path)
        raise ValueError(msg)
    return path


_AbsolutePath = Annotated[Path, Field(strict=False), AfterValidator(_whole)]


class ScannerSettings(BaseModel):
    """The lines of ``[scanner]``; what was found is refused whatever they say."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    socket: _AbsolutePath
    """The socket of ClamAV's daemon, such as ``/run/clamav/clamd.ctl``."""
    old_days: Annotated[int, Field(ge=1, le=SCANNER_OLD_MOST_DAYS)] = SCANNER_OLD_DAYS
    """Signatures of more days are old."""
    down: Policy = "refuse"
    """The scanner cannot be asked, or does not do what it is relied on for."""
    old: Policy = "refuse"
    """Its signatures are old, or it does not say of which day they are."""
    over_limit: Policy = "refuse"
    """A file is over one of its limits, so that it did not look at all of it."""
    configuration: _AbsolutePath = CONFIGURATION
    """Where ``doctor`` reads its limits."""
