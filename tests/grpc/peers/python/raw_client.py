"""Requests that no gRPC client makes, frame by frame."""

import socket

from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, ResponseReceived, StreamEnded, StreamReset, TrailersReceived

SERVICE = "/clusterras.conformance.Echo"


class Answer:
    def __init__(self):
        self.headers, self.trailers, self.data = {}, None, b""


def post(port, body, content_type="application/grpc", extra=()):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        h2 = begin(connection, port, content_type, extra)
        h2.send_data(1, body, end_stream=True)
        connection.sendall(h2.data_to_send())
        answer = Answer()
        while data := connection.recv(65536):
            for event in h2.receive_data(data):
                if isinstance(event, ResponseReceived):
                    answer.headers = texts(event.headers)
                elif isinstance(event, TrailersReceived):
                    answer.trailers = texts(event.headers)
                elif isinstance(event, DataReceived):
                    answer.data += event.data
                elif isinstance(event, StreamEnded):
                    return answer
                elif isinstance(event, StreamReset):
                    raise AssertionError(f"the server reset the stream with {event.error_code}")
            connection.sendall(h2.data_to_send())
        raise AssertionError("the server hung up")


def begin(connection, port, content_type="application/grpc", extra=(), method="Unary"):
    h2 = H2Connection()
    h2.initiate_connection()
    headers = [(":method", "POST"), (":scheme", "http"), (":authority", f"127.0.0.1:{port}"), (":path", f"{SERVICE}/{method}"),
               ("content-type", content_type), ("te", "trailers"), *extra]
    h2.send_headers(1, headers)
    return h2


def texts(headers):
    return {
        (k.decode() if isinstance(k, bytes) else k): (v.decode() if isinstance(v, bytes) else v) for k, v in headers
    }


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


def compressed_flag(port):
    equal(post(port, b"\x01\0\0\0\0").headers.get("grpc-status"), "13")


def truncated(port):
    equal(post(port, b"\0\0\0\0\x0a\1\2\3").headers.get("grpc-status"), "13")
    equal(post(port, b"\0\0\0").headers.get("grpc-status"), "13")


def unknown_encoding(port):
    answer = post(port, b"\x01\0\0\0\x01\0", extra=[("grpc-encoding", "br")])
    equal(answer.headers.get("grpc-status"), "12")
    equal(answer.headers.get("grpc-accept-encoding"), "identity")


def trailers_only(port):
    answer = post(port, b"\0\0\0\0\x02\x18\x09")  # fail_code = 9
    equal((answer.headers.get("grpc-status"), answer.trailers, answer.data), ("9", None, b""))


def not_grpc(port):
    equal(post(port, bytes(5), content_type="text/plain").headers[":status"], "415")


def reset(port):
    """Starts a call that hangs, then resets its stream. The connection stays: the reset alone must do."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    h2 = begin(connection, port, method="Down")
    # text = "reset", count = 1, hang = true; the reply says that the handler runs.
    h2.send_data(1, b"\0\0\0\0\x0b\x0a\x05reset\x10\x01\x30\x01", end_stream=True)
    replied = False
    while not replied:
        connection.sendall(h2.data_to_send())
        replied = any(isinstance(event, DataReceived) for event in h2.receive_data(connection.recv(65536)))
    h2.reset_stream(1, ErrorCodes.CANCEL)
    connection.sendall(h2.data_to_send())
    kept.append(connection)


kept = []
