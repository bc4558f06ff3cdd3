"""File and line in the verdict on a program built by `emcc -g`, without further flags."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["ASYNCSCOPE_SOURCE_DIR"])
TOOL = pathlib.Path(os.environ["ASYNCSCOPE_BINARY_DIR"]) / "bin" / "asyncscope"

# `thunk` calls through a pointer, and indirect calls are ignored: its frame pushes no record.
PROGRAM = """#include <emscripten.h>
#include <stdio.h>
typedef int (*Task)(int);
__attribute__((noinline)) int sleepy(int x) {
  emscripten_sleep(1);
  return x + 1;
}
static Task volatile slot = sleepy;
__attribute__((noinline)) int thunk(int x) {
  int before = x * 3;
  int result = slot(x);  // the place
  return result + before;
}
int main(void) {
  printf("%d\\n", thunk(20));
}
"""
LINE = next(n for n, text in enumerate(PROGRAM.splitlines(), 1) if "the place" in text)


class SourcePlaces(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        (self.folder / "program.c").write_text(PROGRAM)
        (self.folder / "package.json").write_text('{"type": "commonjs"}')

    def trace_of(self, *flags):
        environment = {"NODE_PATH": "/usr/share/nodejs", **os.environ}
        subprocess.run(
            ["emcc", "program.c", *flags, "-sASYNCIFY", "-sASYNCIFY_IGNORE_INDIRECT=1", "-sMODULARIZE",
             "-sEXPORTED_RUNTIME_METHODS=callMain", "-o", "program.js"],
            cwd=self.folder, env=environment, check=True, capture_output=True, timeout=300)
        trace = self.folder / "run.atrace"
        host = SOURCE / "cases" / "catalogue" / "run_main.mjs"
        subprocess.run(
            [TOOL, "record", "-o", trace, "--", "node", host, self.folder / "program.js", "failing"],
            capture_output=True, timeout=120)
        return trace

    def diagnose(self, trace, *words):
        return subprocess.run([TOOL, "diagnose", *words, trace], capture_output=True, text=True,
                              timeout=120).stdout

    def test_the_active_call_is_named_with_file_and_line(self):
        for level in ["-O0", "-O1"]:
            with self.subTest(level=level):
                trace = self.trace_of("-g", level)
                verdict = json.loads(self.diagnose(trace, "--json"))["verdict"]
                self.assertEqual(verdict["function"]["name"], "thunk")
                self.assertTrue(verdict["function"]["file"].endswith("program.c"))
                self.assertEqual(verdict["function"]["line"], LINE)
                first = self.diagnose(trace).splitlines()[0]
                self.assertIn(f"program.c:{LINE})", first)

    def test_without_debug_information_there_is_none(self):
        verdict = json.loads(self.diagnose(self.trace_of("-g2", "-O1"), "--json"))["verdict"]
        self.assertEqual(verdict["function"]["name"], "thunk")
        self.assertIsNone(verdict["function"]["file"])
        self.assertIsNone(verdict["function"]["line"])


if __name__ == "__main__":
    unittest.main()
