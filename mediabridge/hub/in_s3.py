"""Contents in a store that speaks S3: opaque objects below a folder that is this hub's alone.

Nothing a store says is believed. What it has is proved elsewhere (:mod:`.contents`); here it is
reached in one way only: the environment, files in a home and what a cloud tells its machines are
asked for nothing, its certificate is verified, what it sends is bounded, and it is not waited for
for ever. What it says of itself goes into no message, but for the number of its answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import urllib3
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.session import Session

from mediabridge.config import (
    HUB_STORE_ANSWER_SECONDS,
    HUB_STORE_CONNECT_SECONDS,
    HUB_STORE_LINES,
    KIB,
)
from mediabridge.errors import HubStoreError, SettingsError
from mediabridge.hub.bounded import Lines
from mediabridge.hub.objects import MissingError
from mediabridge.hub.settings import NAME, StorePlace
from mediabridge.locale import text
from mediabridge.plainfile import read_plain

_SECRET_BYTES: Final = 4 * KIB
_MARK: Final = "hub"
"""The object that says whose folder it is; no other is called so."""
_ABSENT: Final = "NoSuchKey"
_FAILED: Final = (BotoCoreError, urllib3.exceptions.HTTPError, OSError, ValueError)
"""What the library raises; of an answer that is none of S3 also the last."""
_Told = TypeVar("_Told")


class InS3:
    """The folder of one hub in a bucket."""

    def __init__(self, place: StorePlace) -> None:
        """Get ready to reach *place*; nothing is asked of it yet.

        Raises:
            SettingsError: the file of the secret, or of the certificate, cannot be used.
        """
        self._bucket, self._prefix, self._folder = place.bucket, place.prefix, ""
        self._name = f"s3:{place.bucket}"
        try:
            self._client = _client(place, _secret(place.secret))
        except OSError as error:
            raise SettingsError(name=NAME, detail=f"[store]: {error.strerror}") from None

    def open(self, folder: str, *, in_use: bool) -> None:
        """Take *folder* of the bucket for this hub; where nothing is *in_use* yet it is made.

        Raises:
            HubStoreError: the store cannot be used, or is another one than contents lie in.
        """
        self._folder = folder
        if not self._is_marked():
            if in_use:
                detail = text("it is not the store in which the contents of this database lie")
                raise HubStoreError(name=self._name, detail=detail)
            self.put(_MARK, folder.encode())
        self.check()

    def check(self) -> None:
        """See that the folder is there and is this hub's.

        Raises:
            HubStoreError: it is not, or the store cannot be used.
        """
        if not self._is_marked():
            detail = text("it does not have what it was given")
            raise HubStoreError(name=self._name, detail=detail)

    def _is_marked(self) -> bool:
        try:
            found = self.get(_MARK)
        except MissingError:
            return False
        if found != self._folder.encode():
            raise HubStoreError(name=self._name, detail=text("it returns other bytes than it got"))
        return True

    def put(self, key: str, data: bytes) -> None:
        """Have *data* in the object *key*; on return the store said so.

        Raises:
            HubStoreError: it did not; it may have it all the same.
        """
        self._ask(self._client.put_object, Key=self._path(key), Body=data)

    def get(self, key: str) -> bytes:
        """Return what the store says is in the object *key*, whatever that is.

        Raises:
            MissingError: it says that there is none.
            HubStoreError: it cannot be used.
        """
        answer = self._ask_for(self._client.get_object, key)
        try:
            return bytes(answer["Body"].read())
        except _FAILED as error:
            raise self._down(error) from None

    def delete(self, key: str) -> None:
        """Remove the object *key*, if it is there.

        Raises:
            HubStoreError: the store cannot be used.
        """
        try:
            self._ask_for(self._client.delete_object, key)
        except MissingError:
            return

    def pages(self) -> Iterator[list[str]]:
        """Yield the names of all objects in the folder but its mark, a thousand at most at a time.

        Raises:
            HubStoreError: the store cannot be used.
        """
        beginning = self._path("")
        more: dict[str, str] = {}
        while True:
            page = self._ask(self._client.list_objects_v2, Prefix=beginning, **more)
            paths = [each.get("Key", "") for each in page.get("Contents", [])]
            names = [path.removeprefix(beginning) for path in paths if path.startswith(beginning)]
            yield [name for name in names if name != _MARK]
            token = page.get("NextContinuationToken")
            if not token:
                return
            more = {"ContinuationToken": token}

    def _path(self, key: str) -> str:
        return f"{self._prefix}{self._folder}/{key}"

    def _ask_for(self, method: Callable[..., _Told], key: str) -> _Told:
        """Ask for one object, which may not be there.

        No bucket is no object either, and says so in another word.
        """
        try:
            return method(Bucket=self._bucket, Key=self._path(key))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == _ABSENT:
                raise MissingError from None
            raise self._down(error) from None
        except _FAILED as error:
            raise self._down(error) from None

    def _ask(self, method: Callable[..., _Told], **words: Any) -> _Told:
        try:
            return method(Bucket=self._bucket, **words)
        except (ClientError, *_FAILED) as error:
            raise self._down(error) from None

    def _down(self, error: Exception) -> HubStoreError:
        detail = type(error).__name__
        if isinstance(error, ClientError):
            detail = f"HTTP {error.response.get('ResponseMetadata', {}).get('HTTPStatusCode', '-')}"
        return HubStoreError(name=self._name, detail=detail)


def _client(place: StorePlace, secret: str) -> Any:
    session = Session(session_vars=_of_nobody())
    # Not the descriptions of services that lie in a home.
    builtin = Loader(
        extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False
    )
    session.register_component("data_loader", builtin)
    verify = str(place.root_certificate) if place.root_certificate else True
    config = Config(
        signature_version="s3v4",
        # Those of the environment are nobody's of ours.
        proxies={},
        retries={"total_max_attempts": 2, "mode": "standard"},
        # Checksums of Amazon's own are refused by other stores; the digest that is signed is not.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path", "payload_signing_enabled": True},
    )
    client = session.create_client(
        "s3",
        region_name=place.region,
        endpoint_url=place.endpoint,
        verify=verify,
        aws_access_key_id=place.access_key,
        aws_secret_access_key=secret,
        config=config,
    )
    lines = Lines(
        verify=verify,
        proxies={},
        timeout=(HUB_STORE_CONNECT_SECONDS, HUB_STORE_ANSWER_SECONDS),
        max_pool_connections=HUB_STORE_LINES,
    )
    client.meta.events.register("before-send.s3", lambda request, **_: lines.send(request))
    client.meta.events.register("before-call.s3", _stay_here)
    return client


def _stay_here(context: dict[str, Any], **_: Any) -> None:
    """Have no answer lead elsewhere, by saying that one has done so already.

    The library would ask where the bucket is, and of an answer that leads elsewhere again, until
    its stack is full.
    """
    context.setdefault("s3_redirect", {})["redirected"] = True


def _of_nobody() -> dict[str, tuple[Any, ...]]:
    """Return the library's variables without the names under which others could set them."""
    found = {
        name: (None, None, default, change)
        for name, (_, _, default, change) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    for name in ("config_file", "credentials_file"):
        found[name] = (None, None, os.devnull, None)
    return found


def _secret(path: Path) -> str:
    """Return the one line of the file *path*, which nobody else can read."""
    try:
        secret = read_plain(path, _SECRET_BYTES, credential=True).decode("ascii").strip()
    except OSError as error:
        raise SettingsError(name=NAME, detail=f"{path.name}: {error.strerror}") from None
    except ValueError as error:
        raise SettingsError(name=NAME, detail=f"{path.name}: {error}") from None
    if not secret or not secret.isprintable():
        detail = text("{name}: not one line", name=path.name)
        raise SettingsError(name=NAME, detail=detail)
    return secret
