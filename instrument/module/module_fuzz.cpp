// The fuzz target: any bytes through reader, decoder and patcher, with the properties that must
// hold for whatever was accepted. Speaks libFuzzer's interface; module_fuzz_main.cpp drives it
// without.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "instrument/module/instruction.h"
#include "instrument/module/module.h"
#include "instrument/module/patcher.h"

namespace asyncscope::wasm {
namespace {

void require(bool condition, const char* property) {
  if (!condition) {
    std::fprintf(stderr, "violated: %s\n", property);
    std::abort();
  }
}

void requireError(const support::Error& error, std::size_t size) {
  require(!error.message.empty(), "an error has a message");
  require(!error.offset || *error.offset <= size, "an error's offset is in the file");
}

// Where the instructions of a function begin; empty when it cannot be decoded.
std::vector<std::uint32_t> instructionOffsets(const Module& module, std::uint32_t function) {
  std::vector<std::uint32_t> offsets;
  InstructionReader reader(module, function);
  Instruction instruction;
  std::uint32_t expected = module.functions[function].code.begin;
  while (reader.next(instruction)) {
    require(instruction.offset == expected && instruction.end > expected,
            "instructions follow each other without a gap");
    expected = instruction.end;
    offsets.push_back(instruction.offset);
  }
  if (reader.failed()) {
    requireError(reader.error(), module.bytes.size());
    return {};
  }
  require(expected == module.functions[function].code.end, "a body is decoded to its end");
  return offsets;
}

void checkRanges(const Module& module) {
  std::size_t last = 8;
  for (const Section& section : module.sections) {
    require(section.header == last, "sections follow each other without a gap");
    require(section.payload.begin > section.header && section.payload.end >= section.payload.begin,
            "a section's range is in order");
    last = section.payload.end;
  }
  require(last == module.bytes.size(), "the sections fill the file");
  for (std::uint32_t i = module.importedFunctionCount; i < module.functions.size(); ++i) {
    const Function& function = module.functions[i];
    require(function.entry < function.body.begin && function.body.begin < function.code.begin &&
                function.code.begin < function.code.end && function.code.end == function.body.end &&
                function.body.end <= module.bytes.size(),
            "a function's ranges are in order");
    require(module.functionAt(function.code.begin) == i, "a function is found by its offset");
    std::uint64_t locals = 0;
    for (const LocalGroup& group : module.localGroups(i)) {
      locals += group.count;
    }
    require(locals == function.localCount, "the groups of locals add up");
  }
}

void checkIdentity(const Module& module) {
  const auto patched = Patcher(module).finish();
  require(patched && patched->bytes.size() == module.bytes.size() &&
              std::equal(module.bytes.begin(), module.bytes.end(), patched->bytes.begin()),
          "no edits, no change");
}

// A nop before every instruction, a local more in every other function, and one of each addition.
void checkPatching(const Module& module) {
  constexpr std::uint8_t kNop[] = {Op::Nop};
  constexpr std::uint8_t kZero[] = {Op::I32Const, 0, Op::End};
  constexpr std::uint8_t kEmptyBody[] = {0, Op::End};
  std::vector<std::vector<std::uint32_t>> offsets(module.functions.size());
  Patcher patcher(module);
  for (std::uint32_t i = module.importedFunctionCount; i < module.functions.size(); ++i) {
    offsets[i] = instructionOffsets(module, i);
    for (const std::uint32_t offset : offsets[i]) {
      patcher.insert(i, offset, kNop);
    }
    if (i % 2 == 1 && module.totalLocals(i) < 50000) {
      patcher.appendLocals(i, kI64);
    }
  }
  const std::uint32_t type = patcher.addType({}, {});
  const std::uint32_t function = patcher.addFunction(type, kEmptyBody);
  patcher.addGlobal(kI32, true, kZero);
  const std::uint32_t table = patcher.addTable(kFuncRef, 1);
  patcher.addElementSegment(table, 0, {&function, 1});

  const auto patched = patcher.finish();
  require(patched.has_value(), "a correct patch is carried out");
  const auto again = readModule(patched->bytes);
  require(again.has_value(), "a patched module can be read");
  require(again->functions.size() == module.functions.size() + 1 &&
              again->globals.size() == module.globals.size() + 1 &&
              again->tables.size() == table + 1u && again->start == module.start,
          "additions come last");
  checkRanges(*again);
  for (std::uint32_t i = module.importedFunctionCount; i < module.functions.size(); ++i) {
    if (offsets[i].empty()) {
      continue;  // cannot be decoded, or only now, as the index that it lacked was added
    }
    const auto moved = instructionOffsets(*again, i);
    require(moved.size() == 2 * offsets[i].size(), "every instruction has its nop");
    for (std::size_t k = 0; k < offsets[i].size(); ++k) {
      require(patched->offsets.toOriginal(moved[2 * k]) == offsets[i][k] &&
                  patched->offsets.toOriginal(moved[2 * k + 1]) == offsets[i][k] &&
                  patched->offsets.toPatched(offsets[i][k]) == moved[2 * k + 1],
              "offsets map both ways");
    }
  }
}

}  // namespace

}  // namespace asyncscope::wasm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace asyncscope::wasm;
  const auto module = readModule({data, size});
  if (!module) {
    require(module.error().offset.has_value(), "a reader's error has an offset");
    requireError(module.error(), size);
    return 0;
  }
  checkRanges(*module);
  checkIdentity(*module);
  checkPatching(*module);
  module->functionNames();
  module->globalNames();
  module->moduleName();
  return 0;
}
