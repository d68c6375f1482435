import hashlib
import json
import os
import random
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mediabridge import canonical
from mediabridge.errors import KeyFileError, PassphraseError
from mediabridge.trust import keyfile, signers, tuf_keys
from mediabridge.trust.keyfile import TRAINING_COST, Cost, StoredKey

pytestmark = pytest.mark.in_turns

Deaths = Callable[[Callable[[], object]], Iterator[int]]

PASSPHRASE = b"correct horse"
CORRUPTIONS = 10_000
CHEAPEST = Cost(memory_kib=8, iterations=1, lanes=1)


@pytest.fixture
def key() -> StoredKey:
    return signers.new_ssh_key("officer-1")


@pytest.fixture
def path(tmp_path: Path, key: StoredKey) -> Path:
    path = tmp_path / "officer-1.json"
    keyfile.save(path, key, PASSPHRASE, cost=CHEAPEST)
    return path


@pytest.mark.parametrize(
    "make",
    [
        signers.new_ssh_key,
        lambda key_id: signers.new_log_key(key_id, origin="city.example/log/lgwan-01"),
        lambda key_id: signers.new_witness_key(key_id, name="city.example/witness/lgwan-01"),
        signers.new_tuf_key,
        signers.new_recipient_key,
        tuf_keys.new_p384_key,
        tuf_keys.new_mldsa_key,
    ],
)
def test_load_returns_what_was_saved(tmp_path: Path, make: Callable[[str], StoredKey]) -> None:
    key = make("some-key")
    keyfile.save(tmp_path / "key.json", key, PASSPHRASE, cost=TRAINING_COST)
    assert keyfile.load(tmp_path / "key.json", PASSPHRASE) == key


def test_standard_cost_is_rfc_9106(tmp_path: Path, key: StoredKey) -> None:
    keyfile.save(tmp_path / "key.json", key, PASSPHRASE)
    kdf = json.loads((tmp_path / "key.json").read_bytes())["kdf"]
    assert (kdf["memory_kib"], kdf["iterations"], kdf["lanes"]) == (64 * 1024, 3, 4)
    assert keyfile.load(tmp_path / "key.json", PASSPHRASE) == key


def test_file_is_private(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_secret_is_never_shown(path: Path, key: StoredKey) -> None:
    for shown in (repr(key), str(key), repr(signers.signer(key)), path.read_text()):
        assert repr(key.secret) not in shown
        assert key.secret.hex() not in shown


def test_salt_and_nonce_are_fresh(path: Path, key: StoredKey) -> None:
    before = json.loads(path.read_bytes())
    keyfile.save(path, key, PASSPHRASE, cost=CHEAPEST, replace=True)
    after = json.loads(path.read_bytes())
    assert before["kdf"]["salt"] != after["kdf"]["salt"]
    assert before["nonce"] != after["nonce"]


def test_wrong_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(PassphraseError):
        keyfile.load(path, PASSPHRASE + b" ")


def test_new_key_replaces_nothing(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="exists already"):
        keyfile.save(path, signers.new_ssh_key("officer-1"), PASSPHRASE, cost=CHEAPEST)
    assert path.read_bytes() == before


def test_passphrase_can_be_replaced(path: Path, key: StoredKey) -> None:
    keyfile.save(path, key, b"another", cost=CHEAPEST, replace=True)
    assert keyfile.load(path, b"another") == key
    with pytest.raises(PassphraseError):
        keyfile.load(path, PASSPHRASE)


def test_missing_folder_is_reported(tmp_path: Path, key: StoredKey) -> None:
    with pytest.raises(KeyFileError, match="No such file"):
        keyfile.save(tmp_path / "absent" / "key.json", key, PASSPHRASE, cost=CHEAPEST)


def test_every_flipped_byte_is_noticed(path: Path) -> None:
    whole = path.read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(KeyFileError):
            keyfile.load(path, PASSPHRASE)


def corrupted(whole: bytes, draw: random.Random) -> bytes:
    """Return *whole* as a bad disk, a bad copy or a bad editor leaves it."""
    start = draw.randrange(len(whole))
    end = min(len(whole), start + draw.choice((1, 1, 2, 8, 64, 512)))
    before, piece, after = whole[:start], whole[start:end], whole[end:]
    flipped = bytes([piece[0] ^ 1 << draw.randrange(8)]) + piece[1:]
    kinds = {
        "flipped": before + flipped + after,
        "noise": before + draw.randbytes(len(piece)) + after,
        "zeros": before + bytes(len(piece)) + after,
        "cut off": before,
        "left out": before + after,
        "twice": before + piece + piece + after,
        "backwards": before + piece[::-1] + after,
        "other case": before + piece.swapcase() + after,
    }
    return kinds[draw.choice(list(kinds))]


@pytest.mark.heavy
@pytest.mark.parametrize(
    "make", [signers.new_ssh_key, signers.new_recipient_key, tuf_keys.new_p384_key]
)
def test_ten_thousand_corruptions_have_one_error(
    tmp_path: Path, make: Callable[[str], StoredKey]
) -> None:
    """Claim C59."""
    path, draw = tmp_path / "key.json", random.Random(11)  # noqa: S311 - no secret
    keyfile.save(path, make("some-key"), PASSPHRASE, cost=CHEAPEST)
    whole = path.read_bytes()
    refused = 0
    while refused < CORRUPTIONS // 2:
        damaged = corrupted(whole, draw)
        if damaged == whole:
            continue
        path.write_bytes(damaged)
        with pytest.raises(KeyFileError):
            keyfile.load(path, PASSPHRASE)
        refused += 1
    # A damaged file is no wrong passphrase: nobody has to wait after its backup is back.
    path.write_bytes(whole)
    assert keyfile.load(path, PASSPHRASE).id == "some-key"
    assert list(tmp_path.iterdir()) == [path]


def test_every_truncation_is_noticed(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(KeyFileError):
            keyfile.load(path, PASSPHRASE)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("memory_kib", 100 * 1024**2),
        ("memory_kib", 7),
        ("memory_kib", -1),
        ("iterations", 2**32 - 1),
        ("iterations", 0),
        ("lanes", 2**24),
        ("lanes", 0),
        ("name", "pbkdf2"),
        ("salt", ""),
        ("salt", "AA=="),
        ("secret", "AA=="),
    ],
)
def test_hostile_parameter_is_refused(path: Path, member: str, value: object) -> None:
    document: dict[str, Any] = canonical.load(path.read_bytes())
    document["kdf"][member] = value
    path.write_bytes(canonical.dump(document))
    with pytest.raises(KeyFileError):
        keyfile.load(path, PASSPHRASE)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("format", 2),
        ("kind", "ssh-rsa"),
        ("kind", "hpke-mlkem1024p384"),
        ("id", "../officer"),
        ("nonce", "AAAA"),
        ("ciphertext", ""),
        ("public", "A" * 5000),
    ],
)
def test_wrong_member_is_refused(path: Path, member: str, value: object) -> None:
    document: dict[str, Any] = canonical.load(path.read_bytes())
    document[member] = value
    path.write_bytes(canonical.dump(document))
    with pytest.raises(KeyFileError):
        keyfile.load(path, PASSPHRASE)


@pytest.mark.parametrize(
    ("member", "value"), [("id", "officer-2"), ("kind", "tuf-ed25519"), ("public", "none")]
)
def test_relabelled_key_is_refused(path: Path, member: str, value: str) -> None:
    document: dict[str, Any] = canonical.load(path.read_bytes())
    document[member] = value
    del document["checksum"]
    checksum = hashlib.sha256(canonical.dump(document)).hexdigest()
    path.write_bytes(canonical.dump({**document, "checksum": checksum}))
    with pytest.raises(PassphraseError):
        keyfile.load(path, PASSPHRASE)


def test_duplicate_json_key_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":1,"format":1'))
    with pytest.raises(KeyFileError, match="a key occurs twice"):
        keyfile.load(path, PASSPHRASE)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="No such file"):
        keyfile.load(tmp_path / "absent.json", PASSPHRASE)


def test_oversized_file_is_refused(path: Path) -> None:
    os.truncate(path, keyfile.KEY_FILE_BYTES + 1)
    with pytest.raises(KeyFileError, match="larger than"):
        keyfile.load(path, PASSPHRASE)


def test_link_and_pipe_are_refused(path: Path) -> None:
    link, pipe = path.with_name("link.json"), path.with_name("pipe.json")
    link.symlink_to(path)
    os.mkfifo(pipe)
    for name in (link, pipe):
        with pytest.raises(KeyFileError):
            keyfile.load(name, PASSPHRASE)


def test_crash_leaves_a_whole_key(path: Path, key: StoredKey, deaths: Deaths) -> None:
    seen = set()
    for _ in deaths(lambda: keyfile.save(path, key, b"new", cost=CHEAPEST, replace=True)):
        try:
            assert keyfile.load(path, PASSPHRASE) == key
            seen.add("old")
        except PassphraseError:
            assert keyfile.load(path, b"new") == key
            seen.add("new")
    assert seen == {"old", "new"}
    assert keyfile.load(path, b"new") == key
