"""Reads papers back with programs that share nothing with those that made them."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

from mediabridge.errors import FontMissingError
from mediabridge.report import fonts

Tool = Callable[[str], str]
_FAMILIES = 3
_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"


def require_fonts(tool: Tool) -> None:
    """Skip where not both packages of fonts are installed, or fail where nothing may be skipped."""
    try:
        here = len(fonts.found())
    except FontMissingError:
        here = 0
    if here < _FAMILIES:
        tool("the fonts of fonts-morisawa-bizud-gothic and fonts-ipamj-mincho")


def text_of(tool: Tool, file: Path) -> str:
    """Return the text of a PDF without spaces and line ends: where it breaks is no matter."""
    words = [tool("pdftotext"), str(file), "-"]
    said = subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout
    return re.sub(r"\s+", "", said)


def facts_of(tool: Tool, file: Path) -> dict[str, str]:
    """Return what pdfinfo says of a PDF."""
    words = [tool("pdfinfo"), str(file)]
    said = subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout
    return {name: value.strip() for name, _, value in (x.partition(":") for x in said.splitlines())}


def fonts_of(tool: Tool, file: Path) -> list[list[str]]:
    """Return a line for each font in a PDF: name, and whether embedded, a subset, in Unicode."""
    words = [tool("pdffonts"), str(file)]
    said = subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout
    lines = [line.split() for line in said.splitlines()[2:]]
    return [[line[0].partition("+")[2], *line[-5:-2]] for line in lines]


def standard_of(tool: Tool, file: Path) -> str:
    """Return which PDF/A a PDF says that it is, such as ``2U``."""
    words = [tool("pdfinfo"), "-meta", str(file)]
    said = subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout
    root = ET.fromstring(said[said.index("<rdf:RDF") : said.index("</x:xmpmeta>")])  # noqa: S314 - our own file
    found = {each.tag: each.text or "" for each in root.iter()}
    return found[f"{_PDFA}part"] + found[f"{_PDFA}conformance"]
