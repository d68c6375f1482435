"""Changing the registry: what a verified bundle says becomes what the registry knows.

:func:`apply_bundle` is the unit of effect. For every notice it looks the person up by
card number (:mod:`~mediabridge.apply.plan`), asks the rules
(:mod:`~mediabridge.apply.rules`), changes the resident record or holds the notice for a
person, and notes the outcome; the journal entry and all of it are one transaction
(ADR 0003) of a registry (:mod:`~mediabridge.apply.ports`). ::

    with open_registry(home / "registry.db", owner) as registry:
        applied = apply_bundle(
            registry, bundle, records, now=clock.now(), decided_by=operator,
            before_commit=lambda counts: log.append(...),
        )

A change that comes from a notice is never reported back (入管法 61条の8の2 exempts it), so
nothing here makes a ``municipal_notice``.

Results, as a receipt carries them: ``applied``; ``already_applied`` for a record received
before; ``moved_out`` with the next municipality, if known; ``held`` with an
:class:`ApplyReason`. ``not_found``, ``conflict`` and ``rejected`` are what a person may
decide about a held record; no rule decides them.
"""

from typing import TYPE_CHECKING

from mediabridge.lazily import offered

if TYPE_CHECKING:
    from mediabridge.apply.apply import Applied, apply_bundle
    from mediabridge.apply.embedded import EMBEDDED
    from mediabridge.apply.journal import (
        AppliedBundleInfo,
        Counts,
        HeldNotice,
        JournalEntry,
        Outcome,
    )
    from mediabridge.apply.opening import (
        copy_registry,
        examine_registry,
        is_earlier_registry,
        open_registry,
    )
    from mediabridge.apply.ports import Registry
    from mediabridge.apply.reasons import ApplyReason
    from mediabridge.apply.resident import POPULATION_COLUMNS, Found, Resident, State

__getattr__ = offered(
    __name__,
    {
        "apply": ("Applied", "apply_bundle"),
        "journal": ("AppliedBundleInfo", "Counts", "HeldNotice", "JournalEntry", "Outcome"),
        "opening": (
            "copy_registry",
            "examine_registry",
            "is_earlier_registry",
            "open_registry",
        ),
        "embedded": ("EMBEDDED",),
        "ports": ("Registry",),
        "reasons": ("ApplyReason",),
        "resident": ("POPULATION_COLUMNS", "Found", "Resident", "State"),
    },
)

__all__ = [
    "EMBEDDED",
    "POPULATION_COLUMNS",
    "Applied",
    "AppliedBundleInfo",
    "ApplyReason",
    "Counts",
    "Found",
    "HeldNotice",
    "JournalEntry",
    "Outcome",
    "Registry",
    "Resident",
    "State",
    "apply_bundle",
    "copy_registry",
    "examine_registry",
    "is_earlier_registry",
    "open_registry",
]
