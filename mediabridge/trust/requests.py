"""A request file: by it a public key asks to be put into the trust data (docs/format/request.md).

Keys are made where they stay, and only their public halves travel. A request file carries
them to the ceremony on a stick: one canonical JSON document with the request and a proof
by each of its keys that can sign. The proofs show that whoever made the file has the
private halves, not who that is: for that, people compare the request's digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import Field, ValidationError, model_validator
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature
from securesystemslib.signer import Signer as TufSigner

from mediabridge import canonical, clock, locale
from mediabridge.bundle import sshsig, wraps
from mediabridge.bundle.header import Format
from mediabridge.config import FORMAT, LIMITS
from mediabridge.errors import MediabridgeError, RequestInvalidError, UsageError
from mediabridge.kinds import Role
from mediabridge.spelling import from_base64
from mediabridge.translog import checkpoint, cosignature, note
from mediabridge.trust import keytext, tuf_keys
from mediabridge.trust.fields import Domain, Identifier, Instant, Model
from mediabridge.validation import field_problems

Purpose = Literal[
    "ssh", "log", "witness", "recipient", "tuf-ed25519", "tuf-ecdsa-p384", "tuf-ml-dsa-65"
]
"""What a key is for; the texts of keys are those of the trust data and of key files."""

_TUF: Final = frozenset[str](tuf_keys.TUF_KINDS)
_STATIONS: Final = frozenset[str](get_args(Role))
_ROLES: Final[Mapping[str, frozenset[str]]] = {
    "station": _STATIONS,
    "person": frozenset({"officer", "clerk"}),
    "holder": frozenset({"root", "targets", "snapshot", "timestamp", "escrow"}),
    "recipient": _STATIONS,
    "witness": _STATIONS,
}
_STATION_KEYS: Final = frozenset({"ssh", "log", "witness", "recipient"})
_ESCROW_KEYS: Final = frozenset({"ssh", "recipient"})
_RECIPIENT_KEYS: Final = frozenset({"ssh", "recipient"})
"""Of a station that is known: its key for bundles, which vouches, and the new one for opening."""
_WITNESS_KEYS: Final = frozenset({"ssh", "witness"})
"""Likewise, and the new one for cosigning."""


class Request(Model):
    """Who asks for what; attribute names are the format's."""

    format: Format
    request: Literal["station", "person", "holder", "recipient", "witness"]
    id: Identifier
    role: Annotated[str, Field(max_length=16)]
    city: Domain
    mode: Literal["live", "training"]
    keys: dict[Purpose, Annotated[str, Field(max_length=4096)]]
    created: Instant

    @model_validator(mode="after")
    def _cross_check(self) -> Request:
        if self.role not in _ROLES[self.request]:
            known = ", ".join(sorted(_ROLES[self.request]))
            msg = locale.text("role {role}: should be one of {known}", role=self.role, known=known)
            raise ValueError(msg)
        _check_purposes(self)
        for purpose, key in self.keys.items():
            _check_key(self, purpose, key)
        return self

    @property
    def body(self) -> bytes:
        """The canonical bytes that every proof is about."""
        return canonical.dump(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """The SHA-256 of :attr:`body` in hexadecimal: what people compare."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def namespace(self) -> str:
        """The SSHSIG namespace, and the first line of the other proofs."""
        return f"mediabridge-request-v1@{self.city}"


class _File(Model):
    request: Request
    proofs: dict[Purpose, Annotated[str, Field(max_length=16384)]]


def ask(**members: Any) -> Request:
    """Return the request with these *members*, those of :class:`Request` but ``format``.

    Raises:
        UsageError: one of them is missing or not of its form, or a key does not fit the role.
    """
    try:
        return Request.model_validate({"format": FORMAT, **members})
    except ValidationError as error:
        raise UsageError(detail=field_problems(error)) from None


def make(
    request: Request,
    *,
    ssh: sshsig.Signer | None = None,
    log: note.Signer | None = None,
    witness: note.Signer | None = None,
    tuf: Iterable[TufSigner] = (),
) -> bytes:
    """Return the request file of *request*, with a proof by each key that can sign.

    Raises:
        RequestInvalidError: a signer is missing, or is not the one of the request's key.
    """
    proofs: dict[str, str] = {}
    if ssh is not None:
        signed = sshsig.sign(request.body, namespace=request.namespace, signer=ssh)
        proofs["ssh"] = signed.decode("ascii")
    if log is not None:
        proofs["log"] = note.sign(_note_text(request), log).decode("utf-8")
    if witness is not None:
        time = clock.from_rfc3339(request.created)
        signed = cosignature.sign_text(_note_text(request), witness, time)
        proofs["witness"] = signed.decode("utf-8")
    for signer in tuf:
        kind = tuf_keys.kind_of(signer.public_key) or ""
        proofs[kind] = signer.sign(_tuf_message(request)).signature
    document = {"request": request.model_dump(mode="json"), "proofs": proofs}
    data = canonical.dump(document)
    read(data, name=request.id)
    return data


def read(data: bytes, *, name: str) -> Request:
    """Return the request in the file *name*, whose every proof holds.

    Raises:
        RequestInvalidError: too large, not canonical JSON, not this shape, a key that is no
            key, a proof that is missing, one too many, or one that does not hold.
    """
    try:
        if len(data) > LIMITS.request_bytes:
            msg = locale.text("larger than {limit} bytes", limit=LIMITS.request_bytes)
            raise ValueError(msg)  # noqa: TRY301 - told like every other problem
        canonical.load(data)
        file = _File.model_validate_json(data)
        _check_proofs(file)
    except ValidationError as error:
        raise RequestInvalidError(name=name, detail=field_problems(error)) from None
    except (ValueError, MediabridgeError) as error:
        raise RequestInvalidError(name=name, detail=str(error).rstrip(".")) from None
    return file.request


def _check_purposes(request: Request) -> None:
    got = frozenset[str](request.keys)
    if request.request == "station":
        fits = got == _STATION_KEYS
    elif request.request == "person":
        fits = got == {"ssh"}
    elif request.request == "recipient":
        fits = got == _RECIPIENT_KEYS
    elif request.request == "witness":
        fits = got == _WITNESS_KEYS
    elif request.role == "escrow":
        fits = got == _ESCROW_KEYS
    else:
        # One person, one classical key: a second one would count twice for a threshold.
        fits = got <= _TUF and len(got & tuf_keys.CLASSICAL) == 1
    if not fits:
        names = ", ".join(sorted(got)) or locale.text("none")
        msg = locale.text("keys {names}: not those of such a request", names=names)
        raise ValueError(msg)


def _check_key(request: Request, purpose: Purpose, key: str) -> None:
    if purpose == "ssh":
        keytext.parse_openssh(key)
    elif purpose == "log":
        wanted = checkpoint.origin_of(request.city, request.id)
        if note.Vkey.parse(key).name != wanted:
            msg = locale.text("the log key should be named {wanted}", wanted=wanted)
            raise ValueError(msg)
    elif purpose == "witness":
        wanted = cosignature.witness_of(request.city, request.id)
        if cosignature.WitnessKey.parse(key).name != wanted:
            msg = locale.text("the witness key should be named {wanted}", wanted=wanted)
            raise ValueError(msg)
    elif purpose == "recipient":
        wraps.load_public_key(from_base64(key))
    else:
        tuf_keys.public_key(purpose, key, request.id)


def _check_proofs(file: _File) -> None:
    request = file.request
    # A key for encryption cannot sign; the proof of the ssh key covers its text.
    wanted = request.keys.keys() - {"recipient"}
    if file.proofs.keys() != wanted:
        names = ", ".join(sorted(wanted))
        msg = locale.text("the proofs should be those of: {names}", names=names)
        raise ValueError(msg)
    for purpose, proof in file.proofs.items():
        _check_proof(request, purpose, proof)


def _check_proof(request: Request, purpose: Purpose, proof: str) -> None:
    key = request.keys[purpose]
    if purpose == "ssh":
        _check_ssh(request, proof)
    elif purpose == "log":
        _check_note(request, purpose, proof, note.Vkey.parse(key))
    elif purpose == "witness":
        _check_note(request, purpose, proof, cosignature.WitnessKey.parse(key))
    elif purpose != "recipient":
        public = tuf_keys.public_key(purpose, key, request.id)
        try:
            public.verify_signature(Signature(public.keyid, proof), _tuf_message(request))
        except UnverifiedSignatureError:
            _require(purpose, holds=False)


def _check_note(request: Request, purpose: Purpose, proof: str, key: note.VerifierKey) -> None:
    opened = note.open_note(proof.encode(), [key])
    _require(purpose, holds=opened.text == _note_text(request))


def _check_ssh(request: Request, proof: str) -> None:
    signature = sshsig.parse(proof.encode(), name="ssh")
    _require("ssh", holds=sshsig.openssh_key(signature.public_key) == request.keys["ssh"])
    _require("ssh", holds=signature.namespace == request.namespace)
    signature.verify(request.body, name="ssh")


def _require(purpose: str, *, holds: bool) -> None:
    if not holds:
        msg = locale.text("the proof of the key {name} does not hold", name=purpose)
        raise ValueError(msg)


def _note_text(request: Request) -> str:
    return f"{request.namespace}\n{request.digest}\n"


def _tuf_message(request: Request) -> bytes:
    """Return what a TUF key signs; metadata begins with a brace, so this is never metadata."""
    return f"{request.namespace}\n".encode() + request.body
