"""The KRL that ssh-keygen makes from the trust data, asked by ssh-keygen itself."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mediabridge.bundle import sshsig
from mediabridge.trust import keytext, krl
from mediabridge.trust.city import City
from mediabridge.trust.trust_data import Revocation, TrustData


@pytest.fixture
def says(tmp_path: Path, require_tool: Callable[[str], str]) -> Callable[[TrustData, str], str]:
    """Return a question to ``ssh-keygen -Q``: what does the list say of a key?"""
    tool = require_tool("ssh-keygen")

    def ask(trust: TrustData, key: str) -> str:
        made = krl.build(trust)
        assert made is not None
        (tmp_path / "krl").write_bytes(made)
        (tmp_path / "key.pub").write_text(f"{key}\n")
        words = [tool, "-Q", "-f", str(tmp_path / "krl"), str(tmp_path / "key.pub")]
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        said = done.stdout.split()[-1]
        assert (done.returncode == 0) is (said == "ok")
        return said

    return ask


def revoke(trust: TrustData, key: str, *, gone: bool = False) -> TrustData:
    entry = Revocation(key=keytext.fingerprint(key), at="2026-04-01T00:00:00Z", reason="KEY_LOST")
    people = tuple(each for each in trust.people if each.key != key) if gone else trust.people
    return trust.model_copy(update={"revoked": (entry,), "people": people})


@pytest.mark.parametrize("gone", [False, True], ids=["listed", "gone"])
def test_a_revoked_key_is_revoked(
    made_city: City, says: Callable[[TrustData, str], str], gone: bool
) -> None:
    one, other, *_ = (each.key for each in made_city.trust.people if each.role == "officer")
    trust = revoke(made_city.trust, one, gone=gone)
    assert says(trust, one) == "REVOKED"
    assert says(trust, other) == "ok"
    assert says(made_city.trust, one) == "ok"


def test_a_revoked_key_of_a_token_is_revoked(
    made_city: City, says: Callable[[TrustData, str], str]
) -> None:
    public = ec.generate_private_key(ec.SECP384R1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = sshsig.openssh_key(point)
    first, *others = made_city.trust.people
    people = (first.model_copy(update={"key": key}), *others)
    trust = made_city.trust.model_copy(update={"people": people})
    assert says(revoke(trust, key), key) == "REVOKED"
    assert says(revoke(trust, key, gone=True), key) == "REVOKED"
    assert says(revoke(trust, others[0].key), key) == "ok"


def test_without_openssh_there_is_none(
    made_city: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert krl.build(made_city.trust) is None
