"""The command as a script sees it: exit codes, error lines, help texts, and what it leaves alone.

Run by ctest with ASYNCSCOPE_BINARY_DIR set. Help texts are golden: after a wanted change run it once
with UPDATE_GOLDEN=1 and look at the difference.
"""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["ASYNCSCOPE_SOURCE_DIR"])
BINARY = pathlib.Path(os.environ["ASYNCSCOPE_BINARY_DIR"])
TOOL = BINARY / "bin" / "asyncscope"
GOLDEN = SOURCE / "analyzer" / "tests" / "golden"
VERBS = ["run", "record", "attach", "diagnose", "explain", "report", "export", "coverage", "merge",
         "correlate", "instrument"]

# A module without Asyncify: one function that returns 42.
PLAIN_MODULE = bytes.fromhex("0061736d010000000105016000017f03020100070501016600000a06010400412a0b")


def tool(*words, **options):
    return subprocess.run([TOOL, *map(str, words)], capture_output=True, text=True, timeout=120, **options)


class Folder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def assert_one_line(self, text):
        self.assertEqual(len(text.strip().splitlines()), 1, text)


class Usage(Folder):
    def test_no_verb_is_a_usage_error(self):
        self.assertEqual(tool().returncode, 2)

    def test_unknown_verb_is_a_usage_error(self):
        self.assertEqual(tool("diagnoze", "x").returncode, 2)

    def test_extra_arguments_are_refused_with_a_hint(self):
        result = tool("instrument", "a.wasm", "b.wasm", "-o", "c.wasm")
        self.assertEqual(result.returncode, 2)
        self.assertIn("b.wasm", result.stderr)
        self.assertIn("--help", result.stderr)

    def test_missing_output_is_a_usage_error(self):
        result = tool("instrument", "a.wasm")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--output", result.stderr)

    def test_help_texts(self):
        for verb in ["", *VERBS]:
            with self.subTest(verb=verb):
                result = tool(*([verb] if verb else []), "--help")
                self.assertEqual(result.returncode, 0)
                self.assertIn("Example: asyncscope", result.stdout)
                golden = GOLDEN / f"help{'-' + verb if verb else ''}.txt"
                if os.environ.get("UPDATE_GOLDEN"):
                    GOLDEN.mkdir(exist_ok=True)
                    golden.write_text(result.stdout)
                self.assertEqual(result.stdout, golden.read_text())


class BadInput(Folder):
    def assert_unreadable(self, result, *parts):
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assert_one_line(result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)

    def test_missing_trace(self):
        self.assert_unreadable(tool("diagnose", self.folder / "none.atrace"), "none.atrace", "No such file")

    def test_a_folder_is_no_trace(self):
        self.assert_unreadable(tool("diagnose", self.folder), "is a folder")

    def test_something_else_is_no_trace(self):
        self.assert_unreadable(tool("diagnose", self.file("x.atrace", "hello, world, this is text")), "offset 0")

    def test_empty_trace(self):
        self.assert_unreadable(tool("diagnose", self.file("x.atrace", b"")), "offset 0")

    def test_truncated_module(self):
        cut = self.file("cut.wasm", PLAIN_MODULE[:-3])
        self.assert_unreadable(tool("instrument", cut, "-o", self.folder / "out.wasm"), "cut.wasm", "offset")
        self.assertFalse((self.folder / "out.wasm").exists())

    def test_no_module(self):
        text = self.file("text.wasm", "(module)")
        self.assert_unreadable(tool("instrument", text, "-o", self.folder / "out.wasm"), "offset 0")

    def test_control_characters_of_a_name_do_not_reach_the_terminal(self):
        result = tool("diagnose", self.folder / "a\x1b[31m.atrace")
        self.assertNotIn("\x1b", result.stderr)

    def test_bad_symbol_map(self):
        trace = self.file("x.atrace", b"ATRACE\r\n")
        symbols = self.file("x.symbols", "1:main\nnonsense\n")
        self.assert_unreadable(tool("diagnose", trace, "--symbols", symbols), "x.symbols", "offset 7")


class Instrument(Folder):
    def test_a_module_without_asyncify_is_copied_byte_for_byte(self):
        module = self.file("plain.wasm", PLAIN_MODULE)
        result = tool("instrument", module, "-o", self.folder / "out.wasm", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertFalse(json.loads(result.stdout)["asyncified"])
        self.assertEqual((self.folder / "out.wasm").read_bytes(), PLAIN_MODULE)


class Explain(Folder):
    def test_a_code_prints_its_page(self):
        result = tool("explain", "uninstrumented-frame-list")
        self.assertEqual(result.returncode, 0)
        self.assertTrue(result.stdout.startswith("uninstrumented-frame-list\n"), result.stdout)
        self.assertIn("How it comes about", result.stdout)

    def test_an_unknown_code_is_refused_with_the_nearest(self):
        result = tool("explain", "uninstrumented-frame-lst")
        self.assertEqual(result.returncode, 2)
        self.assert_one_line(result.stderr)
        self.assertIn(" uninstrumented-frame-list ", result.stderr)

    def test_a_part_of_a_code_finds_it(self):
        result = tool("explain", "zombie")
        self.assertEqual(result.returncode, 2)
        self.assertIn(" zombie-rewind ", result.stderr)

    def test_a_message_lists_the_modes_that_can_print_it(self):
        text = "Uncaught (in promise) Error: import nap was not in ASYNCIFY_IMPORTS, but changed the state"
        for result in (tool("explain", text), tool("explain", *text.split()), tool("explain", "-", input=text)):
            self.assertEqual(result.returncode, 0)
            self.assertIn("import-not-listed", result.stdout)
        matches = json.loads(tool("explain", "--json", text).stdout)["matches"]
        self.assertIn("import-not-listed", [match["code"] for match in matches])

    def test_a_message_that_nobody_knows_is_said_to_be_unknown(self):
        result = tool("explain", "the printer is out of paper")
        self.assertEqual(result.returncode, 2)
        self.assertIn("No failure mode of ASYNCIFY", result.stdout)

    def test_without_an_argument_it_lists_all_codes(self):
        codes = [page["code"] for page in json.loads(tool("explain", "--json").stdout)["pages"]]
        self.assertIn("import-not-listed", codes)
        listed = tool("explain").stdout
        for code in codes:
            self.assertIn(f"  {code} ", listed)


class Record(Folder):
    def record(self, source, **options):
        script = self.file("app.cjs", source)
        return tool("record", "-o", self.folder / "run.atrace", "--", "node", script, **options)

    def test_output_and_exit_code_are_the_programs(self):
        result = self.record("console.log('out'); console.error('err'); process.exit(7);")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (7, "out\n", "err\n"))

    def test_a_signal_ends_it_as_it_ended_the_program(self):
        result = self.record("process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 60000);")
        self.assertEqual(result.returncode, -signal.SIGKILL)
        self.assertEqual(tool("diagnose", self.folder / "run.atrace").returncode, 0)

    def test_a_program_that_does_not_exist_was_not_run(self):
        result = tool("record", "-o", self.folder / "run.atrace", "--", self.folder / "none")
        self.assertEqual(result.returncode, 4)
        self.assert_one_line(result.stderr)

    def test_a_program_that_is_not_node_leaves_no_trace_and_says_so(self):
        result = tool("record", "-o", self.folder / "run.atrace", "--", "true")
        self.assertEqual(result.returncode, 4)
        self.assertIn("left no trace", result.stderr)

    def test_a_program_without_a_module_has_nothing_to_diagnose(self):
        self.record("console.log(1)")
        result = tool("diagnose", self.folder / "run.atrace")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout.startswith("No asyncified module was loaded"), result.stdout)

    def test_run_prints_json_alone(self):
        script = self.file("app.cjs", "console.log('hello')")
        result = tool("run", "--json", "--", "node", script)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["verdict"], None)
        self.assertIn("hello", result.stderr)


if __name__ == "__main__":
    unittest.main()
