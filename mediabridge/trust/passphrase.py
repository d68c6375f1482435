"""Where a passphrase may come from: a private file, an open descriptor, systemd, or a person.

Never from the command line or from an environment value: both can be read by
other processes and end up in shell histories and crash reports.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from mediabridge import errors, locale
from mediabridge.config import PASSPHRASE_CHARACTERS, PASSPHRASE_DIFFERENT
from mediabridge.plainfile import read_plain

PassphraseSource = Callable[[str], bytes]
"""Given the id of a key, returns its passphrase in the one encoding: NFC, UTF-8."""

CREDENTIAL: Final = "mediabridge-passphrase"
"""Name of the systemd credential (``LoadCredentialEncrypted=`` of systemd.exec)."""

CLERK_CREDENTIAL: Final = "mediabridge-clerk-passphrase"
"""Name of the systemd credential with the passphrase or PIN of the person at the desk."""

NEW_CREDENTIAL: Final = "mediabridge-new-passphrase"
"""Name of the systemd credential with the passphrase that takes the place of another."""

_PASSPHRASE_BYTES: Final = 1024


def from_prompt(ask: Callable[[str], str]) -> PassphraseSource:
    """Return a source that calls *ask* with the id of the key, each time it is needed."""
    return lambda key_id: encode(ask(key_id))


def from_file(path: Path, *, credential: bool = False) -> PassphraseSource:
    """Return a source that gives the one line in *path*, a file or a *credential*, for every key.

    Raises:
        PassphraseFileError: missing, not a plain file, open to other users, owned by
            another user, not one line of UTF-8, or empty.
    """
    try:
        data = read_plain(path, _PASSPHRASE_BYTES, private=not credential, credential=credential)
    except OSError as error:
        raise errors.PassphraseFileError(name=path.name, detail=error.strerror) from None
    except ValueError as error:
        raise errors.PassphraseFileError(name=path.name, detail=str(error)) from None
    return _for_every_key(path.name, data)


def from_descriptor(descriptor: int) -> PassphraseSource:
    """Return a source that gives the one line that *descriptor* holds; it is read to its end.

    Raises:
        PassphraseFileError: it is not open, a terminal, too long, or not one line of UTF-8.
    """
    name = locale.text("descriptor {number}", number=descriptor)
    try:
        if os.isatty(descriptor):
            detail = locale.text("it is a terminal; without the option it is asked for")
            raise errors.PassphraseFileError(name=name, detail=detail)
        with open(descriptor, "rb") as file:
            data = file.read(_PASSPHRASE_BYTES + 1)
    except OSError as error:
        raise errors.PassphraseFileError(name=name, detail=error.strerror) from None
    if len(data) > _PASSPHRASE_BYTES:
        detail = locale.text("larger than {limit} bytes", limit=_PASSPHRASE_BYTES)
        raise errors.PassphraseFileError(name=name, detail=detail)
    return _for_every_key(name, data)


def _for_every_key(name: str, data: bytes) -> PassphraseSource:
    """Return the source of the one line in *data*, which came from what is called *name*."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise errors.PassphraseFileError(name=name, detail=locale.text("not UTF-8")) from None
    line = text.removesuffix("\n")
    if not line or "\n" in line:
        detail = locale.text("it should hold one line")
        raise errors.PassphraseFileError(name=name, detail=detail)
    _refuse_what_an_editor_added(name, line)
    passphrase = encode(line)
    return lambda _key_id: passphrase


def _refuse_what_an_editor_added(name: str, line: str) -> None:
    """Say what cannot be seen: it would only be told as a wrong passphrase."""
    if line.startswith("\ufeff"):
        detail = locale.text("it begins with a byte order mark; save it as UTF-8 without one")
    elif "\r" in line:
        detail = locale.text("its line ends as on Windows (CR LF); it should end in LF alone")
    elif line != line.strip():
        detail = locale.text("a space or tab stands before or after the passphrase")
    else:
        return
    raise errors.PassphraseFileError(name=name, detail=detail)


def from_credentials(
    environment: Mapping[str, str], name: str = CREDENTIAL
) -> PassphraseSource | None:
    """Return the source that systemd handed to this service, or None if it did not.

    Args:
        environment: The process environment; only ``CREDENTIALS_DIRECTORY``, the
            name of a folder, is read.
        name: Which of the credentials.

    Raises:
        PassphraseFileError: as :func:`from_file`.
    """
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if folder is None or not Path(folder, name).exists():
        return None
    return from_file(Path(folder, name), credential=True)


def require_strong(passphrase: bytes, key_id: str) -> None:
    """Refuse a new passphrase of the key *key_id* that is too easy to guess.

    Args:
        passphrase: As :func:`encode` returns it.
        key_id: The key's id, which stands in the file for everybody to read.

    Raises:
        PassphraseWeakError: too short, too few different characters, characters in the order
            of their codes; the id of the key does not count. The text never repeats it.
    """
    text = passphrase.decode()
    counting = text.lower().replace(key_id, "")
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    if len(counting) < PASSPHRASE_CHARACTERS:
        detail = locale.text(
            "at least {wanted} characters are needed, not counting the id of the key",
            wanted=PASSPHRASE_CHARACTERS,
        )
    elif len(set(counting)) < PASSPHRASE_DIFFERENT:
        detail = locale.text(
            "at least {wanted} different characters are needed", wanted=PASSPHRASE_DIFFERENT
        )
    elif len(steps) == 1:
        detail = locale.text("its characters stand in the order of an alphabet or of numbers")
    else:
        return
    raise errors.PassphraseWeakError(detail=detail)


def encode(text: str) -> bytes:
    """Return the bytes a key is derived from: the same on every keyboard and system."""
    # A Japanese input method may give が as one character or as two (RFC 8265, 4.2).
    return unicodedata.normalize("NFC", text).encode()
