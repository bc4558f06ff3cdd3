#include "instrument/asyncify/test_tools.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "instrument/asyncify/recognise.h"

namespace asyncscope::asyncify::testing {
namespace fs = std::filesystem;
namespace {

fs::path npmRoot() {
  const char* source = std::getenv("ASYNCSCOPE_SOURCE_DIR");
  return fs::path(source != nullptr ? source : ".") / "node_modules";
}

fs::path nextFile(std::string_view extension) {
  static int count = 0;
  return wasm::testing::scratchDirectory() /
         ("a" + std::to_string(++count) + std::string(extension));
}

bool endsWith(std::string_view text, std::string_view end) { return text.ends_with(end); }

Decisions parseDecisions(const std::string& output) {
  Decisions decisions;
  std::istringstream lines(output);
  std::string line;
  constexpr std::string_view kMark = "[asyncify] ";
  while (std::getline(lines, line)) {
    if (!line.starts_with(kMark)) {
      continue;
    }
    const std::string rest = line.substr(kMark.size());
    const std::string name = rest.substr(0, rest.find_first_of(" '"));
    if (rest.find(" can change the state due to ") != std::string::npos ||
        endsWith(rest, "is an import that can change the state")) {
      decisions.canChangeState.insert(name);
    } else if (endsWith(rest, "is in the remove-list, ignore")) {
      decisions.canChangeState.erase(name);
    } else if (endsWith(rest, "is in the add-list, add") ||
               endsWith(rest, "state is set based on the only-list to 1")) {
      decisions.canChangeState.insert(name);
      decisions.listed.insert(name);
    } else if (endsWith(rest, "state is set based on the only-list to 0")) {
      decisions.canChangeState.erase(name);
    }
  }
  return decisions;
}

}  // namespace

std::string systemBinaryen() {
  const bool there = wasm::testing::hasTool("wasm-opt");
  EXPECT_TRUE(there) << "wasm-opt is not installed (Debian: apt install binaryen)";
  return there ? "wasm-opt" : "";
}

std::string npmBinaryen() {
  const fs::path path = npmRoot() / "binaryen" / "bin" / "wasm-opt";
  const bool there = fs::exists(path);
  EXPECT_TRUE(there) << path << " is missing: run `npm ci` (./dev does)";
  // What 132 writes by default is a format that no engine ships yet.
  return there ? path.string() + " --disable-compact-imports" : "";
}

Bytes npmFile(const std::string& path) {
  const fs::path file = npmRoot() / path;
  if (!fs::exists(file)) {
    ADD_FAILURE() << file << " is missing: run `npm ci` (./dev does)";
    return {};
  }
  return wasm::testing::readFile(file);
}

Asyncified runAsyncify(const std::string& wasmOpt, const Bytes& module,
                       const std::string& options) {
  const fs::path in = nextFile(".wasm");
  const fs::path out = nextFile(".wasm");
  wasm::testing::writeFile(in, module);
  // Options that follow --all-features may still disable one.
  const std::size_t space = wasmOpt.find(' ');
  const std::string tool = wasmOpt.substr(0, space);
  const std::string disable = space == std::string::npos ? "" : wasmOpt.substr(space);
  // On one core: else two threads may write into one line of what is read here.
  const auto result = wasm::testing::runTool("BINARYEN_CORES=1 " + tool + " " + in.string() +
                                             " --all-features" + disable + " -g " + options +
                                             " --pass-arg=asyncify-verbose -o " + out.string());
  EXPECT_EQ(result.status, 0) << options << "\n" << result.output.substr(0, 2000);
  return {wasm::testing::readFile(out), parseDecisions(result.output)};
}

Bytes sampleProgram() {
  return wasm::testing::assemble(R"((module
    (import "env" "sleep" (func $sleep (param i32)))
    (import "env" "log" (func $log (param i32)))
    (type $unary (func (param i32) (result i32)))
    (memory (export "memory") 2)
    (table (export "table") 4 funcref)
    (elem (i32.const 0) $nap $twice $pure $through)
    (global $__stack_pointer (mut i32) (i32.const 65536))
    (func $nap (type $unary)
      (call $sleep (local.get 0))
      (i32.add (local.get 0) (i32.const 1)))
    (func $twice (type $unary) (local $a i32)
      (local.set $a (call $nap (local.get 0)))
      (i32.add (local.get $a) (call $nap (i32.add (local.get $a) (i32.const 5)))))
    (func $pure (type $unary)
      (i32.mul (local.get 0) (i32.const 3)))
    (func $through (type $unary) (local $sp i32) (local $r i32)
      (global.set $__stack_pointer
        (local.tee $sp (i32.sub (global.get $__stack_pointer) (i32.const 16))))
      (i32.store (local.get $sp) (local.get 0))
      (local.set $r (call_indirect (type $unary) (i32.load (local.get $sp))
                                   (i32.and (local.get 0) (i32.const 1))))
      (global.set $__stack_pointer (i32.add (local.get $sp) (i32.const 16)))
      (local.get $r))
    (func $numbers (param $n i32) (param $d f64) (result f64)
      (local $j i64) (local $f f32)
      (local.set $j (i64.const 4000000000))
      (local.set $f (f32.const 1.5))
      (loop $again
        (if (i32.eqz (local.get $n)) (then (call $log (i32.const 7)))
          (else (drop (call $nap (local.get $n)))))
        (local.set $d (f64.add (local.get $d) (f64.promote_f32 (local.get $f))))
        (local.set $j (i64.add (local.get $j) (i64.const 1)))
        (br_if $again (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1)))
                                (i32.const 0))))
      (f64.add (local.get $d) (f64.convert_i64_s (local.get $j))))
    (func $deep (param $n i32) (result i32)
      (if (result i32) (i32.eqz (local.get $n))
        (then (call $nap (i32.const 100)))
        (else (i32.add (local.get $n) (call $deep (i32.sub (local.get $n) (i32.const 1)))))))
    (func $quiet (param $n i32) (result i32)
      (call $log (local.get $n))
      (call $pure (local.get $n)))
    (func $run (export "run") (param $n i32) (result i32) (local $sum i32)
      (local.set $sum (call $twice (local.get $n)))
      (call $log (local.get $sum))
      (local.set $sum (i32.add (local.get $sum) (call $through (local.get $n))))
      (call $log (local.get $sum))
      (local.set $sum (i32.add (local.get $sum) (call $deep (i32.const 3))))
      (local.set $sum (i32.add (local.get $sum)
        (i32.trunc_f64_s (call $numbers (i32.const 2) (f64.const 0.5)))))
      (i32.add (local.get $sum) (call $quiet (local.get $sum))))
  ))",
                                 "--debug-names");
}

Recognised recogniseOrFail(const Bytes& bytes) {
  Recognised result;
  auto module = wasm::readModule(bytes);
  if (!module) {
    ADD_FAILURE() << module.error().message;
    return result;
  }
  result.module = std::move(*module);
  auto info = recognise(result.module);
  if (!info) {
    ADD_FAILURE() << info.error().message;
  } else if (!*info) {
    ADD_FAILURE() << "not recognised as asyncified";
  } else {
    result.info = std::move(**info);
  }
  return result;
}

void expectAgreement(const Bytes& bytes, const Decisions& decisions, bool indirectIgnored,
                     const std::set<std::string>& runtime) {
  const Recognised found = recogniseOrFail(bytes);
  const auto names = found.module.functionNames();
  EXPECT_EQ(found.info.indirectIgnored, indirectIgnored);
  const auto canChange = [&](std::uint32_t function) {
    return decisions.canChangeState.contains(names[function]);
  };
  for (std::uint32_t f = found.module.importedFunctionCount; f < names.size(); ++f) {
    const FunctionInfo* function = found.info.function(f);
    const bool expected = canChange(f) && !runtime.contains(std::string(names[f]));
    EXPECT_EQ(function != nullptr && function->instrumented, expected) << names[f];
    if (function == nullptr) {
      continue;
    }
    EXPECT_EQ(function->recognised, expected) << names[f];
    std::set<std::uint32_t> indices;
    for (const Site& site : found.info.sitesOf(*function)) {
      const bool guarded =
          expected &&
          (site.kind == SiteKind::Call ? canChange(site.target)
                                       : !indirectIgnored || decisions.listed.contains(names[f]));
      EXPECT_EQ(site.guarded, guarded) << names[f] << " at " << site.offset;
      if (site.guarded) {
        EXPECT_NE(site.callIndex, kNoIndex) << names[f] << " at " << site.offset;
        EXPECT_TRUE(indices.insert(site.callIndex).second) << names[f] << " at " << site.offset;
      }
    }
  }
}

}  // namespace asyncscope::asyncify::testing
