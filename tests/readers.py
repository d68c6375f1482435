"""Every reader of JSON, base64 or signatures from outside, as a function of bytes and a folder."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from mediabridge.bundle import sshsig
from mediabridge.bundle.header import parse_header
from mediabridge.bundle.manifest import parse_manifest
from mediabridge.bundle.medium import parse_identity
from mediabridge.bundle.wraps import parse_wraps
from mediabridge.receipt.accept import ReceiptReader
from mediabridge.stations.home import Home
from mediabridge.translog import events, note
from mediabridge.trust import keyfile, trust_data

Reader = Callable[[bytes, Path], object]


def _home(data: bytes, folder: Path) -> object:
    home = Home(folder)
    home.config_file.write_bytes(data)
    return home.config()


def _key(data: bytes, folder: Path) -> object:
    (folder / "key.json").write_bytes(data)
    return keyfile.load(folder / "key.json", b"training")


JSON_READERS: dict[str, Reader] = {
    "header.json": lambda data, _: parse_header(data),
    "keys.json": lambda data, _: parse_wraps(data),
    "manifest": lambda data, _: parse_manifest(data),
    "medium.json": lambda data, _: parse_identity(data),
    "trust.json": lambda data, _: trust_data.parse(data),
    "log entry": lambda data, _: events.parse(data, "lgwan-01"),
    "receipt": lambda data, _: ReceiptReader(BytesIO(data + b"\n"), "receipt-1.jsonl"),
    "station.json": _home,
    "key file": _key,
}
READERS: dict[str, Reader] = {
    **JSON_READERS,
    "signature": lambda data, _: sshsig.parse(data, name="medium.json.sig"),
    "note": lambda data, _: note.open_note(data, []),
}
