"""Runs all cases with grpcio, or h2 for the raw ones, against the server at the port given.

One line of JSON for each case: {"case": name, "error": null or text}.
"""

import json
import sys
import time
import traceback
import uuid

import grpc

import raw_client
from echo_pb import MESSAGE_BYTES_MAX, SERVICE, decode_reply, encode_ask

LARGE_BYTES = 700_000
PORT = int(sys.argv[1])

channel = grpc.insecure_channel(
    f"127.0.0.1:{PORT}",
    options=[
        ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
        ("grpc.max_send_message_length", -1),
        ("grpc.enable_http_proxy", 0),
    ],
)


def method(make, name):
    return make(f"/{SERVICE}/{name}", request_serializer=encode_ask, response_deserializer=decode_reply)


unary = method(channel.unary_unary, "Unary")
down = method(channel.unary_stream, "Down")
up = method(channel.stream_unary, "Up")
both = method(channel.stream_stream, "Both")
was_cancelled = method(channel.unary_unary, "WasCancelled")


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


def fails(expected, act):
    try:
        act()
    except grpc.RpcError as error:
        equal(error.code(), expected)
        return error
    raise AssertionError(f"no failure, expected {expected}")


def case_unary():
    reply = unary({"text": "panic", "data": b"\1\2\3"})
    equal((reply["text"], reply["number"]), ("panic", 3))
    equal(unary({}), {"text": "", "number": 0, "data": b""})


def case_server_streaming():
    equal([reply["number"] for reply in down({"count": 100})], list(range(100)))
    equal(list(down({})), [])


def case_client_streaming():
    equal(up({"count": n} for n in range(1, 101))["number"], 5050)


class Turns:
    """Requests that wait until the response to the one before has come."""

    def __init__(self):
        self.next = __import__("queue").Queue()

    def __iter__(self):
        return iter(self.next.get, None)


def case_duplex():
    turns = Turns()
    replies = both(iter(turns))
    for turn in range(50):
        turns.next.put({"text": f"turn {turn}"})
        equal(next(replies)["text"], f"turn {turn}")
    turns.next.put(None)
    equal(list(replies), [])


def case_server_first():
    turns = Turns()
    replies = both(iter(turns), metadata=[("x-greet", "1")])
    equal(next(replies)["text"], "hello")
    turns.next.put(None)
    equal(list(replies), [])


def case_many():
    calls = [unary.future({"text": str(n)}) for n in range(200)]
    equal([call.result()["text"] for call in calls], [str(n) for n in range(200)])


def case_large():
    reply = unary({"data": bytes(LARGE_BYTES), "reply_bytes": LARGE_BYTES})
    equal((reply["number"], len(reply["data"])), (LARGE_BYTES, LARGE_BYTES))


def case_deadline():
    key, started = uuid.uuid4().hex, time.monotonic()
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: unary({"text": key, "hang": True}, timeout=0.3))
    if not 0.29 <= time.monotonic() - started < 5:
        raise AssertionError(f"the deadline came after {time.monotonic() - started} s")
    was_cancelled({"text": key})
    turns, key = Turns(), uuid.uuid4().hex
    replies = both(iter(turns), timeout=0.3)
    turns.next.put({"text": key, "hang": True})
    next(replies)
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(replies))
    turns.next.put(None)
    was_cancelled({"text": key})


def case_cancellation():
    key = uuid.uuid4().hex
    replies = down({"text": key, "count": 1, "hang": True})
    next(replies)
    replies.cancel()
    fails(grpc.StatusCode.CANCELLED, lambda: next(replies))
    was_cancelled({"text": key})


def case_metadata_ascii():
    _, call = unary.with_call({}, metadata=[("x-ascii", "one"), ("x-ascii", "two three")])
    found = [value for key, value in call.initial_metadata() if key == "x-ascii"]
    equal(", ".join(found), "one, two three")


def case_metadata_binary():
    values = [b"\0\xff\n\r", b"\1", b"", b"\1\2\3"]
    _, call = unary.with_call({}, metadata=[("x-data-bin", value) for value in values])
    equal([value for key, value in call.initial_metadata() if key == "x-data-bin"], values)


def case_trailers():
    sent = [("x-ascii", "end"), ("x-data-bin", b"\7\0")]
    _, call = unary.with_call({}, metadata=sent)
    trailers = dict(call.trailing_metadata())
    equal((trailers["x-trail"], trailers["x-trail-bin"]), ("end", b"\7\0"))
    error = fails(grpc.StatusCode.FAILED_PRECONDITION, lambda: unary({"fail_code": 9}, metadata=sent))
    equal(dict(error.trailing_metadata())["x-trail"], "end")


def error_case(text):
    def case():
        ask = {"fail_code": 5, "fail_message": text, "count": 2}
        equal(fails(grpc.StatusCode.NOT_FOUND, lambda: unary(ask)).details(), text)
        replies = down(ask)
        equal([next(replies)["number"], next(replies)["number"]], [0, 1])
        equal(fails(grpc.StatusCode.NOT_FOUND, lambda: next(replies)).details(), text)

    return case


def case_unknown_method():
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: method(channel.unary_unary, "Nothing")({}))
    nowhere = channel.unary_unary("/no.such.Service/Unary", encode_ask, decode_reply)
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: nowhere({}))


def case_oversize_request():
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: unary({"data": bytes(MESSAGE_BYTES_MAX + 1)}))


def case_oversize_response():
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: unary({"reply_bytes": MESSAGE_BYTES_MAX + 1}))


def case_reset():
    raw_client.reset(PORT)
    was_cancelled({"text": "reset"})


CASES = {
    "unary": case_unary,
    "server streaming": case_server_streaming,
    "client streaming": case_client_streaming,
    "duplex": case_duplex,
    "duplex, server first": case_server_first,
    "many calls at once": case_many,
    "large message": case_large,
    "deadline": case_deadline,
    "cancellation": case_cancellation,
    "metadata ascii": case_metadata_ascii,
    "metadata binary": case_metadata_binary,
    "trailers": case_trailers,
    "error status": error_case("no such node"),
    "error text not ascii": error_case("Größe 100 % überschritten: 節点"),
    "unknown method": case_unknown_method,
    "oversize request": case_oversize_request,
    "oversize response": case_oversize_response,
    "compressed flag alone": lambda: raw_client.compressed_flag(PORT),
    "unknown encoding": lambda: raw_client.unknown_encoding(PORT),
    "truncated frame": lambda: raw_client.truncated(PORT),
    "trailers-only": lambda: raw_client.trailers_only(PORT),
    "reset by peer": case_reset,
    "not gRPC": lambda: raw_client.not_grpc(PORT),
}

for name, case in CASES.items():
    try:
        case()
        error = None
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps({"case": name, "error": error}), flush=True)
