"""``mediabridge trust init`` and the commands that change a draft; none of them signs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.bundle.terms import Mode
from mediabridge.cli._ceremony import (
    Folder,
    Yes,
    agreed,
    draft_lines,
    drafted,
    opened_folder,
    read_request,
    request_lines,
    say_mode,
)
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.clock import JST
from mediabridge.errors import UsageError
from mediabridge.locale import n_, text
from mediabridge.trust.ceremony.reasons import Reason
from mediabridge.trust.ceremony.roles import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.trust.ceremony.changes import Change
    from mediabridge.trust.ceremony.entries import Validity
    from mediabridge.trust.requests import Request

_YEARS = timedelta(days=1826)
_COMPARED = n_("Are these the words on paper, and shall this request be taken in?")
_CHANGE = n_("Shall the draft say this?")

Requests = Annotated[
    list[Path] | None,
    typer.Argument(metavar="REQUEST", help=n_("The request files to take in."), dir_okay=False),
]
Until = Annotated[
    str | None,
    typer.Option(
        metavar="YYYY-MM-DD",
        help=n_("The last day on which keys of stations and people count; five years otherwise."),
    ),
]


def init(
    context: Context,
    folder: Folder,
    request: Requests = None,
    *,
    city: Annotated[str, typer.Option(help=n_("The domain of the city."))],
    municipality: Annotated[str, typer.Option(help=n_("Its six-digit code."))],
    mode: Annotated[Mode, typer.Option(help=n_("Whether it is about residents or for training."))],
    root: Annotated[int, typer.Option(help=n_("How many holders of the root have to agree."))] = 2,
    targets: Annotated[
        int, typer.Option(help=n_("How many holders have to sign each version."))
    ] = 2,
    approvals: Annotated[
        int, typer.Option(help=n_("How many officers approve a bundle on each route."))
    ] = 1,
    after: Annotated[
        Path | None,
        typer.Option(
            help=n_("The folder of a ceremony whose root was lost; all it published goes on."),
            file_okay=False,
        ),
    ] = None,
    until: Until = None,
    yes: Yes = False,
) -> Result:
    from mediabridge.trust.ceremony import changes, entries, roles
    from mediabridge.trust.ceremony import folder as folders
    from mediabridge.trust.ceremony.changes import Plan

    say_mode(context, mode.value, city)
    needed = {"root": root, "targets": targets, "snapshot": 1, "timestamp": 1}
    trust = entries.first(city, municipality, mode.value)  # type: ignore[arg-type]
    if after is not None:
        trust = changes.inherited(folders.open_folder(after), trust)
    plan = Plan(roles.new_root(needed), trust)
    files = _shown(context, request or (), yes=yes)
    for each in files:
        plan = changes.take_in(each, _validity(context, until))(plan)
    if after is None:
        plan = Plan(plan.root, entries.routed_throughout(plan.trust, approvals))
    opened = changes.begin(folder, plan, context.clock.now())
    return drafted(opened_folder(context, opened.folder.path))


def add(
    context: Context,
    folder: Folder,
    request: Requests = None,
    *,
    until: Until = None,
    yes: Yes = False,
) -> Result:
    from mediabridge.trust.ceremony import changes

    if not request:
        raise UsageError(detail=text("no request file was given"))
    if until is not None:
        _require_last_day(request)
    # For what it is, and whether it is one, is said before anybody compares words.
    opened_folder(context, folder)
    files = _shown(context, request, yes=yes)
    steps = [changes.take_in(each, _validity(context, until)) for each in files]
    return _change(context, folder, steps, yes=yes)


def remove(
    context: Context,
    folder: Folder,
    name: Annotated[str, typer.Argument(help=n_("The station, the person or the recipient key."))],
    *,
    yes: Yes = False,
) -> Result:
    from mediabridge.trust.ceremony import changes, entries

    step = changes.to_trust(lambda trust: entries.removed(trust, name))
    return _change(context, folder, [step], yes=yes)


def revoke(
    context: Context,
    folder: Folder,
    name: Annotated[str, typer.Argument(help=n_("The station or the person whose key it is."))],
    *,
    reason: Annotated[Reason, typer.Option(help=n_("Why it must not be believed any more."))],
    yes: Yes = False,
) -> Result:
    from mediabridge.trust.ceremony import changes, entries

    now = context.clock.now()
    step = changes.to_trust(lambda trust: entries.revoked(trust, name, reason, now))
    return _change(context, folder, [step], yes=yes)


def route(
    context: Context,
    folder: Folder,
    sender: Annotated[str, typer.Argument(help=n_("The station that seals."))],
    receiver: Annotated[str, typer.Argument(help=n_("The station that opens."))],
    *,
    approvals: Annotated[
        int, typer.Option(help=n_("How many officers approve a bundle on this route."))
    ] = 1,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND=N", help=n_("More approvals for the records of a kind.")),
    ] = None,
    parity: Annotated[
        int | None,
        typer.Option(
            metavar="PERCENT",
            help=n_("How much to add against damaged sticks: 0 to 50 percent, in steps of 5."),
        ),
    ] = None,
    software: Annotated[
        int | None,
        typer.Option(
            metavar="N", help=n_("Let software travel, approved by N officers; 0: none may.")
        ),
    ] = None,
    close: Annotated[bool, typer.Option("--close", help=n_("Take the route away."))] = False,
    yes: Yes = False,
) -> Result:
    from mediabridge.trust.ceremony import changes, entries

    if close:
        step = changes.to_trust(lambda trust: entries.without_route(trust, sender, receiver))
    else:
        more = dict(map(_kind_and_number, kind or ()))
        step = changes.to_trust(
            lambda trust: entries.routed(
                trust, sender, receiver, approvals, more, parity=parity, software=software
            )
        )
    return _change(context, folder, [step], yes=yes)


def media(
    context: Context,
    folder: Folder,
    officer: Annotated[
        list[str] | None,
        typer.Argument(help=n_("Those who register media; every officer where none is named.")),
    ] = None,
    *,
    yes: Yes = False,
) -> Result:
    from mediabridge.trust.ceremony import changes, entries

    step = changes.to_trust(lambda trust: entries.registered_by(trust, officer or ()))
    return _change(context, folder, [step], yes=yes)


def rotate(
    context: Context,
    folder: Folder,
    role: Annotated[Role, typer.Argument(help=n_("Whose keys are exchanged."))],
    request: Requests = None,
    *,
    leaving: Annotated[str | None, typer.Option("--out", help=n_("The holder who goes."))] = None,
    needed: Annotated[
        int | None, typer.Option(help=n_("How many holders have to agree from then on."))
    ] = None,
    yes: Yes = False,
) -> Result:
    from mediabridge.trust.ceremony import changes, roles

    opened_folder(context, folder)
    files = _shown(context, request or (), yes=yes)
    steps = [changes.exchange(role.value, leaving, files)]
    if needed is not None:
        steps.append(changes.to_root(lambda root: roles.with_needed(root, role.value, needed)))
    return _change(context, folder, steps, yes=yes)


def renew(
    context: Context,
    folder: Folder,
    *,
    root: Annotated[bool, typer.Option("--root", help=n_("The root, too."))] = False,
    yes: Yes = False,
) -> Result:
    return _change(context, folder, [], yes=yes, renew=root)


def discard(context: Context, folder: Folder, *, yes: Yes = False) -> Result:
    from mediabridge.trust.ceremony import folder as folders

    # Not opened: a draft that cannot be read can be thrown away all the same.
    there = folders.Folder(folder)
    if not there.draft_file.exists():
        raise UsageError(detail=text("there is no draft in this folder"))
    agreed(context, n_("Shall the draft be thrown away, with every signature in it?"), yes=yes)
    folders.discard(there)
    return Result([text("The draft is gone; what was published stays.")])


def _change(
    context: Context, folder: Path, steps: Sequence[Change], *, yes: bool, renew: bool = False
) -> Result:
    from mediabridge.trust.ceremony import changes
    from mediabridge.trust.ceremony import folder as folders
    from mediabridge.trust.ceremony.folder import Opened

    opened = opened_folder(context, folder)

    def all_of(plan: changes.Plan) -> changes.Plan:
        for step in steps:
            plan = step(plan)
        return plan

    draft = changes.prepare(opened, all_of, context.clock.now(), renew=renew)
    for line in draft_lines(Opened(opened.folder, opened.published, draft, b"")):
        context.show(line)
    lost = changes.lost_signatures(opened, draft)
    if lost:
        context.say(n_("! Who has to sign once more: {names}"), names=", ".join(lost))
    agreed(context, _CHANGE, yes=yes)
    folders.save(opened.folder, draft)
    return drafted(folders.open_folder(folder))


def _kind_and_number(value: str) -> tuple[str, int]:
    kind, _, number = value.partition("=")
    if not (number.isascii() and number.isdigit()):
        raise UsageError(detail=text("{value} is not of the form KIND=N", value=value[:40]))
    return kind, int(number)


def _require_last_day(paths: Sequence[Path]) -> None:
    """Refuse a last day for what would count beyond it all the same."""
    from mediabridge.trust.ceremony import entries

    asked = [read_request(path) for path in paths]
    endless = [each.id for each in asked if not entries.has_last_day(each)]
    if endless:
        names = ", ".join(endless)
        detail = text("only keys of stations and people have a last day, not {names}", names=names)
        raise UsageError(detail=detail)


def _shown(context: Context, paths: Sequence[Path], *, yes: bool) -> list[Request]:
    requests = [read_request(path) for path in paths]
    for request in requests:
        for line in request_lines(context, request):
            context.show(line)
        # One at a time: of many, the first would have left the screen when the question comes.
        agreed(context, _COMPARED, yes=yes)
    return requests


def _validity(context: Context, until: str | None) -> Validity:
    from mediabridge.trust.ceremony.entries import Validity

    start = context.clock.now()
    if until is None:
        return Validity(start, start + _YEARS)
    try:
        day = date.fromisoformat(until)
    except ValueError:
        detail = text("{value} is no date of the form YYYY-MM-DD", value=until[:20])
        raise UsageError(detail=detail) from None
    # To the end of that day, where the office is.
    end = datetime.combine(day, time(23, 59, 59), JST).astimezone(UTC)
    if end <= start:
        raise UsageError(detail=text("{value} is over already", value=until))
    return Validity(start, end)
