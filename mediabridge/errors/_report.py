"""A report, a slip or a form cannot be laid out on this machine."""

from __future__ import annotations

from mediabridge.errors._station import CommandLineError, ConfigurationError


class ReportError(ConfigurationError):
    """Family: what papers are laid out with is not there, or does not do."""


class ReportExistsError(CommandLineError):
    """There is something of that name, which may be a report that was signed off."""

    reason = "REPORT_EXISTS"
    sentence = "There is a file {name} already, and a report replaces none. Nothing was written."
    hint = "Name a file that is not there yet; what was filed stays as it is."


class ReportLibraryError(ReportError):
    """A library that lays pages or sheets out is not installed."""

    reason = "REPORT_LIBRARY"
    sentence = "The Python package {name}, which this paper is made with, is not installed."
    hint = "The IT staff installs the extra for reports: docs/operations/install.md says how."


class FontMissingError(ReportError):
    """None of the fonts that the pages are set in is installed."""

    reason = "FONT_MISSING"
    sentence = "No font for the page was found. Looked for: {names}."
    hint = "The IT staff installs the Debian packages {packages}, or names the folder (--fonts)."


class GlyphMissingError(ReportError):
    """A character is in none of the fonts; nothing is printed with a box in its place."""

    reason = "GLYPH_MISSING"
    sentence = "No font that was found can print these characters: {characters}."
    hint = (
        "The IT staff installs the Debian packages {packages}, or names the folder of a font that"
        " has them (--fonts). The HTML page and the Excel file can be made without."
    )
