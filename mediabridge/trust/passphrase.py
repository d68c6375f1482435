"""Where a passphrase may come from: a private file, systemd, or a person.

Never from the command line or from an environment value: both can be read by
other processes and end up in shell histories and crash reports.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from mediabridge import errors, locale
from mediabridge.plainfile import read_plain

PassphraseSource = Callable[[str], bytes]
"""Given the id of a key, returns its passphrase in the one encoding: NFC, UTF-8."""

CREDENTIAL: Final = "mediabridge-passphrase"
"""Name of the systemd credential (``LoadCredentialEncrypted=`` of systemd.exec)."""

_PASSPHRASE_BYTES: Final = 1024


def from_prompt(ask: Callable[[str], str]) -> PassphraseSource:
    """Return a source that calls *ask* with the id of the key, each time it is needed."""
    return lambda key_id: encode(ask(key_id))


def from_file(path: Path) -> PassphraseSource:
    """Return a source that gives the one line in *path* for every key.

    Raises:
        PassphraseFileError: missing, not a plain file, open to other users, owned by
            another user, not one line of UTF-8, or empty.
    """
    try:
        text = read_plain(path, _PASSPHRASE_BYTES, private=True).decode("utf-8")
    except OSError as error:
        raise errors.PassphraseFileError(name=path.name, detail=error.strerror) from None
    except UnicodeDecodeError:
        raise errors.PassphraseFileError(name=path.name, detail=locale.text("not UTF-8")) from None
    except ValueError as error:
        raise errors.PassphraseFileError(name=path.name, detail=str(error)) from None
    line = text.removesuffix("\n")
    if not line or "\n" in line:
        detail = locale.text("it should hold one line")
        raise errors.PassphraseFileError(name=path.name, detail=detail)
    _refuse_what_an_editor_added(path, line)
    passphrase = encode(line)
    return lambda _key_id: passphrase


def _refuse_what_an_editor_added(path: Path, line: str) -> None:
    """Say what cannot be seen: it would only be told as a wrong passphrase."""
    if line.startswith("\ufeff"):
        detail = locale.text("it begins with a byte order mark; save it as UTF-8 without one")
    elif "\r" in line:
        detail = locale.text("its line ends as on Windows (CR LF); it should end in LF alone")
    elif line != line.strip():
        detail = locale.text("a space or tab stands before or after the passphrase")
    else:
        return
    raise errors.PassphraseFileError(name=path.name, detail=detail)


def from_credentials(environment: Mapping[str, str]) -> PassphraseSource | None:
    """Return the source that systemd handed to this service, or None if it did not.

    Args:
        environment: The process environment; only ``CREDENTIALS_DIRECTORY``, the
            name of a folder, is read.

    Raises:
        PassphraseFileError: as :func:`from_file`.
    """
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if folder is None or not Path(folder, CREDENTIAL).exists():
        return None
    return from_file(Path(folder, CREDENTIAL))


def encode(text: str) -> bytes:
    """Return the bytes a key is derived from: the same on every keyboard and system."""
    # A Japanese input method may give が as one character or as two (RFC 8265, 4.2).
    return unicodedata.normalize("NFC", text).encode()
