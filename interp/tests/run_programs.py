#!/usr/bin/env python3
"""Compares programs under python3 with the same programs under another command.

usage: run_programs.py [--errors] [--jobs N] [--only SUBSTRING] [--skip FILE] [--repeat N] COMMAND...

COMMAND is run with the path of each program appended; its standard output and exit status must be
those of python3. With --errors the programs of errors/ are run instead: each must fail with status
1 and print the text of its comment `# ERROR: substring` on standard error. --skip names a file of
program names, one a line, that the command cannot run (with the reason after a #). --repeat N passes
that on to the command, which must print N times what python3 prints; programs that fail are left out.
"""
import argparse
import concurrent.futures
import difflib
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def run(command, program):
    done = subprocess.run(command + [str(program)], capture_output=True, timeout=300)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def compare(command, program, repeat):
    want_status, want, _ = run([sys.executable, "-X", "utf8"], program)
    if repeat > 1:
        if want_status != 0:
            return None
        want *= repeat
        command = command + ["--repeat", str(repeat)]
    try:
        status, got, err = run(command, program)
    except subprocess.TimeoutExpired:
        return "timeout"
    if (want_status != 0, want) == (status != 0, got):
        return None
    diff = difflib.unified_diff(want.splitlines(), got.splitlines(), "python3", "command", lineterm="", n=1)
    return "\n".join([f"exit status {status}, python3 {want_status}", *list(diff)[:40], err[-800:]])


def expect_error(command, program, _):
    want = re.search(r"# ERROR: (.*)", program.read_text()).group(1).strip()
    status, _, err = run(command, program)
    if status == 1 and want in err:
        return None
    return f"exit status {status}; expected {want!r} in\n{err[-800:]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--skip")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    skipped = set()
    if args.skip:
        for line in pathlib.Path(args.skip).read_text().splitlines():
            name = line.split("#")[0].strip()
            if name:
                skipped.add(name)
    programs = sorted((HERE / ("errors" if args.errors else "programs")).glob("*.py"))
    programs = [p for p in programs if args.only in p.name and p.name not in skipped]
    check = expect_error if args.errors else compare
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for program, problem in zip(programs, pool.map(lambda p: check(args.command, p, args.repeat), programs)):
            if problem:
                failed += 1
                print(f"FAIL {program.name}\n{problem}\n")
    print(f"{len(programs) - failed} passed, {failed} failed")
    return 1 if failed or not programs else 0


if __name__ == "__main__":
    sys.exit(main())
