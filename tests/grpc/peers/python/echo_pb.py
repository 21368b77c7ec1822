"""The messages of conformance.proto by hand: no generated code, so no protobuf version to agree on."""


def _varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _encode(fields, message):
    out = bytearray()
    for number, (name, kind) in fields.items():
        value = message.get(name)
        if not value:
            continue
        if kind is int or kind is bool:
            out += _varint(number << 3) + _varint(int(value))
        else:
            data = value.encode() if kind is str else value
            out += _varint(number << 3 | 2) + _varint(len(data)) + data
    return bytes(out)


def _decode(fields, data):
    def varint(at):
        value = shift = 0
        while True:
            byte = data[at]
            value |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                return value, at

    message = {name: kind() for name, kind in fields.values()}
    at = 0
    while at < len(data):
        key, at = varint(at)
        name, kind = fields[key >> 3]
        value, at = varint(at)
        if key & 7 == 2:
            end = at + value
            value, at = data[at:end], end
        message[name] = value.decode() if kind is str else kind(value)
    return message


ASK = {1: ("text", str), 2: ("count", int), 3: ("fail_code", int), 4: ("fail_message", str),
       5: ("reply_bytes", int), 6: ("hang", bool), 7: ("data", bytes)}
REPLY = {1: ("text", str), 2: ("number", int), 3: ("data", bytes)}

SERVICE = "clusterras.conformance.Echo"
MESSAGE_BYTES_MAX = 1 << 20


def encode_ask(message):
    return _encode(ASK, message)


def decode_ask(data):
    return _decode(ASK, data)


def encode_reply(message):
    return _encode(REPLY, message)


def decode_reply(data):
    return _decode(REPLY, data)
