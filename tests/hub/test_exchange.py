"""The whole exchange, over TLS, with two hub processes on one PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from mediabridge.bundle import layout
from mediabridge.config import MIB
from mediabridge.line import api, wire
from tests.hub.processes import Process
from tests.hub.town import Caller, Sent, Town

Call = Callable[..., Caller]
NUMBERS = count(1)
PART = "part-0000.cob"
LONG_AGO = "2026-01-01T00:00:00Z"


def sealed(made: Town, **other: Any) -> Sent:
    """Return a bundle with the next number of its route."""
    return made.bundle(next(NUMBERS), **other)


def reason(answer: tuple[int, Any, Any]) -> tuple[int, str]:
    status, problem, headers = answer
    assert headers["Content-Type"] == api.PROBLEM_TYPE
    assert api.Problem.model_validate(problem).status == status
    return status, problem["reason"]


def test_a_bundle_goes_from_one_process_to_the_other(made: Town, call: Call) -> None:
    sender, receiver = call("lgwan-01", 0), call("lgwan-02", 1)
    sent = sealed(made, size=MIB + 5)
    entry = sender.send(sent)
    assert entry["state"] == "complete"
    assert entry["sums_sha256"] == hashlib.sha256(sent.files[layout.SUMS]).hexdigest()
    assert sent.id in receiver.waiting()
    assert sent.id not in sender.waiting()
    for name, data in sent.files.items():
        status, got, headers = receiver.ask("GET", f"bundles/{sent.id}/files/{name}")
        assert (status, got) == (200, data)
        assert headers["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    for _ in range(2):
        status, taken, _ = receiver.ask("POST", f"bundles/{sent.id}/taken")
        assert (status, taken["state"]) == (200, "taken")
    assert sent.id not in receiver.waiting()
    assert sender.ask("GET", f"bundles/{sent.id}")[1]["state"] == "taken"


def test_a_download_goes_on_at_any_byte(made: Town, call: Call) -> None:
    sender, receiver = call("lgwan-01"), call("lgwan-02")
    sent = sealed(made, size=2 * MIB + 7)
    sender.upload(sent, step=MIB - 13)
    sender.ask("POST", f"bundles/{sent.id}/complete")
    data, path = sent.files[PART], f"bundles/{sent.id}/files/{PART}"
    for start, stop in ((0, 1), (MIB - 14, MIB + 3), (2 * MIB, len(data))):
        status, got, headers = receiver.ask("GET", path, Range=f"bytes={start}-{stop - 1}")
        assert (status, got) == (206, data[start:stop])
        assert headers["Content-Range"] == str(wire.Part(start, stop, len(data)))
    assert receiver.ask("GET", path, Range=f"bytes={len(data)}-")[0] == 416


def test_an_upload_goes_on_where_it_stood_and_parts_may_come_again(made: Town, call: Call) -> None:
    first, second = call("lgwan-01", 0), call("lgwan-01", 1)
    sent = sealed(made, size=5000)
    data = sent.files[PART]
    assert first.ask("POST", "bundles", sent.announcement())[0] == 201
    assert second.ask("POST", "bundles", sent.announcement())[0] == 200
    assert first.put(sent.id, PART, data, 0, 2000) == (200, {"received": 2000})
    assert second.put(sent.id, PART, data, 0, 2000) == (200, {"received": 2000})
    assert second.put(sent.id, PART, data, 1000, 3000) == (200, {"received": 3000})
    status, gap = first.put(sent.id, PART, data, 4000, 5000)
    assert (status, gap["reason"], gap["expected"]) == (409, "PART_GAP", 3000)
    first.send(sent)
    assert second.put(sent.id, PART, data, 0, 2000) == (200, {"received": 5000})
    status, got, _ = call("lgwan-02").ask("GET", f"bundles/{sent.id}/files/{PART}")
    assert (status, got) == (200, data)


def test_one_part_sent_twice_at_once_is_there_once(made: Town, call: Call) -> None:
    sent = sealed(made, size=200_000)
    call("lgwan-01").ask("POST", "bundles", sent.announcement())
    data, answers = sent.files[PART], []
    callers = [call("lgwan-01", each % 2) for each in range(6)]
    gate = threading.Barrier(len(callers))

    def put(caller: Caller) -> None:
        gate.wait()
        answers.append(caller.put(sent.id, PART, data))

    threads = [threading.Thread(target=put, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(200, {"received": len(data)})] * len(callers)
    call("lgwan-01").send(sent)
    assert call("lgwan-02").ask("GET", f"bundles/{sent.id}/files/{PART}")[1] == data


def test_two_announcements_of_one_number_at_once_leave_one(made: Town, call: Call) -> None:
    number = next(NUMBERS)
    rivals = [made.bundle(number) for _ in range(4)]
    gate, answers = threading.Barrier(len(rivals)), []

    def announce(caller: Caller, sent: Sent) -> None:
        gate.wait()
        answers.append(caller.ask("POST", "bundles", sent.announcement())[0])

    callers = [call("lgwan-01", each % 2) for each in range(len(rivals))]
    threads = [
        threading.Thread(target=announce, args=each) for each in zip(callers, rivals, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [201] * len(rivals)
    there = [callers[0].ask("GET", f"bundles/{sent.id}")[0] for sent in rivals]
    assert sorted(there) == [200, 404, 404, 404]


def test_another_content_under_a_number_that_is_complete_is_refused(made: Town, call: Call) -> None:
    sender = call("lgwan-01")
    sent = sealed(made)
    sender.send(sent)
    again = sender.ask("POST", "bundles", made.bundle(sent.head.seq).announcement())
    assert reason(again) == (409, "ANNOUNCED_OTHERWISE")
    other = sent.announcement(seq=sent.head.seq + 1000)
    assert reason(sender.ask("POST", "bundles", other)) == (409, "ANNOUNCED_OTHERWISE")
    assert sender.ask("POST", "bundles", sent.announcement())[0] == 200


def test_anothers_bundle_is_not_there(made: Town, call: Call) -> None:
    """Claim C131."""
    sender, receiver, stranger = call("lgwan-01"), call("lgwan-02"), call("lgwan-03")
    sent = sealed(made)
    sender.upload(sent)
    not_there = 404, "NOT_AT_HUB"
    paths = [f"bundles/{sent.id}", f"bundles/{sent.id}/files/{PART}"]
    # A receiver sees none that is not complete.
    assert [reason(receiver.ask("GET", path)) for path in paths] == [not_there] * 2
    assert reason(receiver.ask("POST", f"bundles/{sent.id}/taken")) == not_there
    sender.send(sent)
    nowhere = [stranger.ask("GET", path)[1] for path in ("bundles/" + "0" * 32, paths[1])]
    assert [stranger.ask("GET", path)[1] for path in paths] == nowhere
    for verb in ("taken", "complete"):
        assert reason(stranger.ask("POST", f"bundles/{sent.id}/{verb}")) == not_there
    # Its sender does not fetch or take it, its receiver does not write to it.
    assert reason(sender.ask("GET", paths[1])) == not_there
    assert reason(sender.ask("POST", f"bundles/{sent.id}/taken")) == not_there
    assert receiver.put(sent.id, PART, sent.files[PART])[0] == 404
    assert reason(receiver.ask("POST", f"bundles/{sent.id}/complete")) == not_there
    assert stranger.waiting() == []
    # And nothing goes where no route or no line leads.
    for to in ("lgwan-02", "lgwan-03", "registry-01", "nobody"):
        answer = stranger.ask("POST", "bundles", made.bundle().announcement(receiver=to))
        assert reason(answer) == not_there


def spoilt(sent: Sent, name: str, data: bytes) -> Sent:
    return Sent(sent.head, {**sent.files, name: data})


def test_what_is_not_right_is_told_to_its_sender_and_shown_to_nobody(
    made: Town, call: Call, subtests: pytest.Subtests
) -> None:
    """Claim C132."""
    sender, receiver = call("lgwan-01"), call("lgwan-02")
    number = next(NUMBERS)
    right, other = made.bundle(number), made.bundle(number)
    wrong = {
        "route": (made.bundle(number, receiver="lgwan-03"), "NOT_AS_ANNOUNCED"),
        "sender": (made.bundle(number, sender="lgwan-03"), "NOT_AS_ANNOUNCED"),
        "number": (made.bundle(number + 1), "NOT_AS_ANNOUNCED"),
        "signer": (made.bundle(number, signed_by="lgwan-02"), "SIGNER_NOT_SENDER"),
        "stranger": (made.bundle(number, signed_by="registry-01"), "SIGNER_NOT_SENDER"),
        "person": (made.bundle(number, signed_by="clerk-1"), "SIGNER_ROLE"),
        "header": (spoilt(right, layout.HEADER, other.files[layout.HEADER]), "NOT_AS_ANNOUNCED"),
        "part": (spoilt(right, PART, b"another"), "HASH_MISMATCH"),
        "list": (spoilt(right, layout.SUMS, other.files[layout.SUMS]), "SIGNATURE_INVALID"),
        "signature": (
            spoilt(right, layout.STATION_SIGNATURE, other.files[layout.STATION_SIGNATURE]),
            "SIGNATURE_INVALID",
        ),
        "date": (made.bundle(number, created=LONG_AGO), "SIGNER_NOT_YET_VALID"),
        "trust": (made.bundle(number, trust_version=9), "TRUST_INVALID"),
    }
    for name, (sent, wanted) in wrong.items():
        with subtests.test(name):
            said = sent.announcement(receiver="lgwan-02", seq=number)
            assert sender.ask("POST", "bundles", said)[0] == 201
            for file, data in sent.files.items():
                assert sender.put(sent.id, file, data)[0] == 200
            answer = sender.ask("POST", f"bundles/{sent.id}/complete")
            assert reason(answer) == (422, wanted)
            assert sent.id not in receiver.waiting()
    # The way on from all of them.
    sender.send(right)
    assert right.id in receiver.waiting()


def test_bytes_that_are_not_those_announced_are_asked_for_again(made: Town, call: Call) -> None:
    sender = call("lgwan-01")
    sent = sealed(made)
    sender.ask("POST", "bundles", sent.announcement())
    assert reason(sender.ask("POST", f"bundles/{sent.id}/complete")) == (409, "BUNDLE_INCOMPLETE")
    sender.put(sent.id, PART, bytes(len(sent.files[PART])))
    sender.upload(sent)
    answer = sender.ask("POST", f"bundles/{sent.id}/complete")
    assert reason(answer) == (422, "NOT_AS_ANNOUNCED")
    files = sender.ask("GET", f"bundles/{sent.id}")[1]["files"]
    missing = [file["name"] for file in files if file["received"] < file["size"]]
    assert missing == [PART]
    assert sender.send(sent)["state"] == "complete"


def test_a_part_that_is_not_what_it_says_is_not_kept(made: Town, call: Call) -> None:
    sender = call("lgwan-01")
    sent = sealed(made)
    sender.ask("POST", "bundles", sent.announcement())
    data, path = sent.files[PART], f"bundles/{sent.id}/files/{PART}"
    right = {"Content_Range": f"bytes 0-{len(data) - 1}/{len(data)}"}
    digest = {"Content_Digest": wire.content_digest(data)}
    wrong: list[tuple[bytes, dict[str, str]]] = [
        (data, right | {"Content_Digest": wire.content_digest(b"other")}),
        (data, right | {"Content_Digest": "md5=:AAAA:"}),
        (data, {**digest, "Content_Range": f"bytes 0-{len(data) - 1}/{len(data) + 1}"}),
        (data, {**digest, "Content_Range": f"bytes 0-9/{len(data)}"}),
        (data, {**digest, "Content_Range": "bytes */0"}),
        (data, digest),
        (data, right),
    ]
    for body, headers in wrong:
        assert reason(sender.ask("PUT", path, body, **headers)) == (400, "REQUEST_MALFORMED")
    files = sender.ask("GET", f"bundles/{sent.id}")[1]["files"]
    assert {file["received"] for file in files} == {0}
    assert sender.put(sent.id, "part-0007.cob", data)[0] == 404
    assert sender.put(sent.id, "..%2Fheader.json", data)[0] in {400, 404}


def test_a_body_that_is_too_large_is_not_read(made: Town, call: Call) -> None:
    """Claim C134."""
    sent, headers = sealed(made), {"Content_Length": str(2 * MIB)}
    path = f"bundles/{sent.id}/files/{PART}"
    assert reason(call().ask("PUT", path, b"", **headers)) == (413, "REQUEST_TOO_LARGE")
    assert reason(call().ask("POST", "bundles", b"", **headers)) == (413, "REQUEST_TOO_LARGE")
    big = sent.announcement()
    big["files"][-1]["size"] = 257 * MIB
    assert reason(call().ask("POST", "bundles", big)) == (413, "REQUEST_TOO_LARGE")
    with_chunks = call().ask("POST", "bundles", b"", Transfer_Encoding="chunked")
    assert reason(with_chunks) == (400, "REQUEST_MALFORMED")


def test_waiting_comes_in_pages(made: Town, call: Call) -> None:
    sender, receiver = call("lgwan-02"), call("lgwan-01")
    route = {"sender": "lgwan-02", "receiver": "lgwan-01"}
    wanted = [made.bundle(number, **route) for number in (1, 2, 3)]
    for sent in reversed(wanted):
        sender.send(sent)
    got, after = [], ""
    for _ in wanted:
        page = receiver.ask("GET", f"waiting?limit=1{after}")[1]
        got += [entry["bundle"] for entry in page["bundles"]]
        after = f"&after={page['next']}"
    assert page["next"] is None
    assert got == [sent.id for sent in wanted]
    assert reason(receiver.ask("GET", "waiting?limit=0")) == (400, "REQUEST_MALFORMED")


def test_trust_data_is_handed_on(made: Town, call: Call) -> None:
    status, data, _ = call().ask("GET", "trust/metadata/timestamp.json")
    assert (status, data) == (200, (made.city.repository / "metadata/timestamp.json").read_bytes())
    for path in ("trust/metadata/..%2Ftimestamp.json", "trust/none", "trust/targets"):
        assert reason(call().ask("GET", path))[0] == 404


def test_faults_are_codes(call: Call) -> None:
    report: dict[str, Any] = {
        "at": "2026-11-28T00:00:00Z", "program": "0.1.0", "system": "debian-13", "python": "3.13",
        "faults": [{"code": "CLOCK", "count": 1}],
    }  # fmt: skip
    assert call().ask("POST", "faults", report)[0] == 204
    report["faults"] = [{"code": "a name of somebody"}]
    assert reason(call().ask("POST", "faults", report)) == (400, "REQUEST_MALFORMED")


def test_who_shows_no_good_certificate_gets_no_answer(call: Call) -> None:
    """Claim C130."""
    with pytest.raises((ssl.SSLError, ConnectionError)):
        call("lgwan-01", signed_by="lgwan-02").waiting()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        call("registry-01").waiting()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        call("lgwan-01", signed_by="officer-1").waiting()


def test_nothing_that_was_sent_is_in_the_log(call: Call, two: tuple[Process, Process]) -> None:
    call().ask("GET", "bundles/yamada-taro", Mediabridge_Version="yamada taro")
    call().ask("GET", "waiting", Mediabridge_Version="0.1.0")
    for process in two:
        assert "yamada" not in json.dumps(process.said)
        assert {line["event"] for line in process.said} <= {"started", "city-taken", "request"}
    asked = [line for line in two[0].said if line.get("route") == api.WAITING]
    assert asked[-1]["station"] == "lgwan-01"
    assert asked[-1]["status"] == 200


def test_its_description_is_read_by_others_too(call: Call) -> None:
    """JSON Schema has the patterns of ECMA-262, in which Python's end of a text is no sign."""
    status, described, _ = call().ask("GET", "/openapi.json")
    assert status == 200
    routes = {api.WAITING, api.BUNDLES, api.BUNDLE, api.FILE, api.COMPLETE, api.TAKEN}
    assert set(described["paths"]) == {*routes, api.FAULTS, api.TRUST}
    spelt = json.dumps(described)
    assert '"pattern": "^[0-9a-f]{32}$"' in spelt
    assert r"\\z" not in spelt


def test_a_method_that_an_address_has_not_is_told_which_it_has(call: Call) -> None:
    """RFC 9110, 15.5.6."""
    file = f"bundles/{'0' * 32}/files/header.json"
    for path, allowed in ((file, "GET, PUT"), ("bundles", "POST"), ("waiting", "GET")):
        status, said, headers = call().ask("DELETE", path)
        assert (status, headers["Allow"]) == (405, allowed)
        assert said["reason"] == "REQUEST_MALFORMED"
    assert call().ask("DELETE", "nothing")[0] == 404


def test_a_range_of_nothing_is_refused_and_not_taken_for_none(made: Town, call: Call) -> None:
    sent = sealed(made)
    call().send(sent)
    receiver = call("lgwan-02")
    assert receiver.ask("GET", f"bundles/{sent.id}/files/header.json", Range="")[0] == 400
    assert receiver.ask("GET", f"bundles/{sent.id}/files/header.json")[0] == 200
