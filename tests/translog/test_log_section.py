from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import FrozenInstanceError, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from logkeys import Ed25519Signer, root_of

from mediabridge import errors
from mediabridge.config import LIMITS
from mediabridge.translog import checkpoint, merkle
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import (
    EntryLines,
    LogSection,
    VerifiedSection,
    write_lines,
)
from mediabridge.translog.store import TransferLog
from mediabridge.translog.verdicts import Verdict
from tests.mirrors import accepted, told

pytestmark = pytest.mark.in_turns

Build = Callable[..., bytes]
Check = Callable[..., VerifiedSection]


@pytest.fixture
def check(mirror: PeerMirror, origin: str, vkey: Vkey) -> Check:
    return lambda section, proof=None: accepted(
        section, origin=origin, vkey=vkey, mirror=mirror, proof=proof
    )


@pytest.fixture
def held(
    log: TransferLog, mirror: PeerMirror, entry: Build, signer: Ed25519Signer, check: Check
) -> int:
    """The mirror holds 5 entries, the log has 9; return the 5."""
    for seq in range(5):
        log.append(entry(seq))
    mirror.keep(check(log.section(0, signer)))
    for seq in range(5, 9):
        log.append(entry(seq))
    return 5


def forge(
    section: LogSection, signer: Ed25519Signer, entries: Iterable[bytes], held: int
) -> LogSection:
    """A section over other *entries*, with a good signature by the sender itself."""
    start = section.start
    leaves = [merkle.leaf_hash(each) for each in entries]
    promise = checkpoint.Checkpoint(signer.name, held, root_of(leaves))
    return LogSection(start, checkpoint.sign(promise, signer), list(entries)[start:])


def test_first_section_accepted(
    log: TransferLog, entry: Build, signer: Ed25519Signer, check: Check
) -> None:
    log.append(entry(0))
    section = log.section(0, signer)
    wanted = checkpoint.Checkpoint(log.origin, 1, log.root())
    assert check(section) == VerifiedSection(section, wanted)


def test_verified_section_stays_so(
    log: TransferLog, entry: Build, signer: Ed25519Signer, check: Check
) -> None:
    log.append(entry(0))
    verified = check(log.section(0, signer))
    with pytest.raises(FrozenInstanceError):
        verified.section = replace(verified.section, start=1)  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        verified.section.start = 1  # type: ignore[misc]


@pytest.mark.parametrize("start", [0, 3, 4, 5])
def test_any_overlap_accepted(
    log: TransferLog, signer: Ed25519Signer, check: Check, held: int, start: int
) -> None:
    assert start <= held
    assert check(log.section(start, signer)).checkpoint.root == log.root()


def test_empty_section_belongs_to_a_number_that_was_seen(
    *,
    log: TransferLog,
    mirror: PeerMirror,
    signer: Ed25519Signer,
    vkey: Vkey,
    check: Check,
    held: int,
) -> None:
    mirror.keep(check(log.section(held, signer)))
    again = told(mirror, log.section(9, signer), vkey, seq=1)
    assert (again.verdict, again.section.section.start) == (Verdict.STALE, 9)
    with pytest.raises(errors.LogTruncatedError) as alarm:
        check(log.section(9, signer))
    assert alarm.value.facts["entry"] == 9


def test_foreign_signature_refused(
    log: TransferLog, signer: Ed25519Signer, check: Check, held: int
) -> None:
    impostor = Ed25519Signer(signer.name, Ed25519PrivateKey.generate())
    section = forge(log.section(held, signer), impostor, log.entries(), 9)
    with pytest.raises(errors.LogSectionError, match=r"not signed by city\.example\.jp/log/lgwan"):
        check(section)


def test_changed_checkpoint_refused(
    log: TransferLog, signer: Ed25519Signer, check: Check, held: int
) -> None:
    section = log.section(held, signer)
    changed = replace(section, note=section.note.replace(b"\n9\n", b"\n8\n"))
    with pytest.raises(errors.LogSectionError, match="does not belong to this text"):
        check(changed)


def test_other_origin_refused(
    log: TransferLog, mirror: PeerMirror, signer: Ed25519Signer, vkey: Vkey, held: int
) -> None:
    other = checkpoint.origin_of("city.example.jp", "registry")
    with pytest.raises(errors.LogSectionError, match=r"a log of .*/lgwan, should be .*/registry"):
        accepted(log.section(held, signer), origin=other, vkey=vkey, mirror=mirror)


@pytest.mark.parametrize("start", [6, 9])
def test_what_is_not_held_any_more_was_lost_here(
    log: TransferLog, signer: Ed25519Signer, check: Check, held: int, start: int
) -> None:
    section = log.section(held, signer)
    proof = checkpoint.Checkpoint(log.origin, start, log.root(start))
    with pytest.raises(errors.WitnessStateLostError, match="reader has lost") as alarm:
        check(replace(section, start=start), proof)
    assert {"entry": 5, "got": 5, "wanted": start}.items() <= alarm.value.facts.items()
    with pytest.raises(errors.LogSectionError, match=f"{start}, here are 5, and nothing proves"):
        check(replace(section, start=start))


def test_negative_start_refused(
    log: TransferLog, signer: Ed25519Signer, check: Check, held: int
) -> None:
    with pytest.raises(errors.LogSectionError, match="-1, should be 0"):
        check(replace(log.section(held, signer), start=-1))


def test_shorter_log_refused(
    log: TransferLog, signer: Ed25519Signer, check: Check, held: int
) -> None:
    shorter = forge(log.section(0, signer), signer, log.entries(0, held - 1), held - 1)
    with pytest.raises(errors.LogTruncatedError, match="entries there: 4") as alarm:
        check(shorter)
    assert {"entry": 4, "held": 5}.items() <= alarm.value.facts.items()
    # Nor is it enough to claim that more was acknowledged than there is.
    with pytest.raises(errors.LogTruncatedError):
        check(replace(shorter, start=5, entries=[]))


def test_another_shorter_log_refused(
    *, log: TransferLog, signer: Ed25519Signer, entry: Build, check: Check, held: int
) -> None:
    history = [*log.entries(0, 2), entry(22), entry(33)]
    shorter = forge(log.section(0, signer), signer, history, held - 1)
    with pytest.raises(errors.LogForkedError) as alarm:
        check(shorter)
    assert alarm.value.facts["entry"] == 2
    with pytest.raises(errors.LogRewrittenError, match="entries 0 to 3"):
        check(replace(shorter, start=5, entries=[]))


def test_rewritten_overlap_refused(
    log: TransferLog, signer: Ed25519Signer, entry: Build, check: Check, held: int
) -> None:
    assert held > 3
    history = [*log.entries(0, 3), entry(33), *log.entries(4)]
    forged = forge(log.section(2, signer), signer, history, 9)
    with pytest.raises(errors.LogForkedError, match="entry 3") as alarm:
        check(forged)
    assert alarm.value.facts["entry"] == 3


def test_rewritten_past_refused(
    log: TransferLog, signer: Ed25519Signer, entry: Build, check: Check, held: int
) -> None:
    # The forger leaves the overlap out, so only the root can tell.
    history = [*log.entries(0, 3), entry(33), *log.entries(4)]
    forged = forge(log.section(held, signer), signer, history, 9)
    with pytest.raises(errors.LogRewrittenError, match="one of the entries 0 to 4") as alarm:
        check(forged)
    assert alarm.value.facts["entry"] is None


def test_same_size_fork_refused(
    log: TransferLog, signer: Ed25519Signer, entry: Build, check: Check, held: int
) -> None:
    history = [*log.entries(0, held - 1), entry(44)]
    forged = forge(log.section(held, signer), signer, history, held)
    assert forged.entries == []
    with pytest.raises(errors.LogRewrittenError, match="one of the entries 0 to 4") as alarm:
        check(forged)
    assert alarm.value.facts["entry"] is None


def test_section_that_contradicts_itself_refused(
    log: TransferLog, signer: Ed25519Signer, entry: Build, check: Check
) -> None:
    log.append(entry(0))
    section = log.section(0, signer)
    with pytest.raises(errors.LogSectionError, match=r"root is [0-9a-f]{64}, should be"):
        check(replace(section, entries=[entry(1)]))


def test_missing_entry_refused(
    log: TransferLog, signer: Ed25519Signer, check: Check, held: int
) -> None:
    section = log.section(held, signer)
    with pytest.raises(errors.LogSectionError, match="end at 8, should end at 9"):
        check(replace(section, entries=list(section.entries)[:-1]))


def test_surplus_entry_refused(
    log: TransferLog, signer: Ed25519Signer, entry: Build, check: Check, held: int
) -> None:
    section = log.section(held, signer)
    with pytest.raises(errors.LogSectionError, match="more entries than the 9 that are signed"):
        check(replace(section, entries=[*section.entries, entry(9)]))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda data: data.replace(b'"seq":6', b'"seq": 6'), "entry 6: not in RFC 8785"),
        (lambda data: data.replace(b'"seq":6', b'"name":6'), "entry 6: the facts hold a name"),
        (lambda data: data.replace(b'"lgwan"', b'"other"'), "entry 6: an entry of station other"),
        (lambda _: b"", "entry 6: not JSON at character 1"),
        (lambda data: data + b" " * LIMITS.log_entry_bytes, "entry 6: 1[0-9]{4} bytes, at most"),
    ],
)
def test_malformed_entry_refused(
    *,
    log: TransferLog,
    signer: Ed25519Signer,
    check: Check,
    held: int,
    change: Callable[[bytes], bytes],
    found: str,
) -> None:
    history = list(log.entries())
    history[6] = change(history[6])
    forged = forge(log.section(held, signer), signer, history, 9)
    with pytest.raises(errors.LogSectionError, match=found):
        check(forged)


def test_lines_round_trip(entry: Build) -> None:
    file = io.BytesIO()
    entries = [entry(seq) for seq in range(3)]
    assert write_lines(entries, file) == 3
    lines = EntryLines(lambda: io.BytesIO(file.getvalue()))
    assert list(lines) == list(lines) == entries


@given(st.lists(st.binary(max_size=30).filter(lambda each: b"\n" not in each)))
def test_any_lines_round_trip(entries: list[bytes]) -> None:
    file = io.BytesIO()
    write_lines(entries, file)
    assert list(EntryLines(lambda: io.BytesIO(file.getvalue()))) == entries


@pytest.mark.parametrize("data", [b"cut", b"a\ncut", b"x" * (LIMITS.log_entry_bytes + 1) + b"\n"])
def test_odd_lines_refused(data: bytes) -> None:
    with pytest.raises(errors.LogSectionError, match="too long or cut off"):
        list(EntryLines(lambda: io.BytesIO(data)))


def test_longest_line_read() -> None:
    data = b"x" * LIMITS.log_entry_bytes + b"\n"
    assert list(EntryLines(lambda: io.BytesIO(data))) == [data[:-1]]
