"""Open the draft of the next version, or go on with it: one change at a time.

Nothing published changes. A change takes away the signatures of whatever it changes; they
were given to something else. A root that stays the same keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tuf.api.metadata import Root

from mediabridge import errors, locale
from mediabridge.clock import check_built
from mediabridge.trust import keytext, tuf_keys
from mediabridge.trust.ceremony import draft as drafts
from mediabridge.trust.ceremony import entries, folder, roles, signing
from mediabridge.trust.ceremony.draft import Draft
from mediabridge.trust.ceremony.entries import Validity
from mediabridge.trust.ceremony.folder import Opened
from mediabridge.trust.ceremony.roles import Role
from mediabridge.trust.requests import Request
from mediabridge.trust.trust_data import Person, Station, TrustData

Change = Callable[["Plan"], "Plan"]


@dataclass(frozen=True)
class Plan:
    """What the next version shall say."""

    root: Root
    trust: TrustData


def begin(path: Path, first: Plan, now: datetime) -> Opened:
    """Begin a ceremony in the folder *path* with version 1.

    Raises:
        UsageError: there is a ceremony already.
        ClockTooEarlyError: the machine's clock, by which everything would count, is wrong.
        OSError: the folder cannot be written.
    """
    check_built(now)
    opened = folder.open_folder(path)
    if opened.published is not None or opened.draft is not None:
        raise errors.UsageError(detail=locale.text("there is a ceremony in this folder already"))
    folder.save(opened.folder, drafts.compose(None, first.root, first.trust, now))
    return folder.open_folder(path)


def inherited(opened: Opened, trust: TrustData) -> TrustData:
    """Return what was published under a root that was lost, as the next version of *trust*.

    Stations, people, routes and revocations go on; *trust* says which city it has to be.

    Raises:
        UsageError: nothing was published there, or it is of another city or mode.
    """
    if opened.published is None:
        raise errors.UsageError(
            detail=locale.text("there is no ceremony in this folder; begin with trust init")
        )
    last = opened.published.trust
    got, wanted = (f"{each.city} {each.municipality_code} ({each.mode})" for each in (last, trust))
    if got != wanted:
        detail = locale.text(
            "what was published is for {got}, not {wanted}", got=got, wanted=wanted
        )
        raise errors.UsageError(detail=detail)
    return entries.numbered(last, last.version + 1)


def prepare(opened: Opened, change: Change, now: datetime, *, renew: bool = False) -> Draft:
    """Return the draft of the next version with one *change* more; nothing is written yet.

    Args:
        opened: The folder as it is.
        change: What to change.
        now: From when everything counts.
        renew: Whether a root that says the same is signed anew, for a later date.

    Raises:
        UsageError: there is no ceremony here, or the change is not possible.
        ClockTooEarlyError: the machine's clock, by which everything would count, is wrong.
    """
    check_built(now)
    plan = change(_plan(opened))
    if _claimed_twice(plan):
        detail = locale.text("a key of a holder is that of a station or a person, too")
        raise errors.UsageError(detail=detail)
    return drafts.compose(
        opened.published, plan.root, plan.trust, now, before=opened.draft, renew=renew
    )


def lost_signatures(opened: Opened, changed: Draft) -> list[str]:
    """Return the holders who would have to sign once more if *changed* took the draft's place."""
    if opened.draft is None:
        return []
    before = set(signing.signers_of(opened.draft, opened.published))
    return sorted(before - set(signing.signers_of(changed, opened.published)))


def take_in(request: Request, valid: Validity) -> Change:
    """Return the change that does what *request* asks for.

    Raises (when applied):
        UsageError: it is for another city or mode, or the name or a key is there already.
    """

    def change(plan: Plan) -> Plan:
        _check_place(request, plan.trust)
        if request.request == "holder" and request.role in roles.ROLES:
            return Plan(roles.with_holder(plan.root, request), plan.trust)
        return Plan(plan.root, entries.added(plan.trust, request, valid))

    return change


def exchange(role: str, leaving: str | None, coming: Sequence[Request]) -> Change:
    """Return the change of the holders of *role*: *leaving* goes, those of *coming* come."""

    def change(plan: Plan) -> Plan:
        root = plan.root
        if leaving is not None:
            root = roles.without_holder(root, role, leaving)
        for request in coming:
            if (request.request, request.role) != ("holder", role):
                detail = locale.text(
                    "the request of {name} is not for {role}", name=request.id, role=Role.of(role)
                )
                raise errors.UsageError(detail=detail)
            _check_place(request, plan.trust)
            root = roles.with_holder(root, request)
        return Plan(root, plan.trust)

    return change


def to_trust(change: Callable[[TrustData], TrustData]) -> Change:
    """Return *change*, which is one of the trust data alone."""
    return lambda plan: Plan(plan.root, change(plan.trust))


def to_root(change: Callable[[Root], Root]) -> Change:
    """Return *change*, which is one of the root alone."""
    return lambda plan: Plan(change(plan.root), plan.trust)


def _check_place(request: Request, trust: TrustData) -> None:
    got, wanted = (f"{each.city} ({each.mode})" for each in (request, trust))
    if got != wanted:
        detail = locale.text("the request is for {got}, this is {wanted}", got=got, wanted=wanted)
        raise errors.UsageError(detail=detail)


def _plan(opened: Opened) -> Plan:
    if opened.draft is not None:
        return Plan(opened.draft.authority(opened.published), opened.draft.trust)
    if opened.published is None:
        raise errors.UsageError(
            detail=locale.text("there is no ceremony in this folder; begin with trust init")
        )
    last = opened.published
    return Plan(last.root, entries.numbered(last.trust, last.trust.version + 1))


def _claimed_twice(plan: Plan) -> bool:
    """Tell whether a key of a role signs bundles or approvals as well."""
    people: tuple[Station | Person, ...] = (*plan.trust.stations, *plan.trust.people)
    ssh = {keytext.parse_openssh(each.key) for each in people}
    return any(tuf_keys.raw(key) in ssh for key in plan.root.keys.values())
