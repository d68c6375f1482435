"""Software that came, at the desk: which there is, what proves it, and ordering it installed.

It is never installed by this account. An officer's order is a signature over the file; root's
service takes nothing here for true (:mod:`mediabridge.install.admitting`).
"""

from __future__ import annotations

from mediabridge.bundle import sshsig
from mediabridge.bundle.software import Software, Sort
from mediabridge.durable import sync_folder, write_durably
from mediabridge.errors import (
    SoftwareChangedError,
    SoftwareNotReadyError,
    SoftwareUnfitError,
    SoftwareUnknownError,
)
from mediabridge.install import evidence, judging
from mediabridge.install.judging import Unfit
from mediabridge.install.machine import result_of
from mediabridge.install.orders import (
    Ended,
    Order,
    SignedOrder,
    Trouble,
    read_order,
    read_result,
)
from mediabridge.locale import text, translate
from mediabridge.stations import removed, settings
from mediabridge.stations.books import BundleState, SoftwareRow, SoftwareState
from mediabridge.stations.officers import officer_of
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer
from mediabridge.verify.software import Here, Proven, check_evidence

_KEPT = frozenset(SoftwareState) - {SoftwareState.COLLECTED, SoftwareState.REFUSED}
"""States in which a file that came is kept here, until its rule lets it go."""

_SAVED = (
    Event.BUNDLE_APPLIED,
    Event.BUNDLE_SEALED,
    Event.RECEIPT_ACCEPTED,
    Event.RECORD_DECIDED,
)
"""What a backup has to hold before the program is exchanged."""


def chosen(station: OpenStation, start: str) -> SoftwareRow:
    """Return the one file of software whose SHA-256 begins with *start*; what came goes first.

    Raises:
        SoftwareUnknownError: none does, or several do.
    """
    for direction in ("in", "out"):
        rows = station.books.software(direction)
        found = [row for row in rows if row.described.sha256.startswith(start)]
        if len(found) == 1:
            return found[0]
    raise SoftwareUnknownError(name=start[:64])


def proven(station: OpenStation, row: SoftwareRow) -> Proven | None:
    """Return what is proven of a file that is kept here; None where it is kept no more.

    Raises:
        SoftwareChangedError: a file of it was exchanged, or is gone without its rule.
        BundleError, ApprovalError: as :func:`mediabridge.verify.software.check_evidence`.
    """
    if row.state not in _KEPT or removed.software_removed_at(station, row):
        return None
    sha256 = row.described.sha256
    here = Here(station.id, station.config.mode)
    folder = station.home.software / sha256
    found = evidence.read(folder)
    checked = check_evidence(found, sha256, station.trust, here)
    if checked.software != row.described or checked.header.bundle != row.bundle:
        raise SoftwareChangedError(name=sha256[:16], detail="station.db")
    evidence.check_payload(folder, checked.software)
    return checked


def have_installed(station: OpenStation, row: SoftwareRow, officer: Signer) -> Order:
    """Order that a staged file is put in place, by the signature of *officer*; root decides.

    Raises:
        SoftwareUnknownError: it is not kept here, or its bundle was not taken.
        SoftwareChangedError: what is kept is not what was approved.
        SoftwareUnfitError: it is not later than what is installed, or not for this machine.
        SoftwareNotReadyError: something is under way, or the newest backup lacks something.
        SignerUnknownError, SignerRoleError, SignerRevokedError: the key is not an officer's.
        BundleError, ApprovalError: as :func:`proven`.
    """
    sha256 = row.described.sha256
    if proven(station, row) is None or station.books.bundle(row.bundle) is None:
        raise SoftwareUnknownError(name=sha256[:16])
    person = officer_of(station, officer)
    _require_forward(station, row.described)
    _require_idle(station)
    _require_backup(station)
    order = Order.new(
        person.name, station=station.id, bundle=row.bundle, sha256=sha256, time=station.now()
    )
    namespace = station.trust.install_namespace
    signature = sshsig.sign(order.to_bytes(), namespace=namespace, signer=officer)
    station.record(
        Event.SOFTWARE_ORDERED, actor=person.name, order_sha256=order.digest, **_facts(row)
    )
    with station.books.transaction():
        station.books.set_software("in", sha256, SoftwareState.ORDERED, "")
    signed = SignedOrder(order=order, signature=signature.decode("ascii"))
    write_durably(station.home.order_file, signed.to_bytes(), mode=0o600)
    return order


def _facts(row: SoftwareRow) -> dict[str, str]:
    described = row.described
    return {"bundle": row.bundle, "file_sha256": described.sha256, "sort": described.sort}


def _require_forward(station: OpenStation, described: Software) -> None:
    reason: Unfit | None = judging.unfit(described, station.config.role)
    detail = translate(reason.sentence) if reason else ""
    if described.sort != Sort.PROGRAM:
        detail = text("the IT staff put it in place by hand")
    if detail:
        installed = judging.installed(described) or "-"
        name, version = described.name, described.version
        raise SoftwareUnfitError(name=name, version=version, detail=detail, installed=installed)


def _require_idle(station: OpenStation) -> None:
    """Refuse while something is half way: what was sealed is written by what sealed it."""
    if station.books.ordered_software():
        raise SoftwareNotReadyError(detail=text("an order waits for its answer"))
    for state in (BundleState.SEALED, BundleState.APPROVED):
        for row in station.books.bundles_in(state):
            detail = text("bundle number {seq} is sealed and not written yet", seq=row.seq)
            raise SoftwareNotReadyError(detail=detail)


def _require_backup(station: OpenStation) -> None:
    """Refuse without a backup that has all that came and went: a new version changes databases."""
    saved = station.log.newest_position(Event.STATION_BACKED_UP)
    if saved is None:
        raise SoftwareNotReadyError(detail=text("the station has no backup"))
    for event in _SAVED:
        if (newest := station.log.newest_position(event)) is not None and newest > saved:
            detail = text("the newest backup is from before: {event}", event=event)
            raise SoftwareNotReadyError(detail=detail)


def note_results(station: OpenStation) -> None:
    """Note, with a log entry first, what root says of what was ordered."""
    folder = settings.load(station.home.settings_file).software.installer
    signed = read_order(station.home.order_file)
    for file in station.books.ordered_software():
        row = station.books.software_file("in", file)
        if row is None:
            continue
        if signed is None or signed.order.sha256 != file:
            _note(station, row, SoftwareState.FAILED, Trouble.NOT_PLACED.value, None)
            continue
        ended = read_result(result_of(folder, signed.order.digest), signed.order.digest)
        if ended is not None:
            _note_answer(station, row, ended)


def _note_answer(station: OpenStation, row: SoftwareRow, ended: Ended) -> None:
    if ended.result == "failed":
        _note(station, row, SoftwareState.FAILED, ended.reason, ended.order)
    else:
        _note(station, row, SoftwareState.INSTALLED, "", ended.order)
    station.home.order_file.unlink(missing_ok=True)
    sync_folder(station.home.root)


def _note(
    station: OpenStation, row: SoftwareRow, state: SoftwareState, reason: str, order: str | None
) -> None:
    named = {"order_sha256": order} if order else {}
    if state is SoftwareState.FAILED:
        station.record(Event.SOFTWARE_FAILED, **_facts(row), **named, reason=reason)
    else:
        station.record(Event.SOFTWARE_INSTALLED, **_facts(row), **named)
    with station.books.transaction():
        station.books.set_software("in", row.described.sha256, state, reason)


def reason_said(code: str) -> str:
    """Return what the *code* of a refusal means; one of another program stays as it is."""
    for known in (Unfit, Trouble):
        if code in set(known):
            return translate(known.of(code).sentence)
    return code
