"""What the documents promise exists: files, commands, options, reasons, claims, sentences."""

import json
import os
import re
import runpy
import shlex
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge import clock, errors
from mediabridge.apply.reasons import ApplyReason
from mediabridge.cli import _table
from mediabridge.cli._app import run
from mediabridge.install.judging import Unfit
from mediabridge.install.orders import Trouble
from mediabridge.locale import CATALOGUES
from mediabridge.locale.spoken import Spoken
from mediabridge.media.states import MediumState
from mediabridge.media.trips import CarriageState, ServiceState
from mediabridge.sqlite import Owner
from mediabridge.stations.outgoing.rejection import Consequence, Rejection
from mediabridge.translog import checkpoint, cosignature, database, events
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.translog.recovery import Recovery
from mediabridge.translog.removal import Removal
from mediabridge.translog.store import TransferLog
from mediabridge.verify.recovery import RecoveryReason

ROOT = Path(__file__).parent.parent
PAGES = [
    *(
        ROOT / name
        for name in (
            "README.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "keys/README.md",
        )
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
]
MANUALS = [
    page
    for page in PAGES
    if page.parent.name in {"ja", "operations", ROOT.name} or page.name == "threat-model.md"
]
JAPANESE = sorted((ROOT / "docs" / "ja").glob("*.md"))
THREATS = ROOT / "docs" / "threat-model.md"
EVERY_ERROR = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, errors.MediabridgeError)
]
LISTED = {
    *MediumState,
    *Recovery,
    *RecoveryReason,
    *Rejection,
    *Consequence,
    *Removal,
    *Unfit,
    *Trouble,
    *ApplyReason,
}
REASONS = LISTED | {error.reason for error in EVERY_ERROR if error.reason}
# Words in capitals that are none of our reasons: variables, a file, a placeholder, an encoding.
NOT_REASONS = {
    *("MEDIABRIDGE", "MEDIABRIDGE_DEBUG", "MEDIABRIDGE_HOME", "SHA256SUMS", "FILE", "MS932"),
}


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    return re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)


def blocks_of(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text_of(page), re.DOTALL)


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that a Markdown viewer makes of the page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_relative_links_resolve(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors_of(target), link


def test_findings_are_those_of_their_page_and_run_by_name() -> None:
    folder = ROOT / "findings"
    scripts = sorted(folder.glob("*.sh"))
    rows = re.findall(r"^\| `([^`]+)` \|", text_of(folder / "README.md"), re.MULTILINE)
    assert sorted(rows) == [script.name for script in scripts]
    assert [script.name for script in scripts if not os.access(script, os.X_OK)] == []


@pytest.mark.parametrize("folder", ["operations", "ja"])
def test_every_page_is_reached_from_another_one_for_the_same_people(folder: str) -> None:
    pages = set((ROOT / "docs" / folder).glob("*.md")) - {ROOT / "docs/ja/README.md"}
    reached = {
        (page.parent / link).resolve()
        for page in {*pages, ROOT / "README.md", ROOT / "docs/ja/README.md"}
        for link in re.findall(r"\]\(([^)\s#]+)", prose_of(page))
        if (page.parent / link).resolve() != page
    }
    assert {named(page) for page in pages - reached} == set()


def command_lines() -> Iterator[tuple[str, str]]:
    """Yield every command line that a manual quotes, with the page's name."""
    for page in MANUALS:
        lines = [line for block in blocks_of(page, "sh") for line in block.splitlines()]
        lines += re.findall(r"`([^`\n]+)`", prose_of(page))
        for line in lines:
            if line.startswith("mediabridge "):
                yield named(page), line
            if found := re.match(r'make demo ARGS="(.*)"', line):
                yield named(page), f"mediabridge demo {found[1]}"


@pytest.mark.parametrize(("page", "line"), sorted(set(command_lines())))
def test_quoted_command_exists(page: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line, comments=True)[1:]
    while words and words[0] in {"--home", "--lang"}:
        words = words[2:]
    entry = max(
        (each for each in _table.COMMANDS if words[: len(each.name.split())] == each.name.split()),
        key=lambda each: len(each.name),
        default=None,
    )
    if entry is None:
        assert words == ["--version"], f"{page}: {line}"
        return
    assert entry.module, f"{page}: {line} needs a subcommand"
    assert run([*entry.name.split(), "--help"]) == 0
    known = capsys.readouterr().out.split()
    options = [word for word in words if word.startswith("--")]
    assert [option for option in options if option not in known] == []


def test_some_commands_quoted() -> None:
    quoted = " ".join(line for _page, line in command_lines())
    named_in_manuals = {
        "collect",
        "export",
        "import",
        "approve",
        "verify",
        "status",
        "bundles list",
    }
    assert {name for name in named_in_manuals if name not in quoted} == set()


def test_what_is_missing_is_said_alike_in_both_languages() -> None:
    """By the commands that both lists name: the one is not left behind when the other changes."""
    page, flags = text_of(ROOT / "README.md"), re.MULTILINE | re.DOTALL
    english, japanese = (
        re.search(rf"^##+ {title}\n(.*?)(?=^#|\Z)", page, flags)
        for title in ("What this version does not do yet", "この版でまだできないこと")
    )
    assert english is not None
    assert japanese is not None
    commands = re.compile(r"`([a-z -]+)`")
    assert sorted(commands.findall(english[1])) == sorted(commands.findall(japanese[1])) != []


def test_every_package_of_the_stations_has_its_place_on_the_page_of_the_house() -> None:
    page = text_of(ROOT / "docs/architecture.md")
    rooms = {
        found.parent.name
        for at in ("*", "stations/*")
        for found in (ROOT / "mediabridge").glob(f"{at}/__init__.py")
    }
    assert len(rooms) > 20
    assert {room for room in rooms if f"`{room}/`" not in page} == set()


def test_claims_numbered_without_gap() -> None:
    numbers = re.findall(r"^\* \*\*C([0-9]+)\*\* \*", text_of(THREATS), re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(1, len(numbers) + 1))
    assert len(numbers) > 40


def test_cited_claims_exist() -> None:
    claims = set(re.findall(r"^\* \*\*(C[0-9]+)\*\*", text_of(THREATS), re.MULTILINE))
    cited = {
        claim
        for test in sorted((ROOT / "tests").rglob("test_*.py"))
        for claim in re.findall(r'"""Claims? ([^"]*)"""', text_of(test))
        for claim in re.findall(r"\bC[0-9]+\b", claim)
    }
    assert cited - claims == set()


# The page for developers names constants of the code as well.
@pytest.mark.parametrize(
    "page", [page for page in MANUALS if page.name != "CONTRIBUTING.md"], ids=named
)
def test_mentioned_reasons_exist(page: Path) -> None:
    mentioned = set(re.findall(r"`([A-Z][A-Z0-9]{3,}(?:_[A-Z0-9]+)*|IO_ERROR)`", prose_of(page)))
    assert mentioned - REASONS - NOT_REASONS == set()


@pytest.mark.parametrize("page", MANUALS, ids=named)
def test_mentioned_events_exist(page: Path) -> None:
    pattern = r"`((?:bundle|file|journey|receipt|record|station|trust)-[a-z]+)`"
    assert set(re.findall(pattern, prose_of(page))) <= set(events.Event)


@pytest.mark.parametrize(
    "code",
    [
        *Recovery,
        *Removal,
        *Unfit,
        *Trouble,
        *RecoveryReason,
        *Rejection,
        *Consequence,
        *CarriageState,
        *ServiceState,
    ],
)
def test_code_is_on_page_of_reasons_in_both_languages(code: Spoken) -> None:
    (entry,) = re.findall(
        rf"^### `{code}`\n\n- (.+)\n- (.+)$", text_of(ROOT / "docs/reasons.md"), re.MULTILINE
    )
    assert entry[0] == code.sentence
    assert re.search(r"[ぁ-ん一-龠]", entry[1])


def test_every_refusal_has_claim() -> None:
    families = (errors.BundleError, errors.OrderError, errors.AlreadyAppliedError)
    refusals = {error.reason for error in EVERY_ERROR if issubclass(error, families)} - {""}
    claims = prose_of(THREATS)
    assert {reason for reason in refusals if f"`{reason}`" not in claims} == set()


@pytest.mark.parametrize("page", JAPANESE, ids=named)
def test_no_ambiguous_width(page: Path) -> None:
    # Such characters are one column wide on some screens and two on others.
    found = {char for char in text_of(page) if unicodedata.east_asian_width(char) == "A"}
    assert found == set()


def test_clerk_table_quotes_screens() -> None:
    catalogue = (CATALOGUES / "ja/LC_MESSAGES/mediabridge.po").read_text(encoding="utf-8")
    screens = re.sub(r'"\n"', "", catalogue)
    table = text_of(ROOT / "docs/ja/clerk-commands.md").split("## 表示の意味")[1].split("## ")[0]
    shown = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(shown) > 10
    for message in shown:
        pattern = r"[^\"\n]*".join(re.escape(part.strip()) for part in message.split("..."))
        assert re.search(pattern, screens), message


def script_of(page: str, folder: Path, number: int = 0) -> str:
    """Put one of the Python scripts that *page* prints into *folder* and return its path."""
    script = blocks_of(ROOT / page, "python")[number]
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    return str(path)


def sealed(seq: int) -> bytes:
    return events.build(
        events.Event.BUNDLE_SEALED,
        time="2026-04-01T00:00:00Z",
        station="lgwan",
        actor="clerk-1",
        facts={"seq": seq},
    )


@pytest.mark.parametrize("honest", [True, False])
def test_auditor_script_checks_cosignatures(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    honest: bool,
) -> None:
    """Without this program: the script imports nothing of it."""
    city = "city.example.jp"
    log_key = Ed25519Signer(checkpoint.origin_of(city, "lgwan"), Ed25519PrivateKey.generate())
    name = cosignature.witness_of(city, "registry")
    witness, other = (Ed25519Signer(name, Ed25519PrivateKey.generate()) for _ in range(2))
    for each in ("lgwan", "registry"):
        with database.connect(tmp_path / f"{each}.db", Owner("live", city, each)) as connection:
            log = TransferLog(connection, checkpoint.origin_of(city, each))
            if each == "lgwan":
                log.append(sealed(1))
                time = clock.from_rfc3339("2026-04-01T00:35:00Z")
                made = cosignature.cosign(log.checkpoint(log_key), witness, time)
                log.keep_cosigned(name, cosignature.open_cosigned(made, WitnessKey.of(witness)))
    named = WitnessKey.of(witness)
    if not honest:
        # The key id is a name and proves nothing: another key under it has to be found.
        named = WitnessKey.of(other)
    typed = named.encode().split("+", 2)[2]
    vkey = f"{name}+{WitnessKey.of(witness).key_id.hex()}+{typed}"
    station = {"log_key": Vkey.of(log_key).encode(), "witness_key": vkey}
    (tmp_path / "trust.json").write_text(json.dumps({"stations": [station]}))
    monkeypatch.chdir(tmp_path)
    script = script_of("docs/ja/auditor.md", tmp_path)
    assert "mediabridge" not in Path(script).read_text("utf-8")
    if not honest:
        with pytest.raises(InvalidSignature):
            runpy.run_path(script)
        return
    runpy.run_path(script)
    said = f"{log_key.name} 1 {name} 2026-04-01T00:35:00+00:00\n"
    assert capsys.readouterr().out == said
