"""What sysSentry makes of `sentryctl set`, by Python's own argparse, int() and json.

A second telling of the rules in src/Sentry/Stock, in the language that sysSentry is written in: what is argparse's, int's or
strip's need not be told again here. Reads a JSON object a line, {"argv": [...], "pre": {...}}, and answers with one.
The first line says which Python this is; argparse words its errors otherwise in later ones.
"""
import argparse
import contextlib
import io
import ipaddress
import json
import re
import sys

ON_OFF = ["on", "off"]
MODULES = {
    "sentry_remote_reporter": [
        ("cna", int), ("eid", str), ("uvb_comm", ON_OFF), ("urma_comm", ON_OFF), ("panic", ON_OFF),
        ("kernel_reboot", ON_OFF), ("panic_timeout_ms", int), ("kernel_reboot_timeout_ms", int),
    ],
    "sentry_urma_comm": [("server_eid", str), ("client_jetty_id", int), ("heartbeat", ON_OFF)],
    "sentry_uvb_comm": [("server_cna", str)],
    "sentry_reporter": [
        ("ub_mem_fault_with_kill", ON_OFF), ("ub_mem_fault", ON_OFF), ("power_off", ON_OFF), ("oom", ON_OFF),
        ("oom_policy", str),
    ],
}
OWNED = ["0000:0000:0000:0000:0000:0000:0000:" + end for end in ("0a01", "0a02", "0000", "0abc")]
OWNED = {ipaddress.IPv6Address(text).packed for text in OWNED + ["0000:0000:0000:0000:0000:ffff:0a0a:0101"]}
SOME_FAILED = "Some parameters failed to set"
ZERO = bytes(16)


def parser():
    top = argparse.ArgumentParser(prog="sentryctl", allow_abbrev=False)
    commands = top.add_subparsers(dest="cmd_type")
    for name in ("start", "stop", "reload", "status", "get_result", "get_alarm", "list"):
        commands.add_parser(name)
    modules = commands.add_parser("set").add_subparsers(dest="set_ko_name")
    for module, options in MODULES.items():
        one = modules.add_parser(module)
        for name, kind in options:
            one.add_argument(
                "--" + name,
                type=int if kind is int else str,
                choices=ON_OFF if kind is ON_OFF else None,
                required=name == "server_cna",
            )
    return top


def address(text):
    """As Linux reads it: its groups may have zeros before them, and its dotted end, too."""
    if not re.fullmatch(r"[0-9a-fA-F:.]+", text) or text.count("::") > 1 or ":::" in text:
        return None
    head, dot, _ = text.partition(".")
    if dot:
        head, colon, first = head.rpartition(":")
        parts = text[len(head) + len(colon):].split(".")
        if not colon or any(not re.fullmatch("[0-9]+", part) or int(part) > 255 for part in parts):
            return None
        text = head + colon + ".".join(str(int(part)) for part in parts)
        text_of_words = head.rstrip(":")
    else:
        text_of_words = text
    for word in re.findall(r"[0-9a-fA-F]+", text_of_words):
        if int(word, 16) > 0xFFFF:
            return None
    if text != text.strip(":") and not (text.startswith("::") or text.endswith("::")):
        return None
    if (text.startswith(":") and not text.startswith("::")) or (text.endswith(":") and not text.endswith("::")):
        return None
    short = re.sub(r"[0-9a-fA-F]+(?![0-9a-fA-F.])(?<!\.)", lambda word: shorten(word, text), text)
    try:
        return ipaddress.IPv6Address(short).packed
    except ValueError:
        return None


def shorten(word, text):
    behind_dot = "." in text and word.start() > text.rfind(":")
    return word.group() if behind_dot else format(int(word.group(), 16), "x")


class Machine:
    def __init__(self, before):
        self.drivers = not before.get("nodrv", False)
        self.kexec = before.get("kexec", True)
        self.ways = {"uvb_comm": before.get("uvb", True), "urma_comm": before.get("urma", True)}
        self.linked = before.get("created", False)
        local = [address(eid) for eid in before.get("local", [])]
        self.local = (local + [ZERO, ZERO])[:2]
        self.count = len(local)
        self.writes = []
        self.failed = self.refused = False

    def write(self, file, value):
        if not self.drivers:
            self.failed = True
            return
        text = f"{value}\n"
        errno = self.errno(file, text)
        self.writes.append([file, text, errno])
        self.refused |= errno != 0

    def errno(self, file, text):
        name = file.split("/")[1]
        if name == "cna":
            return self.number(text, 0xFFFFFF)
        if name in ("panic_timeout", "kernel_reboot_timeout"):
            return self.number(text, 3600000)
        if name in self.ways:
            other = self.ways["urma_comm" if name == "uvb_comm" else "uvb_comm"]
            if text == "off\n" and not other:
                return 22
            self.ways[name] = text == "on\n"
        if name == "panic" and text == "on\n" and not self.kexec:
            return 1
        if name == "heartbeat" and text == "on\n" and not self.linked:
            return 22
        kinds = {"eid": self.eids, "client_info": self.lists, "server_cna": self.cnas, "oom_rate_limit": self.rates}
        return kinds[name](text) if name in kinds else 0

    @staticmethod
    def u32(text):
        """The number; None: no decimal; -1: too large."""
        if not re.fullmatch(r"\+?[0-9]+\n?", text, re.ASCII):
            return None
        return int(text) if int(text) < 1 << 32 else -1

    def number(self, text, most):
        value = self.u32(text)
        return 22 if value is None else 34 if value < 0 else 22 if value > most else 0

    def eids(self, text):
        found = [len(eid.encode()) == 39 and address(eid) or None for eid in text[:-1].split(";")]
        if None in found:
            return 22
        self.linked = False
        self.local = [ZERO, ZERO]
        for place, eid in enumerate(found):
            if eid not in OWNED and eid[::-1] not in OWNED:
                return 22
            self.local[place] = eid
        self.count = len(found)
        return 0

    def lists(self, text):
        text = text.encode().decode("latin-1")
        fields = re.match(r"([^ ]{1,2559})[ \t\n\v\f\r]*([^\n]{1,6})", text)
        if len(text) > 2630 or not fields:
            return 22
        lists = fields[1].split(";")
        if len(lists) > 2:
            return 22
        for place, items in enumerate(lists):
            eids = items.split(",")
            if len(items) > 1312 or len(eids) > 32:
                return 22
            found = [address(eid) if len(eid) == 39 else None for eid in eids]
            if None in found or found[0] != self.local[place]:
                return 22
        jetty = self.u32(fields[2])
        if jetty is None or not 3 <= jetty <= 1023 or len(lists) > self.count:
            return 22
        self.linked = True
        return 0

    def cnas(self, text):
        values = [self.u32(part) for part in text.split(";")]
        bad = len(text.encode()) > 725 or any(value is None or not 0 <= value <= 0xFFFFFF for value in values)
        return 22 if bad else 0

    def rates(self, text):
        values = [self.u32(part.partition(":")[2]) for part in text[:-1].split(",")]
        bad = len(text) > 256 or any(value is None or not 0 <= value < 1 << 31 for value in values)
        return 22 if bad else 0


def serve(data, machine):
    """None, or what the service says at once."""
    module = data["set_ko_name"]

    def pass_on(folder, *names):
        for name in names:
            if data.get(name) is not None:
                machine.write(f"{folder}/{name.removesuffix('_ms')}", data[name])

    if module == "sentry_remote_reporter":
        if data["cna"] is not None and data["cna"] < 0:
            return "cna should be a number not less than 0."
        pass_on(module, "cna")
        if data["eid"] is not None:
            parts = data["eid"].split(";")
            if len(parts) > 2:
                return "invalid value for extraneous semicolon."
            for length in map(len, parts):
                if length != 39:
                    return f"The length of eid must be 39, but the detected input length is {length}."
            pass_on(module, "eid")
        pass_on(module, "uvb_comm", "urma_comm", "panic", "panic_timeout_ms", "kernel_reboot", "kernel_reboot_timeout_ms")
    elif module == "sentry_urma_comm":
        lists, jetty = data["server_eid"], data["client_jetty_id"]
        if (lists is None) != (jetty is None):
            return "Options --server_eid and --client_jetty_id need to be used together"
        if lists is not None:
            each = lists.strip().split(";")
            good = 3 <= jetty <= 1023 and len(each) <= 2
            good = good and all(len(eid.strip()) == 39 for items in each for eid in items.split(","))
            if good:
                machine.write("sentry_urma_comm/client_info", f"{lists} {jetty}")
            machine.failed |= not good
        pass_on(module, "heartbeat")
    elif module == "sentry_uvb_comm":
        text = data["server_cna"].strip()
        parts = text.split(";")
        if len(parts) <= 32 and all(1 <= len(part.strip()) <= 22 for part in parts):
            machine.write("sentry_uvb_comm/server_cna", text)
        else:
            machine.failed = True
    elif module == "sentry_reporter":
        pass_on(module, "ub_mem_fault_with_kill", "ub_mem_fault", "power_off", "oom")
        if data["oom_policy"] is not None:
            try:
                policy = json.loads(data["oom_policy"])
            except json.JSONDecodeError:
                return "oom_policy must be valid JSON format"
            if not isinstance(policy, dict):
                return "oom_policy must be a JSON object"
            for name, limit in policy.items():
                if name not in ("RR_KSWAPD", "RR_DIRECT_RECLAIM", "RR_HUGEPAGE_RECLAIM"):
                    return f"Invalid event type: {name}."
                if not isinstance(limit, int):
                    return f"Limit value for {name} must be an integer"
                if limit < 0:
                    return f"Limit value for {name} must be >= 0"
            if not policy:
                return "oom_policy must contain at least one event type"
            machine.write("sentry_reporter/oom_rate_limit", ",".join(f"{k}:{v}" for k, v in policy.items()))
    else:
        return f"Unknown task name: {module}"
    return None


def run(words, before):
    machine = Machine(before)
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            asked = parser().parse_args(words)
    except SystemExit as end:
        said = errors.getvalue().rstrip("\n")
        return [end.code, "parser", said[said.rfind("\nsentryctl") + 1:], []]
    except ValueError:
        return [1, "parser", "it breaks", []]
    if asked.cmd_type is None:
        return [255, "service", "it shows its help", []]
    if asked.cmd_type != "set":
        return None
    data = vars(asked)
    if len(json.dumps({"type": "set", "data": data})) > 9999:
        return [255, "service", "The request message sent by the sentryctl command exceeds the length limit", []]
    says = serve(data, machine)
    if says is not None:
        return [255, "service", says, machine.writes]
    if machine.refused:
        return [255, "driver", SOME_FAILED, machine.writes]
    if machine.failed:
        return [255, "service", SOME_FAILED, machine.writes]
    return [0, "nobody", "", machine.writes]


print(json.dumps(list(sys.version_info[:2])), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(run(asked["argv"], asked["pre"])), flush=True)
