"""Bounds that depend on time, with a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message

from mediabridge import errors
from mediabridge.config import HUB_BODY_SECONDS
from mediabridge.hub.frame import in_time
from mediabridge.hub.pace import Pace


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def saying(*messages: Message) -> Callable[[], Awaitable[Message]]:
    """Return a caller that says *messages*, and then nothing for ever."""
    left = list(messages)

    async def receive() -> Message:
        return left.pop(0) if left else await asyncio.Future[Message]()

    return receive


def body(*, more: bool) -> Message:
    return {"type": "http.request", "body": b"x", "more_body": more}


def test_a_body_that_does_not_arrive_is_given_up() -> None:
    """Claim C134."""
    time = Time()
    receive = in_time(saying(body(more=True)), time)

    async def request() -> list[Message]:
        first = await receive()
        time.now += HUB_BODY_SECONDS + 1
        return [first, await receive()]

    assert asyncio.run(request()) == [body(more=True), {"type": "http.disconnect"}]


def test_an_answer_may_take_as_long_as_the_line_needs() -> None:
    time = Time()
    gone: Message = {"type": "http.disconnect", "code": 1}
    receive = in_time(saying(body(more=False), gone), time)

    async def request() -> list[Message]:
        first = await receive()
        time.now += 100 * HUB_BODY_SECONDS
        return [first, await receive()]

    assert asyncio.run(request()) == [body(more=False), gone]


def test_each_station_has_a_pace_of_its_own_which_comes_back() -> None:
    """Claim C134."""
    time = Time()
    pace = Pace(60, time)
    for _ in range(60):
        pace.check("city", "lgwan-01")
    with pytest.raises(errors.HubBusyError) as refused:
        pace.check("city", "lgwan-01")
    assert refused.value.facts == {"seconds": 1}
    pace.check("city", "lgwan-02")
    pace.check("other", "lgwan-01")
    time.now += 1
    pace.check("city", "lgwan-01")
    with pytest.raises(errors.HubBusyError):
        pace.check("city", "lgwan-01")
