"""How the library for S3 is made to end: no answer is longer, or takes longer, than it may.

Left to itself it reads what is no content, as the page of an error, to whatever end that has.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from mediabridge.config import HUB_STORE_ANSWER_BYTES, HUB_STORE_WHOLE_SECONDS, KIB

_PIECE = 64 * KIB


class AnswerTooLongError(ValueError):
    """More bytes than anything that is asked for has."""


class AnswerTooSlowError(ValueError):
    """It goes on, and does not come to its end."""


class Lines(URLLib3Session):  # type: ignore[misc] # the library has no types
    """The connections to a store."""

    def send(self, request: Any) -> AWSResponse:
        """Return the answer to *request*, read to its end.

        Raises:
            AnswerTooLongError, AnswerTooSlowError: it has none in reach.
            BotoCoreError, HTTPError, OSError: there is none.
        """
        # Else it would be read, without an end, before it comes back.
        request.stream_output = True
        answer = super().send(request)
        try:
            whole = _whole(answer.raw)
        except BaseException:
            answer.raw.close()
            raise
        return AWSResponse(answer.url, answer.status_code, answer.headers, _Whole(whole))


class _Whole(io.BytesIO):
    """A body that is here already, as the library reads one."""

    def stream(self) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.getvalue()


def _whole(raw: Any) -> bytes:
    found, until = bytearray(), time.monotonic() + HUB_STORE_WHOLE_SECONDS
    while piece := raw.read1(_PIECE):
        found += piece
        if len(found) > HUB_STORE_ANSWER_BYTES:
            raise AnswerTooLongError
        if time.monotonic() > until:
            raise AnswerTooSlowError
    raw.release_conn()
    return bytes(found)
