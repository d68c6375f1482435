import os
import unicodedata
from pathlib import Path

import pytest

from mediabridge.errors import PassphraseFileError
from mediabridge.trust import passphrase


def private_file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o400)
    return path


def test_file_gives_its_line(tmp_path: Path) -> None:
    source = passphrase.from_file(private_file(tmp_path / "secret", b"correct horse\n"))
    assert source("any-key") == b"correct horse"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o666])
def test_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = private_file(tmp_path / "secret", b"correct horse\n")
    path.chmod(mode)
    with pytest.raises(PassphraseFileError, match="other users"):
        passphrase.from_file(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_file_of_another_user_is_refused(tmp_path: Path) -> None:
    path = private_file(tmp_path / "secret", b"correct horse\n")
    os.chown(path, 12345, -1)
    with pytest.raises(PassphraseFileError, match="another user"):
        passphrase.from_file(path)


@pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo\n", b"\xff\n", b"x" * 2000])
def test_malformed_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(PassphraseFileError):
        passphrase.from_file(private_file(tmp_path / "secret", content))


def test_link_and_missing_are_refused(tmp_path: Path) -> None:
    path = private_file(tmp_path / "secret", b"correct horse\n")
    (tmp_path / "link").symlink_to(path)
    for name in ("link", "absent"):
        with pytest.raises(PassphraseFileError):
            passphrase.from_file(tmp_path / name)


def test_systemd_credential_is_found(tmp_path: Path) -> None:
    private_file(tmp_path / "mediabridge-passphrase", b"correct horse")
    source = passphrase.from_credentials({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert source is not None
    assert source("any-key") == b"correct horse"


def test_absent_credential_is_none(tmp_path: Path) -> None:
    assert passphrase.from_credentials({}) is None
    assert passphrase.from_credentials({"CREDENTIALS_DIRECTORY": str(tmp_path)}) is None


def test_prompt_is_asked_per_key() -> None:
    source = passphrase.from_prompt(lambda key_id: f"passphrase of {key_id}")
    assert source("officer-1") == b"passphrase of officer-1"
    assert source("officer-2") == b"passphrase of officer-2"


def test_spelling_of_characters_does_not_matter() -> None:
    composed, decomposed = (unicodedata.normalize(form, "がぎぐ") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert passphrase.encode(composed) == passphrase.encode(decomposed)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbfcorrect horse\n", "byte order mark"),
        (b"correct horse\r\n", "CR LF"),
        (b"correct horse \n", "space"),
        ("\u3000correct horse\n".encode(), "space"),
    ],
)
def test_what_an_editor_added_is_said_as_what_it_is(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(PassphraseFileError, match=said):
        passphrase.from_file(private_file(tmp_path / "secret", content))
