// Fuzz target: a module through all that `asyncscope instrument` and the tracer do with it. The
// reader and the patcher have a target of their own, which is called first
// (instrument/module/module_fuzz.cpp).
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "bench/fuzz_target.h"
#include "instrument/asyncify/recognise.h"
#include "instrument/module/module.h"
#include "instrument/probe/probe.h"
#include "tracer/record/make_module_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace asyncscope::fuzz {
namespace {

void require(bool condition, const char* property) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", property);
  std::abort();
}

void checkTable(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                const probe::Probed& probed) {
  const auto table = record::makeModuleTable(module, info, &probed.offsets);
  const auto bytes = record::writeModuleTable(table);
  const auto again = record::readModuleTable(bytes);
  require(again.has_value(), "a module's table can be read back");
  require(record::writeModuleTable(*again) == bytes, "a module's table is read as it was written");
}

}  // namespace

bool tryInput(std::span<const std::uint8_t> bytes) {
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  const auto module = wasm::readModule(bytes);
  if (!module) return false;
  const auto info = asyncify::recognise(*module);
  if (!info) {
    require(info.error().offset && *info.error().offset <= bytes.size(),
            "an error in a body has an offset in the file");
    return false;
  }
  if (!*info) return true;
  const auto probed = probe::probe(*module, **info);
  if (!probed) return false;
  const auto again = wasm::readModule(probed->bytes);
  require(again.has_value(), "a probed module can be read");
  require(again->functions.size() >= module->functions.size() &&
              again->imports.size() == module->imports.size(),
          "probing appends functions and imports nothing");
  require(probed->changed ||
              std::equal(bytes.begin(), bytes.end(), probed->bytes.begin(), probed->bytes.end()),
          "a module without probes is unchanged");
  checkTable(*module, **info, *probed);
  return true;
}

// Random bytes would not pass the header; the modules come as files.
Bytes generate(Random&) { return {}; }

}  // namespace asyncscope::fuzz
