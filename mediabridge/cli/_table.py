"""Every command there is: its name, its module, its one line of help.

The one place that lists them. Help and dispatch read this table, so a command's
module is imported only when that command runs. The one line of help stands here and
nowhere else: the function of a command has no docstring that could say it differently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from mediabridge.accounts import Role
from mediabridge.locale import n_

if TYPE_CHECKING:
    from mediabridge.cli._result import Result


@dataclass(frozen=True)
class Entry:
    """One command, or one group of commands when *module* is empty."""

    name: str
    """Words as typed, such as ``bundles list``."""

    help: str
    """One line for ``--help``; a message id."""

    module: str = ""
    """Module below :mod:`mediabridge.cli`; its function is named like the last word."""

    function: str = ""
    """Name of the function, when the last word is a Python keyword or builtin."""

    plain: range | None = None
    """How many words may follow for which nothing has to be parsed; None: typer always does."""

    by: frozenset[Role] | None = None
    """Who may give it where the accounts are separate; None for groups only."""


BY_CLERK: Final = frozenset({Role.CLERK})
"""The daily carrying, and what is decided about records."""
BY_OFFICER: Final = frozenset({Role.OFFICER})
"""What answers for the content, for keys and trust data, and for the station itself."""
BY_BOTH: Final = BY_CLERK | BY_OFFICER
BY_NOBODY: Final[frozenset[Role]] = frozenset()
"""It sets up a station, belongs to a ceremony, or needs no station: not through its account."""

COMMANDS = (
    Entry(
        "demo",
        n_("Show one day's exchange from beginning to end, with training keys."),
        "demo",
        by=BY_NOBODY,
    ),
    Entry("station", n_("Set up a station, confirm its clock, back it up or restore it.")),
    Entry("station init", n_("Set up a station in an empty folder."), "station", by=BY_NOBODY),
    Entry(
        "station enrol",
        n_("Give a new station the city's trust data, after comparing the first root."),
        "station_enrol",
        by=BY_OFFICER,
    ),
    Entry(
        "station form",
        n_("Write the paper form with a fingerprint."),
        "station_enrol",
        by=BY_OFFICER,
    ),
    Entry(
        "station recipient",
        n_("Make another key for opening, and the request to enter it."),
        "station_recipient",
        by=BY_OFFICER,
    ),
    Entry(
        "station witness",
        n_("Make another witness key, and the request that retires the old one."),
        "station_witness",
        by=BY_OFFICER,
    ),
    Entry(
        "station clock",
        n_("Confirm that this machine's clock is right."),
        "station_clock",
        by=BY_OFFICER,
    ),
    Entry(
        "station tidy",
        n_("Remove what is settled for longer than the station keeps it, and log it."),
        "station_tidy",
        by=BY_OFFICER,
    ),
    Entry(
        "station backup",
        n_("Save the whole station, encrypted to the escrow, and read it back."),
        "station_backup",
        by=BY_OFFICER,
    ),
    Entry(
        "station restore",
        n_("Make a station of a backup, in a new or empty folder, with the escrow key."),
        "station_restore",
        by=BY_NOBODY,
    ),
    Entry(
        "station continue",
        n_("After a restoring: declare the missing numbers void, by the officers, and go on."),
        "station_continue",
        "continue_",
        by=BY_OFFICER,
    ),
    Entry("sample", n_("Make files of invented notices to practise with."), "sample", by=BY_NOBODY),
    Entry("collect", n_("Check files of notices and take them in."), "collect", by=BY_CLERK),
    Entry(
        "seal",
        n_("Seal what was collected into one signed, encrypted bundle."),
        "seal",
        by=BY_CLERK,
    ),
    Entry(
        "approve",
        n_("Look at the summary of a sealed bundle and approve it."),
        "approve",
        by=BY_OFFICER,
    ),
    Entry(
        "write",
        n_("Write an approved bundle to the medium and read it back."),
        "write",
        by=BY_CLERK,
    ),
    Entry(
        "export",
        n_("Seal, have approved if needed, and write: the clerk's one step."),
        "export",
        by=BY_CLERK,
    ),
    Entry(
        "import",
        n_("Check the bundles on a medium and apply them."),
        "import_",
        "import_",
        by=BY_CLERK,
    ),
    Entry(
        "verify",
        n_("Check a bundle without decrypting it, and say every check."),
        "verify",
        by=BY_BOTH,
    ),
    Entry(
        "watch",
        n_("Wait for media and do all that each of them came for, by itself."),
        "watch",
        by=BY_CLERK,
    ),
    Entry(
        "kiosk",
        n_("Show the screen of the person at the desk: one question at a time."),
        "kiosk",
        plain=range(1),
        by=BY_BOTH,
    ),
    Entry(
        "status",
        n_("Say what is collected, on its way, held or overdue."),
        "status",
        plain=range(1),
        by=BY_BOTH,
    ),
    Entry(
        "doctor",
        n_("Look at this machine and its station, and say what to do."),
        "doctor",
        by=BY_BOTH,
    ),
    Entry("media", n_("Sticks: who they are, where they are, how well they are.")),
    Entry(
        "media register",
        n_("Try a stick, give it its number, and sign who it is."),
        "media",
        by=BY_OFFICER,
    ),
    Entry("media issue", n_("Hand a medium out for a trip."), "media", by=BY_CLERK),
    Entry(
        "media hand-over",
        n_("Note that a medium on its trip goes to the next holder."),
        "media",
        "hand_over",
        by=BY_CLERK,
    ),
    Entry(
        "media slip",
        n_("Write the slip that goes with a medium, to be signed."),
        "media_slip",
        by=BY_BOTH,
    ),
    Entry("media arrive", n_("Note that a medium arrived at this station."), "media", by=BY_BOTH),
    Entry(
        "media return",
        n_("Note that a medium is back where it is kept."),
        "media",
        "return_",
        by=BY_BOTH,
    ),
    Entry("media lost", n_("Report a medium lost, and say what was on it."), "media", by=BY_BOTH),
    Entry("media retire", n_("Take a medium out of service for good."), "media", by=BY_OFFICER),
    Entry("media list", n_("List the media and where they are."), "media", "list_", by=BY_BOTH),
    Entry(
        "media show",
        n_("Show one medium: who it is, how well it is, its trips, what is on it."),
        "media",
        by=BY_BOTH,
    ),
    Entry(
        "media export",
        n_("Write the ledger of media for Excel: as CSV, or laid out for paper."),
        "media",
        by=BY_OFFICER,
    ),
    Entry(
        "media watch",
        n_("Say what is plugged in, each time it changes."),
        "media_watch",
        by=BY_BOTH,
    ),
    Entry(
        "media put-aside",
        n_("Move what does not belong there out of the exchange folder of a medium."),
        "media_put_aside",
        "put_aside",
        by=BY_OFFICER,
    ),
    Entry(
        "media erase",
        n_("Overwrite and delete every bundle on a medium, and what lies beside them."),
        "media_erase",
        by=BY_OFFICER,
    ),
    Entry("trust", n_("Who may sign, approve and read.")),
    Entry(
        "trust request",
        n_("Ask, in a file, to be put into the trust data."),
        "trust_request",
        by=BY_BOTH,
    ),
    Entry(
        "trust init",
        n_("Begin a ceremony: a draft of the first version."),
        "trust_draft",
        by=BY_NOBODY,
    ),
    Entry(
        "trust add", n_("Draft: take in what request files ask for."), "trust_draft", by=BY_NOBODY
    ),
    Entry(
        "trust remove",
        n_("Draft: take a station, a person or a key out."),
        "trust_draft",
        by=BY_NOBODY,
    ),
    Entry(
        "trust revoke", n_("Draft: let nobody believe a key any more."), "trust_draft", by=BY_NOBODY
    ),
    Entry(
        "trust route",
        n_("Draft: open a route, or change its approvals."),
        "trust_draft",
        by=BY_NOBODY,
    ),
    Entry(
        "trust media", n_("Draft: say which officers register media."), "trust_draft", by=BY_NOBODY
    ),
    Entry(
        "trust rotate",
        n_("Draft: exchange the holders of a role's keys."),
        "trust_draft",
        by=BY_NOBODY,
    ),
    Entry(
        "trust renew",
        n_("Draft: the same once more, for a later date."),
        "trust_draft",
        by=BY_NOBODY,
    ),
    Entry(
        "trust discard",
        n_("Throw the draft away; what was published stays."),
        "trust_draft",
        by=BY_NOBODY,
    ),
    Entry(
        "trust sign",
        n_("See what the draft changes, and sign it as one holder."),
        "trust_sign",
        by=BY_NOBODY,
    ),
    Entry(
        "trust publish",
        n_("Put a complete draft in force, and on a medium."),
        "trust_publish",
        by=BY_NOBODY,
    ),
    Entry(
        "trust update",
        n_("At a station: take over a medium's trust data."),
        "trust_publish",
        by=BY_OFFICER,
    ),
    Entry(
        "trust show",
        n_("Trust data in words: of a ceremony, a medium, a station."),
        "trust_show",
        by=BY_BOTH,
    ),
    Entry(
        "trust allowed-signers",
        n_("Write the lists of keys with which OpenSSH alone checks a bundle."),
        "trust",
        "allowed_signers",
        by=BY_OFFICER,
    ),
    Entry("keys", n_("Private keys at rest.")),
    Entry("keys new", n_("Make a private key, encrypted with a passphrase."), "keys", by=BY_BOTH),
    Entry(
        "keys show",
        n_("Show a key file: id, kind, public half; no passphrase."),
        "keys",
        by=BY_BOTH,
    ),
    Entry("keys passphrase", n_("Give a key file another passphrase."), "keys", by=BY_BOTH),
    Entry(
        "sync",
        n_("Speak to the hub: fetch what waits, take it, hand over what is due."),
        "sync",
        by=BY_CLERK,
    ),
    Entry(
        "lookup",
        n_("At the counter: the record with a card, as of when, and what to go by."),
        "lookup",
        plain=range(2),
        by=BY_CLERK,
    ),
    Entry(
        "explain",
        n_("Say what became of one record, what it changed, and on what rule."),
        "explain",
        by=BY_CLERK,
    ),
    Entry(
        "outcomes",
        n_("List what has to be sent elsewhere or otherwise, and why."),
        "outcomes",
        by=BY_CLERK,
    ),
    Entry("held", n_("Notices that wait for a person's decision; for the registry's desk only.")),
    Entry(
        "held list",
        n_("List the notices that wait, each with its reason."),
        "held",
        "list_",
        range(1),
        by=BY_CLERK,
    ),
    Entry(
        "held show",
        n_("Show one of them: what arrived beside what the register says."),
        "held",
        plain=range(1, 2),
        by=BY_CLERK,
    ),
    Entry(
        "held resolve",
        n_("Decide on them, one after the other; what follows is said before."),
        "held_resolve",
        by=BY_CLERK,
    ),
    Entry(
        "population",
        n_("Full populations compared with the register; for the registry's desk only."),
    ),
    Entry(
        "population list",
        n_("List the populations that came, what was found, and what is open."),
        "population",
        "list_",
        by=BY_CLERK,
    ),
    Entry(
        "population show",
        n_("Show what was found: what the extract says beside what the register says."),
        "population",
        by=BY_CLERK,
    ),
    Entry(
        "population apply",
        n_("Enter what was found in the register: one finding, or all of one kind."),
        "population_decide",
        by=BY_CLERK,
    ),
    Entry(
        "population reject",
        n_("Leave the register as it is, and say why; the answer travels home."),
        "population_decide",
        by=BY_CLERK,
    ),
    Entry("recover", n_("Open a bundle in an emergency, and try once a year that it would work.")),
    Entry(
        "recover split",
        n_("Put the escrow key into the hands of several people."),
        "recover_split",
        by=BY_NOBODY,
    ),
    Entry(
        "recover open",
        n_("Open a bundle with the escrow key, where there is no station."),
        "recover",
        "open_",
        by=BY_NOBODY,
    ),
    Entry(
        "recover drill",
        n_("Prove that the shares open what was sealed; log it."),
        "recover",
        by=BY_OFFICER,
    ),
    Entry("bundles", n_("Look at the bundles this station knows.")),
    Entry(
        "bundles list", n_("List bundles, newest first."), "bundles", "list_", range(1), by=BY_BOTH
    ),
    Entry(
        "bundles show",
        n_("Show one bundle: summary, approvals, outcome."),
        "bundles",
        plain=range(1, 2),
        by=BY_BOTH,
    ),
    Entry(
        "bundles void",
        n_("Have officers sign that a number will not come, so that the next ones can."),
        "bundles_void",
        by=BY_OFFICER,
    ),
    Entry(
        "bundles reissue",
        n_("Void a number by the officers, and seal what it held under the next one."),
        "bundles_void",
        by=BY_OFFICER,
    ),
    Entry("audit", n_("For the auditor: take the transfer logs along, and verify them.")),
    Entry(
        "audit export",
        n_("Write all transfer logs into a pack to verify elsewhere, or as lines for a SIEM."),
        "audit",
        by=BY_OFFICER,
    ),
    Entry(
        "audit verify",
        n_("Verify packs of transfer logs, and compare them."),
        "audit",
        by=BY_NOBODY,
    ),
    Entry(
        "audit report",
        n_("Report on a period: a page, a copy to sign off, sheets; linked to the entries."),
        "audit_report",
        by=BY_OFFICER,
    ),
    Entry(
        "audit show",
        n_("Search the transfer logs, and follow a bundle from its files to its receipt."),
        "audit_show",
        by=BY_OFFICER,
    ),
    Entry(
        "audit alarms",
        n_("Show what differs: the evidence of each alarm about a transfer log."),
        "audit_alarms",
        by=BY_OFFICER,
    ),
    Entry(
        "convert",
        n_("Turn a file of records from CSV into XML or back, losslessly."),
        "convert",
        by=BY_CLERK,
    ),
    Entry("names", n_("Names in 正字, as Notice 582 has it.")),
    Entry(
        "names convert",
        n_("Say what the notice makes of a name, by character."),
        "names",
        by=BY_BOTH,
    ),
    Entry(
        "names check",
        n_("Say which characters of a name cannot be used as they are."),
        "names",
        by=BY_BOTH,
    ),
    Entry("names table", n_("The table of Notice 582 in use.")),
    Entry(
        "names table show", n_("Say which table is in use, and what it holds."), "names", by=BY_BOTH
    ),
    Entry(
        "names table load",
        n_("Put a newer official table in place of the one in use."),
        "names",
        by=BY_OFFICER,
    ),
    Entry("codes", n_("Code tables: statuses, nationalities, municipalities and others.")),
    Entry("codes list", n_("List the code tables in use."), "codes", "list_", by=BY_BOTH),
    Entry("codes show", n_("Show one code table, or one code of it."), "codes", by=BY_BOTH),
    Entry(
        "codes load",
        n_("Put a table of your own in place of a shipped one."),
        "codes",
        by=BY_OFFICER,
    ),
    Entry("agency", n_("The agency: what is for many offices, each with a station in one folder.")),
    Entry(
        "agency collect",
        n_("Check a file for many offices, and take each one's part in at its station."),
        "agency",
        by=BY_NOBODY,
    ),
    Entry("hub", n_("The medium that answers over TLS: for whoever operates one for stations.")),
    Entry(
        "hub purge",
        n_("Let go what is kept for longer than the settings say."),
        "hub",
        by=BY_NOBODY,
    ),
    Entry("hub serve", n_("Serve stations and operators until told to stop."), "hub", by=BY_NOBODY),
    Entry("software", n_("Updates by stick: this program, signatures, system packages.")),
    Entry(
        "software add",
        n_("Describe a file of software and take it in, to be sent."),
        "software",
        by=BY_CLERK,
    ),
    Entry(
        "software list",
        n_("List the software that goes out and that came."),
        "software",
        "list_",
        by=BY_BOTH,
    ),
    Entry(
        "software show",
        n_("Show one file of software: what it is, who approved it."),
        "software",
        by=BY_BOTH,
    ),
    Entry(
        "software install",
        n_("Have a staged version of this program installed, by an officer's signature."),
        "software_install",
        by=BY_OFFICER,
    ),
    Entry(
        "software apply",
        n_("As root, by a service: verify anew what an officer ordered, and install it."),
        "software_apply",
        by=BY_NOBODY,
    ),
    Entry(
        "plan",
        n_("Say how much an office has to carry, and how long it takes."),
        "plan",
        by=BY_BOTH,
    ),
    Entry(
        "bench",
        n_("Measure this machine against the figures that we promise."),
        "bench",
        by=BY_NOBODY,
    ),
)
"""In the order of ``--help``: first the journey, then looking back, then the machine."""


def function_name(entry: Entry) -> str:
    """Return the name of the function that carries out *entry*."""
    return entry.function or entry.name.split()[-1]


def function_of(entry: Entry) -> Callable[..., Result]:
    """Import and return the function that carries out *entry*, which is no group."""
    module = import_module(f"mediabridge.cli.{entry.module}")
    function: Callable[..., Result] = getattr(module, function_name(entry))
    return function


def below(group: str) -> dict[str, Entry]:
    """Return the entries directly below *group* (``""`` is the top), by last word."""
    split = ((entry.name.rpartition(" "), entry) for entry in COMMANDS)
    return {word: entry for (parent, _, word), entry in split if parent == group}
