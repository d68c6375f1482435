"""Make ``tests/vectors/translog/cosignature.json``: what a bundle may say of its reader's own log.

    python tools/make_cosigned.py tests/vectors/translog/cosignature.json

The log, its keys and its three entries are those of ``worked-example.json`` beside it. Ed25519 is
deterministic, so the file comes out the same each time. Each case has one expected result.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Case = dict[str, Any]

ORIGIN: Final = "city.example.jp/log/lgwan"
WITNESS: Final = "city.example.jp/witness/registry"
TIME: Final = 1_775_003_700
"""2026-04-01T00:35:00Z."""

_LOG_TYPE, _WITNESS_TYPE = b"\x01", b"\x04"


def make(example: dict[str, Any]) -> dict[str, Any]:
    """Return the document; *example* is the worked one."""
    leaves = [bytes.fromhex(each) for each in example["leaf_hashes"]]
    roots = [
        hashlib.sha256(b"").digest(),
        leaves[0],
        _node(leaves[0], leaves[1]),
        _node(_node(leaves[0], leaves[1]), leaves[2]),
    ]
    log = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(example["seed"]))
    return {
        "origin": ORIGIN,
        "witness_seed": _seed(1).hex(),
        "witness_vkey": _vkey(WITNESS, _key(1)),
        "roots": [root.hex() for root in roots],
        # The receiver signed its first entry and all three, never the first two.
        "signed": [_checkpoint(log, 1, roots[1]), _checkpoint(log, 3, roots[3])],
        "cases": list(_cases(log, roots)),
    }


def _cases(log: Ed25519PrivateKey, roots: list[bytes]) -> list[Case]:
    one, three = _checkpoint(log, 1, roots[1]), _checkpoint(log, 3, roots[3])
    good = three + _line()(three)
    more = good + _line(name="x", n=2)(three)
    hyphen = good.replace("— city.example.jp/w", "- city.example.jp/w")
    stranger = Ed25519PrivateKey.from_private_bytes(_seed(2))
    four = _checkpoint(log, 4, roots[3])
    forked = _checkpoint(log, 3, roots[2])
    unsigned = _checkpoint(log, 2, roots[2])
    resigned = _checkpoint(stranger, 3, roots[3])
    elsewhere = _checkpoint(log, 3, roots[3], origin="city.example.jp/log/lgwan-02")
    extended = _note(f"{ORIGIN}\n3\n{_base64(roots[3])}\nmore\n", log)
    invalid, differs, lost = "COSIGNATURE_INVALID", "PEER_MIRROR_DIFFERS", "WITNESS_STATE_LOST"
    return [
        _case("first", good, "ACCEPTED"),
        _case("the same once more", good, "ACCEPTED", before=3),
        _case("grown", good, "ACCEPTED", before=1),
        _case("another line that nobody here knows", more, "ACCEPTED"),
        _case("none yet", None, "ACCEPTED"),
        _case("none any more", None, lost, before=1),
        _case("none, but a size", None, invalid, size=3),
        _case("another size", good, invalid, size=2),
        _case("no line of the witness", three, invalid),
        _case("the name, but another key", three + _line(n=2)(three), invalid),
        _case("the key, but another name", three + _line(name="x")(three), invalid),
        _case("the key id, but another key", three + _line(n=2, named=1)(three), invalid),
        _case("two lines of the witness", good + _line(time=TIME + 1)(three), invalid),
        _case("a plain signature under the name", three + _plain(three), invalid),
        _case("of another text", three + _line()(one), invalid),
        _case("another time than was signed", three + _line(told=TIME + 1)(three), invalid),
        _case("no time", three + _line(time=0)(three), invalid),
        _case("the last time", three + _line(time=253_402_300_799)(three), "ACCEPTED"),
        _case("a time after the year 9999", three + _line(time=253_402_300_800)(three), invalid),
        _case("a time of 64 bits", three + _line(time=2**64 - 1)(three), invalid),
        _case("a byte too few", three + _line(cut=1)(three), invalid),
        _case("a byte too many", three + _line(more=b"\0")(three), invalid),
        _case("a hyphen for the dash", hyphen, invalid),
        _case("no newline at the end", good[:-1], invalid),
        _case("not a note", "hello", invalid),
        _case("nothing", "", invalid),
        _case("of another log", elsewhere + _line()(elsewhere), invalid),
        _case("an extension line", extended + _line()(extended), invalid),
        _case("more than there is", four + _line()(four), differs, size=4),
        _case("another root", forked + _line()(forked), differs),
        _case("never signed here", unsigned + _line()(unsigned), differs, size=2),
        _case("signed by another key", resigned + _line()(resigned), differs),
        _case("less than before", one + _line()(one), lost, size=1, before=3),
    ]  # fmt: skip


def _case(
    name: str, note: str | None, result: str, *, size: int | None = None, before: int = 0
) -> Case:
    usual = 0 if note is None else 3
    return {
        "name": name,
        "peer_checkpoint": note,
        "peer_size": usual if size is None else size,
        "before": before,
        "result": result,
    }


def _line(
    *,
    name: str = WITNESS,
    n: int = 1,
    named: int | None = None,
    time: int = TIME,
    told: int | None = None,
    cut: int = 0,
    more: bytes = b"",
) -> Any:
    """Return what makes the line of a witness for a note; the arguments say what is wrong."""

    def line(note: str) -> str:
        text = note.partition("\n\n")[0] + "\n"
        signature = _key(n).sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        shown = time if told is None else told
        blob = shown.to_bytes(8, "big") + signature[: len(signature) - cut] + more
        key_id = _key_id(name, _WITNESS_TYPE, _public(_key(named or n)))
        return f"— {name} {_base64(key_id + blob)}\n"

    return line


def _plain(note: str) -> str:
    signature = _key(1).sign((note.partition("\n\n")[0] + "\n").encode())
    key_id = _key_id(WITNESS, _LOG_TYPE, _public(_key(1)))
    return f"— {WITNESS} {_base64(key_id + signature)}\n"


def _checkpoint(key: Ed25519PrivateKey, size: int, root: bytes, origin: str = ORIGIN) -> str:
    return _note(f"{origin}\n{size}\n{_base64(root)}\n", key)


def _note(text: str, key: Ed25519PrivateKey) -> str:
    name = text.partition("\n")[0]
    blob = _key_id(name, _LOG_TYPE, _public(key)) + key.sign(text.encode())
    return f"{text}\n— {name} {_base64(blob)}\n"


def _vkey(name: str, key: Ed25519PrivateKey) -> str:
    typed = _WITNESS_TYPE + _public(key)
    return f"{name}+{_key_id(name, _WITNESS_TYPE, _public(key)).hex()}+{_base64(typed)}"


def _key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _seed(n: int) -> bytes:
    return bytes(range(32 * n, 32 * n + 32))


def _key(n: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_seed(n))


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def main(path: Path) -> None:
    """Write the document to *path*, from the worked example beside it."""
    example = json.loads(path.with_name("worked-example.json").read_text("utf-8"))
    document = json.dumps(make(example), indent=2, ensure_ascii=False)
    path.write_text(document + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
