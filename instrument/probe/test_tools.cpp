#include "instrument/probe/test_tools.h"

#include <gtest/gtest.h>

#include <sstream>

namespace asyncscope::probe::testing {
namespace {

constexpr const char* kDriver = R"JS(
const fs = require('fs');
const [, , file, scriptFile] = process.argv;
const kinds = ['', 'StartUnwind', 'StopUnwind', 'StartRewind', 'StopRewind', 'UnwindSaved',
  'UnwindPassed', 'UnwindLeft', 'RewindEntered', 'RewindPassed'];
const kData = 64, kBegin = 96, kEnd = 4096;
const events = [], said = [];
const say = (text) => said.push(text);
let e, suspended = false;
const is64 = process.env.POINTER64 === '1';
const names = JSON.parse(process.env.FUNCTION_NAMES);
const control = (name, short) => e['asyncify_' + name] ?? e[short];
const pointer = is64 ? BigInt(kData) : kData;
// A script may replace these.
const host = {
  startUnwind: () => control('start_unwind', 'a')(pointer),
  stopUnwind: () => control('stop_unwind', 'b')(),
  startRewind: () => control('start_rewind', 'c')(pointer),
  stopRewind: () => control('stop_rewind', 'd')(),
};
const state = { value: 0 };
const sleep = () => {
  if (state.value === 2) { host.stopRewind(); state.value = 0; return; }
  if (state.value === 1) throw new Error('sleep while unwinding');
  const view = new DataView(e.memory.buffer);
  if (is64) {
    view.setBigUint64(kData, BigInt(kBegin), true);
    view.setBigUint64(kData + 8, BigInt(kEnd), true);
  } else {
    view.setUint32(kData, kBegin, true);
    view.setUint32(kData + 4, kEnd, true);
  }
  host.startUnwind();
  state.value = 1;
  suspended = true;
};
// Through wasm, as a table holds only genuine wasm functions; (i32, i32, i32, i64, i64) -> ().
const passOn = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 1, 0x60, 5,
  0x7f, 0x7f, 0x7f, 0x7e, 0x7e, 0, 2, 7, 1, 1, 101, 1, 119, 0, 0, 7, 5, 1, 1, 119, 0, 0]));
const listen = (slot) => e['asyncscope.table'].set(slot, new WebAssembly.Instance(passOn, { e: {
  w: (kind, f, detail, position, sp) => events.push(`${slot === (kind < 5 ? 1 : 0) ? '' : 'WRONG '}` +
    `${kinds[kind]} ${names[f] || f}@${detail} ${position} ${sp}`) } }).exports.w);
const drive = (name, argument) => {
  let result = e[name](argument);
  while (suspended) {
    suspended = false;
    host.stopUnwind();
    host.startRewind();
    state.value = 2;
    result = e[name](argument);
  }
  return result;
};
const module_ = new WebAssembly.Module(fs.readFileSync(file));
const imports = { env: { sleep, log: (x) => say('log ' + x) } };
for (const entry of WebAssembly.Module.imports(module_)) {
  if (entry.kind === 'global') {
    const value = entry.name.includes('data') && is64 ? 'i64' : 'i32';
    imports[entry.module][entry.name] =
      new WebAssembly.Global({ value, mutable: true }, value === 'i64' ? 0n : 0);
  }
}
e = new WebAssembly.Instance(module_, imports).exports;
if (e['asyncscope.table']) { listen(0); listen(1); }
try { eval(fs.readFileSync(scriptFile, 'utf8')); } catch (error) { say('trap ' + error.message); }
console.log('outcome ' + said.join(', '));
for (const event of events) console.log(event);
)JS";

std::span<const std::uint8_t> bytesOf(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// What the driver must know of the module: the names of its functions as a JSON list (names that a
// test gives need no escapes), and whether the last memory has 64 bits.
std::string environment(const Bytes& bytes) {
  const auto module = wasm::readModule(bytes);
  if (!module) {
    ADD_FAILURE() << module.error().message;
    return {};
  }
  std::string list;
  for (const std::string_view name : module->functionNames()) {
    list += (list.empty() ? "\"" : ",\"") + std::string(name) + "\"";
  }
  const bool is64 = !module->memories.empty() && module->memories.back().limits.is64;
  return "FUNCTION_NAMES='[" + list + "]' POINTER64=" + (is64 ? "1 " : "0 ");
}

}  // namespace

NodeRun runScriptInNode(const Bytes& module, const std::string& script) {
  static int count = 0;
  const auto directory = wasm::testing::scratchDirectory();
  const std::string stem = "run" + std::to_string(++count);
  wasm::testing::writeFile(directory / "driver.cjs", bytesOf(kDriver));
  wasm::testing::writeFile(directory / (stem + ".wasm"), module);
  wasm::testing::writeFile(directory / (stem + ".js"), bytesOf(script));
  const auto result =
      wasm::testing::runTool("cd " + directory.string() + " && " + environment(module) +
                             "node --experimental-wasm-memory64 "
                             "driver.cjs " +
                             stem + ".wasm " + stem + ".js");
  EXPECT_EQ(result.status, 0) << result.output;
  NodeRun run;
  std::istringstream lines(result.output);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with("outcome ")) {
      run.outcome = line.substr(8);
    } else {
      run.events.push_back(line);
    }
  }
  return run;
}

NodeRun runInNode(const Bytes& module, const std::string& exportName, int argument) {
  return runScriptInNode(
      module, "say('result ' + drive('" + exportName + "', " + std::to_string(argument) + "));");
}

Probed probeOrFail(const Bytes& module, const Options& options) {
  const auto found = asyncify::testing::recogniseOrFail(module);
  auto result = probe(found.module, found.info, options);
  if (!result) {
    ADD_FAILURE() << result.error().message;
    return {};
  }
  return std::move(*result);
}

void expectValid(const Bytes& module) {
  EXPECT_EQ(wasm::testing::wabtVerdict(module), "");
  EXPECT_EQ(wasm::testing::nodeVerdicts({module})[0], "");
}

}  // namespace asyncscope::probe::testing
