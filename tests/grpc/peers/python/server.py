"""Echo on grpcio, and answers by hand on h2. Prints the two ports, then serves until stdin closes."""

import sys
import threading
from concurrent import futures

import grpc

import raw_server
from echo_pb import MESSAGE_BYTES_MAX, SERVICE, decode_ask, encode_reply

CODES = {code.value[0]: code for code in grpc.StatusCode}


class Cancellations:
    def __init__(self):
        self.changed = threading.Condition()
        self.seen = set()

    def note(self, text):
        with self.changed:
            self.seen.add(text)
            self.changed.notify_all()

    def wait(self, text):
        with self.changed:
            return self.changed.wait_for(lambda: text in self.seen, timeout=15)


cancellations = Cancellations()


def echo_metadata(context):
    headers, trailers = [], []
    for key, value in context.invocation_metadata():
        if key == "x-ascii":
            headers.append((key, value))
            trailers.append(("x-trail", value))
        elif key == "x-data-bin":
            headers.append((key, value))
            trailers.append(("x-trail-bin", value))
    if headers:
        context.send_initial_metadata(headers)
        context.set_trailing_metadata(trailers)


def watch(ask, context):
    """Before the first reply: a client may cancel as soon as it has that, and then nothing after it runs."""
    if ask["hang"] and not context.add_callback(lambda: cancellations.note(ask["text"])):
        cancellations.note(ask["text"])


def end(ask, context):
    if ask["hang"]:
        cancellations.wait(ask["text"])
    if ask["fail_code"]:
        context.abort(CODES[ask["fail_code"]], ask["fail_message"])


def reply_to(ask, number):
    return {"text": ask["text"], "number": number, "data": bytes(ask["reply_bytes"])}


def unary(ask, context):
    echo_metadata(context)
    watch(ask, context)
    end(ask, context)
    return reply_to(ask, len(ask["data"]))


def down(ask, context):
    echo_metadata(context)
    watch(ask, context)
    for number in range(ask["count"]):
        yield reply_to(ask, number)
    end(ask, context)


def up(asks, context):
    total, text = 0, ""
    for ask in asks:
        total += ask["count"]
        text += ask["text"]
        end(ask, context)
    return {"text": text, "number": total}


def both(asks, context):
    echo_metadata(context)
    if any(key == "x-greet" for key, _ in context.invocation_metadata()):
        yield {"text": "hello"}
    for ask in asks:
        watch(ask, context)
        yield reply_to(ask, len(ask["data"]))
        end(ask, context)


def was_cancelled(ask, context):
    if not cancellations.wait(ask["text"]):
        context.abort(grpc.StatusCode.NOT_FOUND, "no such call was cancelled")
    return reply_to(ask, 0)


def handler(make, method):
    return make(method, request_deserializer=decode_ask, response_serializer=encode_reply)


def main():
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
            ("grpc.max_send_message_length", -1),
        ],
    )
    methods = {
        "Unary": handler(grpc.unary_unary_rpc_method_handler, unary),
        "Down": handler(grpc.unary_stream_rpc_method_handler, down),
        "Up": handler(grpc.stream_unary_rpc_method_handler, up),
        "Both": handler(grpc.stream_stream_rpc_method_handler, both),
        "WasCancelled": handler(grpc.unary_unary_rpc_method_handler, was_cancelled),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"PORTS {port} {raw_server.start()}", flush=True)
    sys.stdin.read()
    server.stop(0)


main()
