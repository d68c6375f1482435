"""How officers are asked before they sign that numbers are void: in plain words, all of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._result import Table
from mediabridge.cli._station import all_keys, officer_key
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import moment, n_, text, translate
from mediabridge.shown.bundles import bundles_table

if TYPE_CHECKING:
    from mediabridge.stations.voiding import Draft
    from mediabridge.trust.signers import Signer
    from mediabridge.verify.void import SignedVoid, VoidStatement

OfficerKeys = Annotated[
    list[Path] | None,
    typer.Option("--key", help=n_("The key file of an officer; given for each."), dir_okay=False),
]
OfficerTokens = Annotated[
    list[str] | None,
    typer.Option(
        "--token", metavar="URI", help=n_("The key of an officer in a token; given for each.")
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help=n_("Do it without being asked."))]


def signers(
    context: Context,
    drawn: Draft,
    keys: list[Path] | None,
    tokens: list[str] | None,
    passphrase_file: Path | None,
    *,
    yes: bool,
) -> list[Signer]:
    """Show what is about to be signed, ask once, and open the keys of the officers.

    Raises:
        UsageError: no key was given.
        ApprovalDeclinedError: the officers said no; no key was opened.
    """
    found = all_keys(keys, tokens)
    for line in draft_lines(drawn):
        context.show(line)
    if not yes and not confirm(context, n_("Do you sign exactly this?")):
        raise ApprovalDeclinedError
    return [officer_key(context, key, passphrase_file) for key in found]


def draft_lines(drawn: Draft) -> list[str | Table]:
    """Return what a statement says, in plain words, and the bundles here that it is about."""
    statement = drawn.statement
    lines: list[str | Table] = [_numbers(statement), _what_follows(statement)]
    lines += [
        text("Reason: {reason}", reason=translate(statement.reason.sentence)),
        text("The chain goes on after: {digest}", digest=statement.prev),
    ]
    if statement.log:
        lines.append(
            text(
                "The log goes on after its entry number {size}; what the receiver holds beyond it"
                " stays there as evidence.",
                size=statement.log.size,
            )
        )
    lines += [
        text("Time: {time}", time=moment(statement.time)),
        text("Officers who have to sign: {count}", count=drawn.needed),
    ]
    if drawn.rows:
        lines += [text("Bundles of this station that become void:"), bundles_table(drawn.rows)]
    return lines


def numbers_of(statement: VoidStatement) -> str:
    """Return in words which numbers *statement* is about."""
    from mediabridge.stations.voiding import in_words

    return in_words(statement.first, statement.last)


def _numbers(statement: VoidStatement) -> str:
    return text(
        "Void on the route {route}: {numbers}. Nobody takes that in any more; what was taken in"
        " before stays.",
        route=f"{statement.route.sender} > {statement.route.receiver}",
        numbers=numbers_of(statement),
    )


def _what_follows(statement: VoidStatement) -> str:
    if statement.log:
        return text("This station continues at number {seq}.", seq=statement.replaced_by)
    if statement.replaced_by:
        return text("What they held comes again with number {seq}.", seq=statement.replaced_by)
    return text("What they held does not come again by itself.")


def statement_data(signed: SignedVoid) -> dict[str, object]:
    """Return a signed statement for ``--json``."""
    return {
        "statement": signed.statement.model_dump(mode="json", by_alias=True),
        "officers": sorted(signed.signatures),
    }
