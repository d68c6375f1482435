"""What a library says of bytes it cannot read never ends up inside a Japanese sentence."""

import base64
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from attacks.world import World, make_world
from publishing import publish
from readers import READERS

from mediabridge import canonical, spelling
from mediabridge.clock import SystemClock
from mediabridge.errors import KeyFileError, MediabridgeError, TrustInvalidError, UsageError
from mediabridge.locale import Language, set_language
from mediabridge.trust import accepted, client, repository, signers, trust_data
from mediabridge.trust.keyfile import StoredKey

ENGLISH = re.compile(r"[A-Za-z']{2,} [A-Za-z']{2,}|missing|forbidden|error|_type")
"""Two words in a row, or a library's word for a rule; names stand alone among Japanese."""

FAULTS: dict[str, bytes] = {
    "empty": b"",
    "not UTF-8": b'{"format":"\xff"}',
    "not ASCII": "媒体".encode(),
    "not JSON": b"{format: 1}",
    "cut off": b'{"format":1',
    "two documents": b"{}{}",
    "control character": b'{"format":"\n"}',
    "wrong escape": b'{"format":"\\x"}',
    "half a surrogate pair": b'{"format":"\\ud842"}',
    "half a surrogate pair as key": b'{"\\ud842":1}',
    "larger than exact": b'{"format":9007199254740993}',
    "a million digits": b'{"format":' + b"1" * 1_000_000 + b"}",
    "fraction": b'{"format":1.5}',
    "not a number": b'{"format":NaN}',
    "nested deeply": b"[" * 5_000,
    "wraps are numbers": b'{"format":1,"wraps":[1,2]}',
    "wraps are not base64": b'{"format":1,"wraps":["!"]}',
    "wraps are not ASCII": '{"format":1,"wraps":["媒体"]}'.encode(),
    "armor without base64": b"-----BEGIN SSH SIGNATURE-----\nAAA\n-----END SSH SIGNATURE-----\n",
    "armor of nothing": b"-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----\n",
    "armor cut off": b"-----BEGIN SSH SIGNATURE-----\n"
    + base64.b64encode(b"SSHSIG\0\0\0\1\0\0")
    + b"\n-----END SSH SIGNATURE-----\n",
    "armor that is not ASCII": b"-----BEGIN SSH SIGNATURE-----\n\xe9",
}


@pytest.fixture(autouse=True)
def _japanese(_english: None) -> None:
    set_language(Language.JA)


def shown(refusal: pytest.ExceptionInfo[Exception]) -> str:
    """Return what was found wrong; the sentence around it, by itself, is always ours."""
    error = refusal.value
    return str(error.facts["detail"]) if isinstance(error, MediabridgeError) else str(error)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", READERS)
def test_refused_document(name: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises((MediabridgeError, ValueError)) as refusal:
        READERS[name](FAULTS[fault], tmp_path)
    said = shown(refusal)
    assert not ENGLISH.search(said), said
    assert said


@pytest.mark.parametrize("spelt", [1, None, "!", "AAA", "AB==", "媒体", "AAAA\n"])
def test_refused_base64(spelt: object) -> None:
    with pytest.raises(ValueError, match="base64") as refusal:
        spelling.from_base64(spelt)
    assert not ENGLISH.search(str(refusal.value))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


RECIPIENTS = {
    "not base64": "!",
    "too short": "AAAA",
    "no point of the curve": base64.b64encode(bytes(1568 + 97)).decode(),
    "no ML-KEM key": base64.b64encode(b"\xff" * (1568 + 97)).decode(),
}


@pytest.mark.parametrize("key", RECIPIENTS.values(), ids=RECIPIENTS)
def test_refused_key_in_trust_data(world: World, key: str) -> None:
    document = json.loads(world.city.trust.dump())
    document["recipients"][0]["key"] = key
    with pytest.raises(TrustInvalidError) as refusal:
        trust_data.parse(canonical.dump(document))
    assert not ENGLISH.search(shown(refusal)), shown(refusal)


def test_other_type_of_key_in_trust_data_is_named(world: World) -> None:
    for key in ("ssh-rsa AAAAB3NzaC1yc2E" + "A" * 500, "sk-ssh-ed25519@openssh.com AAAA"):
        document = json.loads(world.city.trust.dump())
        document["people"][0]["key"] = key
        with pytest.raises(TrustInvalidError) as refusal:
            trust_data.parse(canonical.dump(document))
        assert key.partition(" ")[0] in shown(refusal)
        assert not ENGLISH.search(shown(refusal)), shown(refusal)


@pytest.mark.parametrize(
    "key",
    [
        StoredKey("tuf-ed25519", "tuf-1", "no hexadecimal", bytes(32)),
        StoredKey("tuf-ed25519", "tuf-1", "00" * 32, bytes(31)),
        StoredKey("ssh-ed25519", "officer-1", "ssh-rsa AAAA", bytes(32)),
        StoredKey("log-ed25519", "lgwan-01-log", "", bytes(32)),
    ],
    ids=["no hexadecimal", "short secret", "other type", "no log key"],
)
def test_refused_signing_key(key: StoredKey) -> None:
    with pytest.raises(KeyFileError) as refusal:
        signers.signer(key)
    assert not ENGLISH.search(shown(refusal)), shown(refusal)


@pytest.mark.parametrize("secret", [b"", bytes(64 + 48), b"\xff" * (64 + 48)])
def test_refused_recipient_key(secret: bytes) -> None:
    with pytest.raises(KeyFileError) as refusal:
        signers.recipient_key(StoredKey("hpke-mlkem1024p384", "lgwan-01-recipient", "", secret))
    assert not ENGLISH.search(shown(refusal)), shown(refusal)


def _spoil(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda medium: (medium / "metadata" / name).write_bytes(data)


def _other_role(medium: Path) -> None:
    shutil.copy(medium / "metadata/1.root.json", medium / "metadata/timestamp.json")


def _long_snapshot(medium: Path) -> None:
    # As large as anything may be there; the list that names it gives no size.
    (medium / "metadata/1.snapshot.json").write_bytes(b" " * (4 * 1024 * 1024))


def _long_target(medium: Path) -> None:
    for path in (medium / "targets").iterdir():
        path.write_bytes(path.read_bytes() + b" ")


def _same_root_again(medium: Path) -> None:
    shutil.copy(medium / "metadata/1.root.json", medium / "metadata/2.root.json")


SPOILT: dict[str, Callable[[Path], object]] = {
    "not JSON": _spoil("timestamp.json", b"\xff" * 99),
    "no metadata": _spoil("timestamp.json", b"{}"),
    "nested deeply": _spoil("timestamp.json", b"[" * 5_000),
    "other role": _other_role,
    "nothing of it": shutil.rmtree,
    "version of another root": _same_root_again,
    "long snapshot": _long_snapshot,
    "long target": _long_target,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_refused_trust_repository(
    world: World, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    medium = tmp_path / "medium"
    shutil.copytree(world.city.repository, medium)
    spoil(medium)
    with pytest.raises(TrustInvalidError) as refusal:
        client.refresh(medium, tmp_path / "cache", world.city.root)
    assert not ENGLISH.search(shown(refusal)), shown(refusal)


@pytest.mark.parametrize(
    "lost", ["client", "repository/metadata", "repository/metadata/timestamp.json"]
)
def test_damaged_cache(world: World, tmp_path: Path, lost: str) -> None:
    cache = tmp_path / "cache"
    client.refresh(world.city.repository, cache, world.city.root)
    path = (cache / "current").resolve() / lost
    (shutil.rmtree if path.is_dir() else Path.unlink)(path)
    with pytest.raises(TrustInvalidError) as refusal:
        accepted.current(cache)
    assert not ENGLISH.search(shown(refusal)), shown(refusal)


def test_too_few_keys_to_publish(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    shutil.copytree(world.city.repository, folder)
    mine = world.city.publishers(lambda _key: b"training")
    few = repository.Publishers(mine.targets[:1], mine.snapshot, mine.timestamp)
    newer = world.city.trust.model_copy(update={"version": 2})
    with pytest.raises(UsageError) as refusal:
        publish(folder, newer, publishers=few, clock=SystemClock())
    assert not ENGLISH.search(shown(refusal)), shown(refusal)
