"""A route for years: sticks lost, repeated and reordered, numbers void and issued anew.

What a receiver decides is only :class:`RouteState` and :func:`check_order`; what it keeps of early
bundles is a set. However the sticks come: nothing is applied twice, nothing out of order, nothing
of a void number, and there is always a named next step that leads on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mediabridge.bundle.header import Header, Route
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.errors import (
    AlreadyAppliedError,
    NumberVoidError,
    SequenceGapError,
)
from mediabridge.verify.order import RouteState, Void, check_order

ROUTE = Route(sender="lgwan-01", receiver="registry-01")


@dataclass(frozen=True)
class Bundle:
    """One sealed bundle: its header, its list, and what it carries."""

    header: Header
    sums: bytes
    content: int

    @property
    def seq(self) -> int:
        return self.header.seq

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sums).hexdigest()


class RouteForYears(RuleBasedStateMachine):
    """A sender, its sticks, and a receiver."""

    def __init__(self) -> None:
        super().__init__()
        self.sealed: list[Bundle] = []
        self.declared: list[Void] = []
        self.contents = 0
        self.taken: list[Bundle] = []
        self.known: list[Void] = []
        self.kept: dict[int, Bundle] = {}
        self.void_when_taken: set[int] = set()

    # --- the sender -----------------------------------------------------------------

    def _seal(self, content: int) -> Bundle:
        live = [(b.seq, b.digest) for b in self.sealed if not self._is_void(b.seq)]
        state = RouteState.of(live, self.declared)
        header = Header(
            format=1,
            profile="p",
            bundle=f"{state.next_seq:032x}",
            mode="training",
            route=ROUTE,
            seq=state.next_seq,
            prev=state.sums_sha256 if state.next_seq > 1 else FIRST_PREV,
            created="2026-11-24T00:00:00Z",
            not_after="2026-12-24T00:00:00Z",
            parts=2,
            trust_version=1,
            summary="0" * 64,
        )
        bundle = Bundle(header, f"list of {state.next_seq}".encode(), content)
        self.sealed.append(bundle)
        return bundle

    def _is_void(self, seq: int) -> bool:
        return any(void.covers(seq) for void in self.declared)

    @rule()
    def seal(self) -> None:
        self.contents += 1
        self._seal(self.contents)

    @precondition(lambda self: self.sealed)
    @rule(data=st.data(), anew=st.booleans())
    def void(self, data: st.DataObject, anew: bool) -> None:
        """Officers declare one number void, or two in a row, and may have it issued anew."""
        bundle = data.draw(st.sampled_from(self.sealed))
        last = min(bundle.seq + data.draw(st.integers(0, 1)), self.sealed[-1].seq)
        if any(self._is_void(seq) for seq in range(bundle.seq, last + 1)):
            return
        after = self.sealed[-1].seq + 1 if anew else 0
        self.declared.append(Void(bundle.seq, last, after, self.sealed[last - 1].digest))
        if anew:
            for seq in range(bundle.seq, last + 1):
                self._seal(self.sealed[seq - 1].content)

    # --- the receiver ---------------------------------------------------------------

    @property
    def state(self) -> RouteState:
        return RouteState.of(((b.seq, b.digest) for b in self.taken), self.known)

    def _arrive(self, bundle: Bundle, voids: list[Void]) -> None:
        """One bundle comes, with the statements that were beside it."""
        state = self.state.passing(voids)
        try:
            check_order(bundle.header, bundle.sums, state)
        except SequenceGapError:
            self.known += [void for void in voids if void not in self.known]
            self.kept[bundle.seq] = bundle
            assert bundle.seq > state.next_seq
        except AlreadyAppliedError:
            assert bundle in self.taken
        except NumberVoidError:
            assert any(void.covers(bundle.seq) for void in (*self.known, *voids))
        else:
            self.known += [void for void in voids if void not in self.known]
            self.taken.append(bundle)
        self._take_kept()

    def _take_kept(self) -> None:
        while (bundle := self.kept.get(self.state.next_seq)) is not None:
            check_order(bundle.header, bundle.sums, self.state)
            self.taken.append(bundle)
        state = self.state
        self.kept = {
            seq: each
            for seq, each in self.kept.items()
            if seq >= state.next_seq and state.void(seq) is None
        }

    @precondition(lambda self: self.sealed)
    @rule(data=st.data(), told=st.booleans())
    def carry(self, data: st.DataObject, told: bool) -> None:
        """Any bundle comes, early, late or again, written before or after the statements."""
        self._arrive(data.draw(st.sampled_from(self.sealed)), self.declared[:] if told else [])

    # --- what has to hold --------------------------------------------------------------

    @invariant()
    def applied_once_and_in_order(self) -> None:
        numbers = [bundle.seq for bundle in self.taken]
        assert numbers == sorted(set(numbers))

    @invariant()
    def nothing_is_kept_that_is_passed(self) -> None:
        assert all(seq > self.state.next_seq for seq in self.kept)

    @invariant()
    def every_number_passed_was_taken_or_void(self) -> None:
        numbers = {bundle.seq for bundle in self.taken}
        for seq in range(1, self.state.next_seq):
            assert seq in numbers or self.state.void(seq) is not None

    def teardown(self) -> None:
        """The named next step leads on: the number that is missing, or the statement on it."""
        for _step in range(2 * len(self.sealed) + 1):
            wanted = self.state.next_seq
            if not self.sealed or wanted > self.sealed[-1].seq:
                break
            coming = [b for b in self.sealed if b.seq >= wanted and not self._is_void(b.seq)]
            if not coming:
                self._seal(0)
                continue
            self._arrive(coming[0], self.declared)
            assert self.state.next_seq > wanted
        last = self.sealed[-1].seq if self.sealed else 0
        assert self.state.next_seq == last + 1
        arrived = {bundle.content for bundle in self.taken}
        given_up = {
            self.sealed[seq - 1].content
            for void in self.declared
            for seq in range(void.first, void.last + 1)
            if not void.replaced_by
        }
        assert {b.content for b in self.sealed if b.content} <= arrived | given_up | {0}


TestRouteForYears = RouteForYears.TestCase
TestRouteForYears.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
