"""Who approved, who did not separate, who carried, and on which media."""

from __future__ import annotations

from mediabridge.locale import text, translate
from mediabridge.report import words
from mediabridge.report.layout import Grid, Section
from mediabridge.report.model import Report
from mediabridge.report.parts.shared import bundle_headings


def approvals(report: Report) -> Section:
    """Return what officers did, and who had two roles."""
    officers = tuple(
        (each.person, each.approved, each.rejected, each.voided) for each in report.approvals
    )
    released = tuple(
        (words.route(each.route), each.approvals, each.count, each.refs) for each in report.released
    )
    same = tuple(
        (*words.bundle(each.about), each.person, translate(each.roles.sentence), each.refs)
        for each in report.not_separated
    )
    return Section(
        "approvals",
        text("Approvals, and who did not separate"),
        (
            text(
                "By the names in the entries. How many approvals a route needs, and who may"
                " approve, stands in the trust data; a station lets nothing out without them."
            ),
        ),
        (),
        (
            Grid(
                text("By officer"),
                (text("who"), text("approved"), text("sent back"), text("declared void")),
                officers,
            ),
            Grid(
                text("Bundles let out, by the number of their approvals"),
                (text("route"), text("approvals"), text("bundles"), text("entries")),
                released,
            ),
            Grid(
                text("One person in two roles"),
                (*bundle_headings(), text("who"), text("roles"), text("entries")),
                same,
                report.more.get("not_separated", 0),
            ),
        ),
    )


def carried(report: Report) -> Section:
    """Return who signed for carrying and for having received."""
    out = tuple(
        (
            each.person,
            words.route(each.route),
            each.medium or text("a folder"),
            each.bundles,
            each.first,
            each.last,
        )
        for each in report.carried
    )
    received = tuple((each.person, each.station, each.bundles) for each in report.received)
    return Section(
        "carried",
        text("Who carried what"),
        (
            text(
                "Whoever took a bundle over to carry it, and whoever brought it. At a live station"
                " each of these entries is signed by that person. What became of one bundle shows"
                " mediabridge audit show."
            ),
        ),
        (),
        (
            Grid(
                text("Taken over to be carried"),
                (
                    text("who"),
                    text("route"),
                    text("medium"),
                    text("bundles"),
                    text("first number"),
                    text("last number"),
                ),
                out,
            ),
            Grid(text("Received"), (text("who"), text("station"), text("bundles")), received),
        ),
    )


def media(report: Report) -> Section:
    """Return what each medium was used for."""
    rows = tuple(
        (
            each.medium,
            each.label,
            each.product,
            words.state(each.state),
            each.trips,
            each.bundles,
            each.bytes,
            each.failures,
            each.refs,
        )
        for each in report.media
    )
    headings = (
        text("medium"),
        text("label"),
        text("device"),
        text("state"),
        text("trips"),
        text("bundles"),
        text("bytes"),
        text("failures"),
        text("entries"),
    )
    return Section(
        "media",
        text("Media and their trips"),
        (
            text(
                "Label, device and state are those of this station's register as it is now. The"
                " entries are failures, and that a medium was lost or taken out of service."
            ),
        ),
        (),
        (Grid(text("By medium"), headings, rows),),
    )
