"""The escrow key in several hands: any two of three open it, one opens nothing."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import combinations, permutations
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from mediabridge import canonical
from mediabridge.errors import (
    KeyFileError,
    SharesMixedError,
    SharesTooFewError,
    UsageError,
)
from mediabridge.trust import escrow, keyfile, signers
from mediabridge.trust.keyfile import KEY_FILE_BYTES, TRAINING_COST, StoredKey

CITY = "city.training.example"
HOLDERS = ("head-office", "mayor-office", "safe-1")
VECTORS = Path(__file__).parent.parent / "vectors" / "escrow"
WORDS = b"a sentence that nobody knows"


@pytest.fixture(scope="module")
def whole() -> StoredKey:
    return signers.new_recipient_key("escrow")


def shares_of(
    whole: StoredKey, holders: Sequence[str] = HOLDERS, *, needed: int = 2, city: str = CITY
) -> list[StoredKey]:
    return escrow.split(whole, city=city, holders=holders, needed=needed)


def changed(share: StoredKey, **members: object) -> StoredKey:
    public = canonical.dump({**json.loads(share.public), **members}).decode()
    return replace(share, public=public)


@pytest.mark.parametrize(("n", "needed"), [(2, 2), (3, 2), (3, 3), (4, 3), (5, 2), (5, 3), (5, 5)])
def test_every_group_that_suffices_opens_it(whole: StoredKey, n: int, needed: int) -> None:
    """In whatever order the holders come."""
    shares = shares_of(whole, [f"h-{i}" for i in range(n)], needed=needed)
    for group in permutations(shares, needed):
        opened = escrow.combine(group, city=CITY)
        assert (opened.secret, opened.public) == (whole.secret, whole.public)


@pytest.mark.parametrize(("n", "needed"), [(2, 2), (3, 2), (3, 3), (5, 4)])
def test_fewer_open_nothing(whole: StoredKey, n: int, needed: int) -> None:
    """Claim C71."""
    shares = shares_of(whole, [f"h-{i}" for i in range(n)], needed=needed)
    for few in range(needed):
        for group in combinations(shares, few):
            with pytest.raises(SharesTooFewError):
                escrow.combine(group, city=CITY)


def test_one_holder_counts_once(whole: StoredKey) -> None:
    """Claim C71."""
    first, *_ = shares_of(whole)
    with pytest.raises(SharesTooFewError) as refusal:
        escrow.combine([first, first], city=CITY)
    assert (refusal.value.facts["got"], refusal.value.facts["wanted"]) == (1, 2)


def test_holder_who_lowers_the_number_opens_nothing(whole: StoredKey) -> None:
    """Claim C71. Whoever knows the passphrase of a share can write into its file what he likes."""
    first, *_ = shares_of(whole)
    said = json.loads(first.public)
    alone = changed(first, needed=1, wraps=said["wraps"])
    posing = replace(changed(first), id=HOLDERS[1])
    for forged in ([alone], [first, posing]):
        with pytest.raises(SharesMixedError):
            escrow.combine(forged, city=CITY)


def test_no_layer_of_a_wrap_is_opened_by_one_share(whole: StoredKey) -> None:
    """Claim C71. What is inside the outermost wrap is still a wrap."""
    first, second, _ = shares_of(whole)
    wrap = json.loads(first.public)["wraps"][0]
    inner = aes_key_unwrap(second.secret, b64decode(wrap))
    assert whole.secret not in inner
    with pytest.raises(InvalidUnwrap):
        aes_key_unwrap(second.secret, inner)
    with pytest.raises(InvalidUnwrap):
        aes_key_unwrap(first.secret, b64decode(wrap))


def test_shares_of_two_days_are_not_mixed(whole: StoredKey) -> None:
    """Claim C72. The same key split twice gives two sets."""
    monday, tuesday = shares_of(whole), shares_of(whole)
    with pytest.raises(SharesMixedError, match="another key, or of another day"):
        escrow.combine([monday[0], tuesday[1]], city=CITY)


def test_share_of_somebody_whom_the_set_does_not_name_is_refused(whole: StoredKey) -> None:
    """Claim C72."""
    first, second, _ = shares_of(whole)
    with pytest.raises(SharesMixedError, match="none of the holders"):
        escrow.combine([first, replace(second, id="stranger")], city=CITY)


def test_shares_of_another_city_are_refused(whole: StoredKey) -> None:
    """Claim C72."""
    shares = shares_of(whole, city="other.training.example")
    with pytest.raises(SharesMixedError, match="of the city other"):
        escrow.combine(shares, city=CITY)


@pytest.mark.parametrize(
    "members",
    [
        {"escrow": "0" * 64},
        {"wraps": ["AAAA", "AAAA", "AAAA"]},
        {"wraps": []},
        {"holders": ["head-office", "safe-1"]},
        {"needed": 3},
        {"format": 2},
        {"more": 1},
    ],
)
def test_changed_set_opens_nothing(whole: StoredKey, members: dict[str, object]) -> None:
    """Claim C72. Also where all who came agree on the lie."""
    forged = [changed(share, **members) for share in shares_of(whole)]
    with pytest.raises(SharesMixedError):
        escrow.combine(forged, city=CITY)


def test_wrong_secret_is_told_and_no_key_comes_out(whole: StoredKey) -> None:
    """Claim C72. A share whose secret is not what was made says so, and gives no garbage."""
    first, second, _ = shares_of(whole)
    with pytest.raises(SharesMixedError, match="does not open"):
        escrow.combine([first, replace(second, secret=bytes(32))], city=CITY)


def test_wraps_of_another_key_are_noticed(whole: StoredKey) -> None:
    """Claim C72. The key that comes out is held against the one that the shares name."""
    other = shares_of(signers.new_recipient_key("escrow"))
    forged = [
        changed(share, escrow=json.loads(shares_of(whole)[0].public)["escrow"]) for share in other
    ]
    with pytest.raises(SharesMixedError, match="not the key that they name"):
        escrow.combine(forged, city=CITY)


def test_other_key_is_no_share(whole: StoredKey) -> None:
    with pytest.raises(SharesMixedError, match="hpke-mlkem1024p384"):
        escrow.combine([whole, whole], city=CITY)


@pytest.mark.parametrize(
    ("holders", "needed"),
    [
        (["a", "b"], 1),
        (["a"], 1),
        (["a", "b"], 3),
        (["a", "a", "b"], 2),
        (["a", "B"], 2),
        (["a", "../b"], 2),
        (["a", "born-19800101"], 2),
        ([f"h-{i}" for i in range(6)], 2),
        ([], 0),
    ],
)
def test_numbers_and_names_that_do_not_fit(
    whole: StoredKey, holders: list[str], needed: int
) -> None:
    with pytest.raises(UsageError):
        shares_of(whole, holders, needed=needed)


def test_what_is_split_must_decrypt() -> None:
    with pytest.raises(KeyFileError):
        shares_of(signers.new_ssh_key("officer-1"))


@pytest.mark.parametrize("needed", [2, 3, 5])
def test_largest_share_fits_a_key_file(whole: StoredKey, tmp_path: Path, needed: int) -> None:
    share, *_ = shares_of(whole, [f"{'h' * 29}-{i}" for i in range(5)], needed=needed)
    path = tmp_path / "share.json"
    keyfile.save(path, share, WORDS, cost=TRAINING_COST)
    assert path.stat().st_size < KEY_FILE_BYTES
    assert keyfile.load(path, WORDS) == share


def test_golden_shares_open_as_the_page_says() -> None:
    """By the page's words alone, and by ours: format 1 stays what it is."""
    golden = json.loads((VECTORS / "two-of-three.json").read_text())
    keys = {name: bytes.fromhex(key) for name, key in golden["share_keys"].items()}
    said = json.loads(golden["public"])
    wraps = dict(zip(combinations(said["holders"], said["needed"]), said["wraps"], strict=True))
    for (first, second), wrap in wraps.items():
        outer = aes_key_unwrap(keys[second], b64decode(wrap))
        assert aes_key_unwrap(keys[first], outer).hex() == golden["escrow_secret"]
        shares = [
            StoredKey(escrow.SHARE, name, golden["public"], keys[name]) for name in (second, first)
        ]
        opened = escrow.combine(shares, city=said["city"])
        assert opened.secret.hex() == golden["escrow_secret"]
        assert sha256(opened.public.encode()).hexdigest() == said["escrow"]
