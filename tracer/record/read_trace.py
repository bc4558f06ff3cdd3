#!/usr/bin/env python3
"""A second reader of trace files, written from docs/trace-format.md alone (standard library only).

Tests hold it against the C++ reader. It prints one JSON object:

    {"chunks": {"RUN ": 1, ...}, "threads": {"0": {"written": n, "lost": n, "events": {kind: n}}}}
"""
import json
import struct
import sys

PAYLOAD = 255


def chunks(data):
    magic, version, header = struct.unpack_from("<8sII", data, 0)
    if magic != b"ATRACE\r\n" or version != 1:
        sys.exit("not a trace of version 1")
    at = header
    while at < len(data):
        name, thread, length = struct.unpack_from("<4sIQ", data, at)
        payload = data[at + 16 : at + 16 + length]
        if len(payload) != length:
            sys.exit("the file is cut")
        yield name.decode("ascii"), thread, payload
        at += 16 + (length + 7) // 8 * 8


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    counts, threads = {}, {}
    for name, thread, payload in chunks(data):
        counts[name] = counts.get(name, 0) + 1
        if name in ("RUN ", "NOTE", "EXIT", "END "):
            json.loads(payload.decode("utf-8"))
        if name != "EVTS":
            continue
        of = threads.setdefault(str(thread), {"written": 0, "lost": 0, "events": {}})
        first, lost = struct.unpack_from("<QQ", payload, 0)
        if first != of["written"] + lost:
            sys.exit("events of thread %d do not add up" % thread)
        of["lost"] = lost
        for at in range(16, len(payload), 32):
            kind = struct.unpack_from("<H", payload, at)[0]
            of["written"] += 1
            of["events"][str(kind)] = of["events"].get(str(kind), 0) + 1
    print(json.dumps({"chunks": counts, "threads": threads}, sort_keys=True))


main()
