from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from logkeys import Ed25519Signer

from mediabridge import errors
from mediabridge.translog import checkpoint, merkle, note
from mediabridge.translog.checkpoint import MAX_SIZE, Checkpoint
from mediabridge.translog.note import Vkey

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
EMPTY = base64.b64encode(merkle.EMPTY_ROOT).decode()


def test_example_text_parses() -> None:
    text = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
    parsed = checkpoint.parse(text)
    assert parsed == Checkpoint("example.com/behind-the-sofa", 20852163, base64.b64decode(ROOT))
    assert parsed.text() == text


def test_empty_log_parses() -> None:
    assert checkpoint.parse(f"a/log/b\n0\n{EMPTY}\n").size == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"a/log/b\n1\n{ROOT}",
        f"a/log/b\n1\n{ROOT}\n\n",
        f"a/log/b\n1\n{ROOT}\nextension\n",
        f"\n1\n{ROOT}\n",
        f"a log b\n1\n{ROOT}\n",
        f"a+log\n1\n{ROOT}\n",
        f"a/log/b\n01\n{ROOT}\n",
        f"a/log/b\n-1\n{ROOT}\n",
        f"a/log/b\n+1\n{ROOT}\n",
        f"a/log/b\n１\n{ROOT}\n",
        f"a/log/b\n{MAX_SIZE + 1}\n{ROOT}\n",
        f"a/log/b\n1{'0' * 5000}\n{ROOT}\n",
        f"a/log/b\n1\n{ROOT[:-1]}\n",
        f"a/log/b\n1\n{ROOT[:-2]}J=\n",
        f"a/log/b\n0\n{ROOT}\n",
    ],
)
def test_other_spelling_refused(text: str) -> None:
    with pytest.raises(errors.LogNoteError):
        checkpoint.parse(text)


def test_signed_checkpoint_opens(origin: str, signer: Ed25519Signer, vkey: Vkey) -> None:
    wanted = Checkpoint(origin, 7, bytes(32))
    assert checkpoint.open_checkpoint(checkpoint.sign(wanted, signer), vkey) == wanted


def test_foreign_signer_refused(signer: Ed25519Signer) -> None:
    with pytest.raises(ValueError, match="the log key is named"):
        checkpoint.sign(Checkpoint("a/log/b", 7, bytes(32)), signer)


def test_foreign_origin_refused(signer: Ed25519Signer, vkey: Vkey) -> None:
    data = note.sign(Checkpoint("a/log/b", 7, bytes(32)).text(), signer)
    with pytest.raises(errors.LogNoteError, match="a checkpoint of a/log/b, should be of city"):
        checkpoint.open_checkpoint(data, vkey)


def test_foreign_key_refused(origin: str, signer: Ed25519Signer, vkey: Vkey) -> None:
    data = checkpoint.sign(Checkpoint(origin, 7, bytes(32)), signer)
    with pytest.raises(errors.LogNoteError, match="not signed by"):
        checkpoint.open_checkpoint(data, replace(vkey, public_key=bytes(32)))


def test_origin_names_station() -> None:
    assert checkpoint.station_of(checkpoint.origin_of("city.example.jp", "lgwan")) == "lgwan"


@pytest.mark.parametrize("origin", ["", "lgwan", "/log/lgwan", "city.example.jp/log/"])
def test_unfit_origin_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="an origin has the form"):
        checkpoint.station_of(origin)
