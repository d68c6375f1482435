"""What can be wrong with a token: each has its own reason, and a sentence in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from attacks.world import World
from tokens.softhsm import PIN, SoftHsm

from mediabridge.cli._app import run
from mediabridge.errors import (
    ExitCode,
    KeyFileError,
    TokenError,
    TokenFailedError,
    TokenKeyError,
    TokenLockedError,
    TokenMissingError,
    TokenModuleError,
    TokenPinError,
    TokenRemovedError,
    TokenSeveralError,
)
from mediabridge.locale import Language, hint_of, sentence_of, set_language
from mediabridge.translog.events import Event
from mediabridge.trust import keyfile, signers, token_uri, tokens
from mediabridge.trust.token_uri import TokenUri

pytestmark = pytest.mark.in_turns

TOKEN, KEY = "officer-1", "approvals"


def right(_: str) -> bytes:
    return PIN.encode()


@pytest.fixture
def token(hsm: SoftHsm) -> Path:
    """Give the folder that a token with one key is."""
    folder = hsm.plug_in(TOKEN)
    hsm.make_p384(TOKEN, KEY)
    return folder


@pytest.fixture
def uri(hsm: SoftHsm, token: Path) -> TokenUri:  # noqa: ARG001 - it has to be plugged in
    return token_uri.parse(hsm.uri(TOKEN, KEY))


def said(error: TokenError) -> None:
    assert error.exit_code == ExitCode.CONFIGURATION
    spoken = set()
    for language in Language:
        set_language(language)
        spoken.add(sentence_of(error))
        assert hint_of(error)
        assert "{" not in sentence_of(error) + hint_of(error)
        assert re.search("[ぁ-ん]", sentence_of(error)) or language is Language.EN
    assert len(spoken) == len(Language)
    set_language(Language.EN)


def test_a_wrong_pin(uri: TokenUri) -> None:
    """Claim C63."""
    with pytest.raises(TokenPinError) as caught:
        tokens.open_signer(uri, lambda _: b"000000")
    said(caught.value)
    assert tokens.open_signer(uri, right).sign(b"message")


def test_a_locked_pin(uri: TokenUri, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C63. SoftHSM locks nothing, so here the library is made to say it."""
    import pkcs11

    class Locked:
        def open(self, **_: object) -> None:
            raise pkcs11.exceptions.PinLocked

    monkeypatch.setattr(tokens, "_the_token", lambda *_, **__: Locked())
    with pytest.raises(TokenLockedError) as caught:
        tokens.open_signer(uri, right)
    said(caught.value)


def test_taken_out_between_two_signatures(uri: TokenUri, token: Path) -> None:
    """Claim C63."""
    signer = tokens.open_signer(uri, right)
    signer.sign(b"first")
    SoftHsm.pull_out(token)
    with pytest.raises(TokenRemovedError) as caught:
        signer.sign(b"second")
    said(caught.value)


def test_taken_out_while_it_is_open(
    uri: TokenUri, token: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C63."""
    signer = tokens.open_signer(uri, right)
    private_key = tokens._OpenToken.private_key

    def pulled_out(opened: tokens._OpenToken) -> object:
        key = private_key(opened)
        SoftHsm.pull_out(token)
        return key

    monkeypatch.setattr(tokens._OpenToken, "private_key", pulled_out)
    with pytest.raises(TokenRemovedError) as caught:
        signer.sign(b"message")
    said(caught.value)


def test_two_tokens_of_one_name(hsm: SoftHsm, uri: TokenUri) -> None:
    """Claim C63."""
    hsm.plug_in(TOKEN)
    with pytest.raises(TokenSeveralError) as caught:
        tokens.open_signer(uri, right)
    said(caught.value)
    serials = hsm.serials(TOKEN)
    assert caught.value.facts["serials"] == ", ".join(serials)
    opened = []
    for serial in serials:
        named = TokenUri(uri.module, KEY, serial=serial)
        try:
            opened.append(tokens.open_signer(named, right))
        except TokenKeyError:
            continue
    assert [each.id for each in opened] == [KEY]


def test_a_second_token_that_arrives_later(hsm: SoftHsm, uri: TokenUri) -> None:
    """Claim C63. The library itself lists what was there when it began."""
    signer = tokens.open_signer(uri, right)
    hsm.plug_in(TOKEN, noticed=False)
    with pytest.raises(TokenSeveralError):
        signer.sign(b"message")


def test_two_tokens_of_different_names(hsm: SoftHsm, uri: TokenUri) -> None:
    hsm.plug_in("officer-2")
    assert tokens.open_signer(uri, right).sign(b"message")


def test_no_token(uri: TokenUri, token: Path) -> None:
    """Claim C63. Nobody is asked for a PIN then."""
    SoftHsm.pull_out(token)

    def asked(_: str) -> bytes:
        raise AssertionError

    with pytest.raises(TokenMissingError) as caught:
        tokens.open_signer(uri, asked)
    said(caught.value)


@pytest.mark.parametrize("content", [None, b"no library"])
def test_no_module(hsm: SoftHsm, tmp_path: Path, content: bytes | None) -> None:
    module = tmp_path / "module.so"
    if content is not None:
        module.write_bytes(content)
    with pytest.raises(TokenModuleError) as caught:
        tokens.open_signer(TokenUri(module, KEY, TOKEN), right)
    said(caught.value)
    assert hsm.module != module


def test_no_support_for_tokens(uri: TokenUri, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pkcs11", None)
    with pytest.raises(TokenModuleError, match="lacks the extra token") as caught:
        tokens.open_signer(uri, right)
    said(caught.value)


def refused_key(uri: TokenUri, open_: Callable[..., object] = tokens.open_signer) -> str:
    with pytest.raises(TokenKeyError) as caught:
        open_(uri, right)
    said(caught.value)
    return str(caught.value.facts["detail"])


def test_no_such_key(hsm: SoftHsm, token: Path) -> None:
    uri = token_uri.parse(hsm.uri(TOKEN, "another"))
    assert "none of this label" in refused_key(uri)
    assert token.exists()


def test_two_keys_of_one_label(hsm: SoftHsm, uri: TokenUri) -> None:
    hsm.make_p384(TOKEN, KEY)
    assert "several" in refused_key(uri)


def test_a_key_of_another_curve(hsm: SoftHsm, token: Path) -> None:
    from pkcs11 import KeyType, Mechanism
    from pkcs11.util.ec import encode_named_curve_parameters

    curve = encode_named_curve_parameters("secp256r1")
    hsm._pair(TOKEN, "p256", KeyType.EC, curve, Mechanism.EC_KEY_PAIR_GEN)
    assert "P-384" in refused_key(token_uri.parse(hsm.uri(TOKEN, "p256")))
    assert token.exists()


def test_an_exchanged_key_signs_nothing(hsm: SoftHsm, uri: TokenUri, token: Path) -> None:
    signer = tokens.open_signer(uri, right)
    SoftHsm.pull_out(token)
    hsm.plug_in(TOKEN)
    hsm.make_p384(TOKEN, KEY)
    with pytest.raises(TokenFailedError) as caught:
        signer.sign(b"message")
    said(caught.value)


@pytest.mark.parametrize("make", ["make_p384", "make_ed25519"])
def test_what_a_token_signs_is_good(hsm: SoftHsm, token: Path, make: str) -> None:
    public = getattr(hsm, make)(TOKEN, "other")
    signer = tokens.open_signer(token_uri.parse(hsm.uri(TOKEN, "other")), right)
    assert signer.public_key == public
    for size in (0, 1, 10_000):
        assert signer.sign(bytes(size))
    assert PIN not in repr(signer)
    assert token.exists()


def test_a_wrap_needs_a_key_that_stays(hsm: SoftHsm, token: Path, tmp_path: Path) -> None:
    hsm.make_aes(TOKEN, "wrap")
    hsm.make_aes(TOKEN, "short", bits=128)
    hsm.make_aes(TOKEN, "leaves", leaves=True)

    def uri(key: str) -> TokenUri:
        return token_uri.parse(hsm.uri(TOKEN, key))

    assert "256" in refused_key(uri("short"), tokens.open_wrap)
    assert "taken out" in refused_key(uri("leaves"), tokens.open_wrap)
    assert "none" in refused_key(uri(KEY), tokens.open_wrap)
    wrap, path, key = (
        tokens.open_wrap(uri("wrap"), right),
        tmp_path / "k.json",
        signers.new_ssh_key("a"),
    )
    keyfile.save_wrapped(path, key, wrap)
    assert keyfile.load_wrapped_kept(path, wrap).key == key
    hsm.make_aes(TOKEN, "other")
    with pytest.raises(TokenKeyError, match="did not wrap"):
        keyfile.load_wrapped_kept(path, tokens.open_wrap(uri("other"), right))
    SoftHsm.pull_out(token)
    with pytest.raises(TokenRemovedError):
        keyfile.load_wrapped_kept(path, wrap)


def test_a_passphrase_and_a_token_are_told_apart(hsm: SoftHsm, token: Path, tmp_path: Path) -> None:
    hsm.make_aes(TOKEN, "wrap")
    wrap = tokens.open_wrap(token_uri.parse(hsm.uri(TOKEN, "wrap")), right)
    path = tmp_path / "key.json"
    keyfile.save(path, signers.new_ssh_key("a"), b"x", cost=keyfile.TRAINING_COST)
    with pytest.raises(KeyFileError, match="a passphrase opens it"):
        keyfile.load_wrapped_kept(path, wrap)
    assert token.exists()


def test_the_log_knows_of_wrong_pins(
    world: World, hsm: SoftHsm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C60."""
    wrong = tmp_path / "wrong"
    wrong.write_text("000000\n")
    wrong.chmod(0o600)
    home = str(world.home("lgwan-01").root)
    officer = ["--token", hsm.uri(TOKEN, KEY), "--passphrase-file", str(wrong)]
    for language, words in (("en", "PIN does not open"), ("ja", "暗証番号では")):
        retire = ["media", "retire", "USB-001", *officer]
        assert run(["--home", home, "--lang", language, *retire]) == ExitCode.CONFIGURATION
        assert words in capsys.readouterr().err
    entries = [each for each in world.log("lgwan-01") if each.event is Event.PASSPHRASE_WRONG]
    assert [dict(each.facts) for each in entries] == [{"key": KEY, "reason": "TOKEN_PIN_WRONG"}] * 2
