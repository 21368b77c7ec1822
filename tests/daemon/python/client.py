"""A client that knows the proto files alone: reports an event, and handles it itself.

usage: client.py DESCRIPTORS ADDRESS VICTIM; the first is what protoc makes of the proto files (--descriptor_set_out).
"""

import sys
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

WINDOW_MS = 60_000
PATIENCE_S = 60

descriptors, address, victim = sys.argv[1:]
files = descriptor_pb2.FileDescriptorSet()
with open(descriptors, "rb") as file:
    files.ParseFromString(file.read())
pool = descriptor_pool.DescriptorPool()
for file in files.file:
    pool.Add(file)
factory = message_factory.MessageFactory(pool)
channel = grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])


def make(name):
    return factory.GetPrototype(pool.FindMessageTypeByName(f"clusterras.v1.{name}"))


def number(enum, name):
    return pool.FindEnumTypeByName(f"clusterras.v1.{enum}").values_by_name[name].number


def method(service, name):
    found = pool.FindServiceByName(f"clusterras.v1.{service}").FindMethodByName(name)
    kind = channel.unary_stream if found.server_streaming else channel.unary_unary
    return kind(
        f"/clusterras.v1.{service}/{name}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=factory.GetPrototype(found.output_type).FromString,
    )


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


calls = method("Events", "Subscribe")(
    make("SubscribeRequest")(
        name="from-python", kinds=[number("EventKind", "EVENT_KIND_PANIC")], deadline_ms=WINDOW_MS, required=True
    ),
    timeout=PATIENCE_S,
)
# Headers tell that it is connected.
calls.initial_metadata()

answered = []


def handle():
    call = next(calls)
    answered.append(call)
    method("Events", "Complete")(
        make("CompleteRequest")(
            incident=call.incident,
            handler="from-python",
            outcome=number("HandlerOutcome", "HANDLER_OUTCOME_DONE"),
            result=5,
            message="done in Python",
        ),
        timeout=PATIENCE_S,
    )


handler = threading.Thread(target=handle, daemon=True)
handler.start()
reply = method("Events", "Report")(
    make("ReportRequest")(
        kind=number("EventKind", "EVENT_KIND_PANIC"), node_name=victim, window_ms=WINDOW_MS, nonce=bytes(range(16))
    ),
    timeout=PATIENCE_S,
)
handler.join(PATIENCE_S)

equal(reply.ending, number("ReportEnding", "REPORT_ENDING_ACKED"))
equal(reply.verdict, number("Verdict", "VERDICT_HANDLED"))
equal(answered[0].incident, reply.incident)
equal(answered[0].victim_node_name, victim)

incident = method("Cluster", "GetIncident")(make("GetIncidentRequest")(id=reply.incident), timeout=PATIENCE_S)
equal([result.message for result in incident.handler_results], ["done in Python"])

try:
    method("Events", "Report")(make("ReportRequest")(node_name=victim), timeout=PATIENCE_S)
    raise AssertionError("a report without a kind was taken")
except grpc.RpcError as error:
    equal(error.code(), grpc.StatusCode.INVALID_ARGUMENT)

print(reply.incident)
