"""What a private key is for, in the words of the command line."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Purpose(StrEnum):
    """A key has one purpose for life; which kind of key serves it is in ``keymaking``."""

    STATION = "station"
    """Signs the bundles of a station."""

    LOG = "log"
    """Signs the checkpoints of a station's transfer log."""

    WITNESS = "witness"
    """Cosigns the checkpoints of other stations' transfer logs."""

    RECIPIENT = "recipient"
    """Opens what was sealed for a station or for escrow."""

    OFFICER = "officer"
    """Signs approvals and media."""

    CLERK = "clerk"
    """Signs who prepared, carried and received."""

    TUF = "tuf"
    """Signs one role of the trust data."""

    TUF_ECDSA_P384 = "tuf-ecdsa-p384"
    """Signs one role of the trust data, too, where a curve of NIST is asked for."""

    TUF_ML_DSA_65 = "tuf-ml-dsa-65"
    """The half of a root holder's key pair that outlives classical signatures."""
