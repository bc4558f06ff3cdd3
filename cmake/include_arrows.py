"""Fails when an include points upwards: DESIGN.md draws the arrows between the rooms one way.

    python3 cmake/include_arrows.py ROOT

Tests are held to the same.
"""

import pathlib
import re
import sys

# Each room, and the rooms whose headers it may include beside its own.
MAY = {
    "support": [],
    "instrument/module": ["support"],
    "instrument": ["support"],
    # make_module_table.h puts into a trace what was recognised in its module.
    "tracer/record": ["support", "instrument/module", "instrument/asyncify"],
    "tracer": ["support", "instrument"],
    "analyzer": ["support", "instrument", "tracer/record"],
    "analyzer/cli": ["support", "instrument", "tracer", "analyzer"],
    "bench": ["support", "instrument", "tracer", "analyzer"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def inside(path, room):
    return path.startswith(room + "/")


def room_of(path):
    """The innermost room that holds it; nothing for what is in none."""
    rooms = [room for room in MAY if inside(path, room)]
    return max(rooms, key=len, default=None)


def allowed(room, target):
    target_room = room_of(target)
    if target_room is None or target_room == room:
        return True
    # The command is above the analyzer that it is part of in the tree.
    if target_room == "analyzer/cli":
        return False
    return any(inside(target, below) for below in [room, *MAY[room]])


def main():
    root = pathlib.Path(sys.argv[1])
    wrong, seen = [], 0
    for top in sorted({room.split("/")[0] for room in MAY}):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".cpp", ".h"):
                continue
            path = file.relative_to(root).as_posix()
            for target in INCLUDE.findall(file.read_text(encoding="utf-8")):
                seen += 1
                if not allowed(room_of(path), target):
                    wrong.append(f"{path}: includes {target}, which is above it")
    print("\n".join(wrong) if wrong else f"{seen} includes, all of them downwards")
    return 1 if wrong or seen == 0 else 0


sys.exit(main())
