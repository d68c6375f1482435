"""The commands that are disturbed, each with what went before; and those that are not.

Whoever adds a command adds it to one of the two lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from attacks.records import card
from attacks.world import World
from journeys import happenings
from journeys.happenings import HELD, LGWAN, NUMBER, REGISTRY

DONE: Final = "DONE"
PARKED: Final = "BUNDLE_PARKED"
NOTED: Final = "MEDIUM_NOTED_BEFORE"
SEEN: Final = "@seen"
"""Stands for the version that :attr:`Stage.look` returns."""

MEDIUM: Final = ("--medium", "@medium", "--folder")
OFFICER: Final = ("--key", "@city/keys/officer-1.json", "--yes")
NOT_FOUND: Final = ("held", "resolve", HELD, "--decision", "not_found", "--seen", SEEN)

TWO: Final = ("--second", "officer-2", "--seen", SEEN)


@dataclass(frozen=True)
class Stage:
    """One command, in the world in which it is given."""

    station: str
    words: tuple[str, ...]
    """As typed; ``@`` begins a path in the world."""
    done_before: str = DONE
    """What it says when all was done before."""
    says: str = DONE
    """What it says when nothing disturbs it."""
    follows: str = ""
    """Before which stage of the day it is given; that of its own name otherwise."""
    happens: Callable[[World], None] = happenings.nothing
    """What comes before it, besides."""
    look: Callable[[World], str] = happenings.look
    """Where it is a decision: returns what the clerk has looked at."""


COMMANDS: Final[dict[str, Stage]] = {
    # The day, in its order.
    "collect": Stage(LGWAN, ("collect", "@isa.csv"), happens=happenings.bring_a_file),
    "seal": Stage(LGWAN, ("seal",), "NOTHING_TO_SEAL"),
    "approve": Stage(LGWAN, ("approve", *OFFICER), "NO_BUNDLE_WAITING"),
    "write": Stage(LGWAN, ("write", *MEDIUM), "NO_BUNDLE_WAITING"),
    "import_": Stage(REGISTRY, ("import", *MEDIUM), "ALREADY_APPLIED"),
    "seal_answer": Stage(REGISTRY, ("seal",), "NOTHING_TO_SEAL"),
    "write_answer": Stage(
        REGISTRY, ("write", *MEDIUM), "NO_BUNDLE_WAITING", happens=happenings.approve_the_answer
    ),
    "import_answer": Stage(LGWAN, ("import", *MEDIUM), "ALREADY_APPLIED"),
    "export": Stage(LGWAN, ("export", *MEDIUM, *OFFICER), follows="seal"),
    "reject": Stage(
        LGWAN, ("approve", "--reject", "WRONG_CONTENT", *OFFICER), "NO_BUNDLE_WAITING",
        follows="approve",
    ),
    # Out of turn.
    "collect_changes": Stage(
        REGISTRY, ("collect", "--from-registry"),
        follows="collect_answer", happens=happenings.change_residents,
    ),
    "reissue": Stage(
        LGWAN, ("bundles", "reissue", "1", *OFFICER), "NOT_VOIDABLE",
        follows="import_", happens=happenings.lose_the_stick,
    ),
    "void": Stage(
        LGWAN, ("bundles", "void", "1", "--reason", "MEDIUM_LOST", *OFFICER),
        follows="import_", happens=happenings.lose_the_stick,
    ),
    "import_void": Stage(
        REGISTRY, ("import", *MEDIUM), "ALREADY_APPLIED",
        follows="collect", happens=happenings.declare_void,
    ),
    "park": Stage(
        REGISTRY, ("import", *MEDIUM), PARKED, says=PARKED,
        follows="collect", happens=happenings.come_early,
    ),
    "import_parked": Stage(
        REGISTRY, ("import", *MEDIUM), "ALREADY_APPLIED",
        follows="collect", happens=happenings.wait_for_the_first,
    ),
    "continue_": Stage(
        LGWAN, ("station", "continue", *OFFICER),
        follows="end", happens=happenings.come_from_a_backup,
    ),
    # Decisions, and what is asked at the counter.
    "resolve": Stage(REGISTRY, NOT_FOUND, "HELD_DECIDED", follows="collect_answer"),
    "resolve_again": Stage(
        REGISTRY, (*NOT_FOUND, "--again", "--second", "officer-2"), "HELD_CHANGED",
        follows="collect_answer", happens=happenings.decide,
    ),
    "lookup": Stage(REGISTRY, ("lookup", card(1)), follows="collect_answer"),
    # A full population.
    "import_population": Stage(
        REGISTRY, ("import", *MEDIUM), "ALREADY_APPLIED",
        follows="collect", happens=happenings.bring_a_population,
    ),
    "apply_population": Stage(
        REGISTRY, ("population", "apply", "--kind", "missing", *TWO), "FINDING_UNKNOWN",
        follows="collect", happens=happenings.compare_a_population,
        look=happenings.look_at_the_new,
    ),
    "reject_population": Stage(
        REGISTRY,
        ("population", "reject", "--kind", "extra", "--because", "register-right", *TWO),
        "FINDING_UNKNOWN",
        follows="collect", happens=happenings.compare_a_population,
        look=happenings.look_at_the_old,
    ),
    # Software.
    "add_software": Stage(
        LGWAN, ("software", "add", "@mediabridge_99.1_all.deb", "--sort", "program"),
        follows="collect", happens=happenings.let_software_travel,
    ),
    "import_software": Stage(
        REGISTRY, ("import", *MEDIUM), "ALREADY_APPLIED",
        follows="collect", happens=happenings.bring_software,
    ),
    "install_software": Stage(
        REGISTRY, ("software", "install", SEEN, *OFFICER), "SOFTWARE_NOT_READY",
        follows="collect", happens=happenings.have_software_waiting,
        look=happenings.look_at_software,
    ),
    # Sticks.
    "lost": Stage(
        LGWAN, ("media", "lost", NUMBER), NOTED, follows="write",
        happens=happenings.carry_on_a_stick,
    ),
    "issue": Stage(
        LGWAN, ("media", "issue", NUMBER, "--to", "clerk-1"), "USAGE", follows="write",
        happens=happenings.register,
    ),
    "hand_over": Stage(
        LGWAN, ("media", "hand-over", NUMBER, "--to", "officer-2"), follows="write",
        happens=happenings.carry_on_a_stick,
    ),
    "arrive": Stage(
        REGISTRY, ("media", "arrive", NUMBER), NOTED, follows="collect",
        happens=happenings.tell_of_a_trip,
    ),
    "return_": Stage(
        LGWAN, ("media", "return", NUMBER), "MEDIUM_NOT_ON_TRIP", follows="write",
        happens=happenings.carry_on_a_stick,
    ),
    "retire": Stage(
        LGWAN, ("media", "retire", NUMBER, *OFFICER[:2]), NOTED, follows="write",
        happens=happenings.carry_on_a_stick,
    ),
    "put_aside": Stage(
        LGWAN, ("media", "put-aside", *MEDIUM, *OFFICER), follows="end",
        happens=happenings.leave_a_memo,
    ),
    "erase": Stage(LGWAN, ("media", "erase", *MEDIUM, *OFFICER), follows="end"),
    # The station itself.
    "update_trust": Stage(
        LGWAN, ("trust", "update", *MEDIUM), follows="collect", happens=happenings.publish_trust
    ),
    "recipient": Stage(LGWAN, ("station", "recipient", "--out", "@request.json"), follows="end"),
    "witness": Stage(LGWAN, ("station", "witness", "--out", "@witness.json"), follows="end"),
    "clock": Stage(LGWAN, ("station", "clock", "--yes"), follows="end"),
    "tidy": Stage(
        LGWAN, ("station", "tidy", "--yes"), follows="end",
        happens=happenings.refuse_files_long_ago,
    ),
    "backup": Stage(
        LGWAN, ("station", "backup", "--output", "@backup"), "FOLDER_NOT_EMPTY", follows="end"
    ),
}  # fmt: skip

LEFT_OUT: Final = {
    "they change nothing that a station keeps": (
        "demo", "sample", "verify", "status", "doctor", "media list", "media show",
        "media export", "media slip", "media watch", "trust show", "trust allowed-signers",
        "keys show",
        "explain", "outcomes", "held list", "held show", "bundles list", "bundles show",
        "convert", "names convert", "names check", "names table show", "codes list",
        "codes show", "station form", "population list",
        "population show", "software list", "software show", "plan", "bench", "audit export",
        "audit verify",
        "audit report", "audit show", "audit alarms",
    ),
    "they do what the commands above do, or only with a device, which the rig has": (
        "watch", "kiosk", "media register",
    ),
    "they make a station, or make it anew, in a folder that appears as a whole": (
        "station init", "station restore",
    ),
    "one file or folder is put in place, in one step": (
        "station enrol", "keys new", "keys passphrase", "names table load", "codes load",
    ),
    "they are given at a ceremony, where there is no station": (
        "trust request", "trust init", "trust add", "trust remove", "trust revoke",
        "trust route", "trust media", "trust rotate", "trust renew", "trust discard",
        "trust sign", "trust publish", "recover split", "recover open",
    ),
    "they are a hub's, which is no station (tests/hub)": ("hub serve", "hub purge"),
    "they do what the commands above do, over a line that tests/line has and cuts": ("sync",),
    "it does what collect does, at one station after the other; tests/line kills it in between": (
        "agency collect",
    ),
    "one entry of the log is all": ("recover drill",),
    "root gives it, and tests/install and the rig cut its power": ("software apply",),
}  # fmt: skip
"""Why the other commands are not disturbed here."""
