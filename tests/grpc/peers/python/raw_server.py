"""Answers that no gRPC server gives, frame by frame."""

import socket
import threading

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, RequestReceived, StreamEnded

GRPC = [(":status", "200"), ("content-type", "application/grpc")]
OK = [("grpc-status", "0")]


def answer(h2, stream, path):
    """To a request that has ended."""
    if path == "/raw/CompressedFlag":
        body(h2, stream, GRPC, b"\x01\0\0\0\0")
    elif path == "/raw/UnknownEncoding":
        body(h2, stream, GRPC + [("grpc-encoding", "br")], b"\x01\0\0\0\x01\0")
    elif path == "/raw/Truncated":
        body(h2, stream, GRPC, b"\0\0\0\0\x10\x01\x02\x03\x04")
    elif path == "/raw/TrailersOnly":
        trailers = [("grpc-status", "9"), ("grpc-message", "caf%C3%A9"), ("x-trail", "t")]
        h2.send_headers(stream, GRPC + trailers, end_stream=True)
    elif path == "/raw/Reset":
        h2.send_headers(stream, GRPC)
        h2.reset_stream(stream, ErrorCodes.ENHANCE_YOUR_CALM)
    elif path == "/raw/Html":
        h2.send_headers(stream, [(":status", "200"), ("content-type", "text/html")])
        h2.send_data(stream, b"<p>hello</p>", end_stream=True)
    elif path == "/raw/Http503":
        h2.send_headers(stream, [(":status", "503"), ("content-type", "text/plain")])
        h2.send_data(stream, b"busy", end_stream=True)
    elif path == "/raw/NoStatus":
        h2.send_headers(stream, GRPC)
        h2.send_data(stream, bytes(5), end_stream=True)


def body(h2, stream, headers, data):
    h2.send_headers(stream, headers)
    h2.send_data(stream, data)
    h2.send_headers(stream, OK, end_stream=True)


def serve(connection):
    h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    h2.initiate_connection()
    paths = {}
    with connection:
        connection.sendall(h2.data_to_send())
        while data := connection.recv(65536):
            for event in h2.receive_data(data):
                if isinstance(event, RequestReceived):
                    paths[event.stream_id] = dict(event.headers)[":path"]
                elif isinstance(event, DataReceived):
                    h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    # Headers only now, when a message has come; and the request has not ended yet.
                    if paths.get(event.stream_id) == "/raw/LateHeaders" and event.data:
                        paths[event.stream_id] = "/raw/LateTrailers"
                        h2.send_headers(event.stream_id, GRPC)
                        h2.send_data(event.stream_id, bytes(5))
                elif isinstance(event, StreamEnded):
                    if paths[event.stream_id] == "/raw/LateTrailers":
                        h2.send_headers(event.stream_id, OK, end_stream=True)
                    answer(h2, event.stream_id, paths[event.stream_id])
                elif isinstance(event, ConnectionTerminated):
                    return
            connection.sendall(h2.data_to_send())


def accept(listener):
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def start():
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    return listener.getsockname()[1]
