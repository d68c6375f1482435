"""A key in a token is named in one way, and never with its PIN."""

from pathlib import Path

import pytest

from mediabridge.trust import token_uri
from mediabridge.trust.token_uri import TokenUri

MODULE = "module-path=/usr/lib/softhsm/libsofthsm2.so"


def test_every_attribute_is_read() -> None:
    found = token_uri.parse(
        f"pkcs11:token=officer%201;serial=00ff;object=%E7%BD%B2%E5%90%8D?{MODULE}"
    )
    library = Path("/usr/lib/softhsm/libsofthsm2.so")
    assert found == TokenUri(library, "署名", "officer 1", "00ff")
    assert found.token == "officer 1"  # noqa: S105 - a name
    assert found.pin_of == "pkcs11:token=officer 1"


def test_a_serial_number_names_a_token_without_a_label() -> None:
    found = token_uri.parse(f"pkcs11:serial=00ff;object=k?{MODULE}")
    assert (found.label, found.token) == (None, "00ff")


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("", "is written"),
        ("officer-1.json", "is written"),
        ("PKCS11:token=t;object=k?" + MODULE, "is written"),
        ("pkcs11:token=t;object=k", "module-path"),
        ("pkcs11:token=t;object=k?module-path=libsofthsm2.so", "absolute"),
        (f"pkcs11:token=t?{MODULE}", "needed"),
        (f"pkcs11:object=k?{MODULE}", "needed"),
        (f"pkcs11:token=;object=k?{MODULE}", "needed"),
        (f"pkcs11:token=t;object=?{MODULE}", "needed"),
        (f"pkcs11:token=t;token=u;object=k?{MODULE}", "each once"),
        (f"pkcs11:token=t;object=k;manufacturer=m?{MODULE}", "each once"),
        (f"pkcs11:token=t;object=k?{MODULE}&module-name=m", "each once"),
        (f"pkcs11:token=t;object=k;module-path=/a?{MODULE}", "each once"),
        (f"pkcs11:token=t;object=k?{MODULE}&pin-value=1234", "PIN never stands"),
        (f"pkcs11:token=t;object=k?{MODULE}&pin-source=/etc/pin", "PIN never stands"),
        (f"pkcs11:token=%ff;object=k?{MODULE}", "utf-8"),
    ],
)
def test_another_uri_is_refused(uri: str, problem: str) -> None:
    """Claim C63."""
    with pytest.raises(ValueError, match=problem) as caught:
        token_uri.parse(uri)
    assert "1234" not in str(caught.value)
