// The core as WebAssembly: read, recognise, probe, describe. It runs inside the traced program, in
// a page as well as in Node, and imports nothing that it uses (core.mjs).
//
//   core_alloc(size) → address or 0    core_free(address)
//   core_instrument(address, size, tailCalls, forced) → address of
//     +------------+---------------+-----------------+------------+-----------------+
//     | status u32 | bytes u32 u32 | message u32 u32 | offset u32 | imports u32 u32 |
//     +------------+---------------+-----------------+------------+-----------------+
//
// status 0: probed; 1: not asyncified, or nothing to probe; 2: error, with a message and the offset
// in the module. bytes, message and imports (suspending_imports.h) are address and length, valid
// until the next call. `tailCalls`: whether the engine knows tail calls. `forced`: suspends are to
// be forced, so the module gets what a host needs for that (drive.h), and no call of an export goes
// past its closure.
//
// Three custom sections are appended to a probed module, after everything else, so that it carries
// what is known of it wherever it is sent: asyncscope.module (a ModuleTable), asyncscope.imports
// (suspending_imports.h) and asyncscope.wrappers (export_wrappers.h; missing where exports must not
// be wrapped). With `forced` there is a fourth, asyncscope.stress (stress_section.h).

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "instrument/asyncify/recognise.h"
#include "instrument/module/module.h"
#include "instrument/probe/probe.h"
#include "support/byte_writer.h"
#include "tracer/record/make_module_table.h"
#include "tracer/runtime/export_wrappers.h"
#include "tracer/runtime/stress_section.h"
#include "tracer/runtime/suspending_imports.h"

namespace {

using namespace asyncscope;

enum class Status : std::uint32_t { Probed, Untouched, Error };

// As core.mjs reads it.
struct Answer {
  Status status = Status::Untouched;
  const void* bytes = nullptr;
  std::uint32_t byteCount = 0;
  const void* message = nullptr;
  std::uint32_t messageLength = 0;
  std::uint32_t offset = 0;
  const void* imports = nullptr;
  std::uint32_t importsLength = 0;
};

std::vector<std::uint8_t> output;
std::vector<std::uint8_t> imports;
std::string message;
Answer answer;

void appendCustomSection(std::vector<std::uint8_t>& module, std::string_view name,
                         const std::vector<std::uint8_t>& content) {
  support::ByteWriter header;
  header.u8(static_cast<std::uint8_t>(wasm::SectionId::Custom));
  header.leb(support::lebSize(name.size()) + name.size() + content.size());
  header.name(name);
  module.insert(module.end(), header.bytes().begin(), header.bytes().end());
  module.insert(module.end(), content.begin(), content.end());
}

support::Result<Status> instrument(std::span<const std::uint8_t> bytes, bool tailCalls,
                                   bool forced) {
  const auto module = wasm::readModule(bytes);
  if (!module) return tl::unexpected(module.error());
  const auto info = asyncify::recognise(*module);
  if (!info) return tl::unexpected(info.error());
  if (!*info) return Status::Untouched;
  auto probed = probe::probe(*module, **info, {.drive = forced});
  if (!probed) return tl::unexpected(probed.error());
  if (!probed->changed) return Status::Untouched;
  output = std::move(probed->bytes);
  const record::ModuleTable table = record::makeModuleTable(*module, **info, &probed->offsets);
  appendCustomSection(output, "asyncscope.module", record::writeModuleTable(table));
  imports = runtime::suspendingImports(*module, **info);
  appendCustomSection(output, "asyncscope.imports", imports);
  const auto wrappers = runtime::exportWrappers(*module, **info, tailCalls && !forced);
  if (!wrappers.empty()) appendCustomSection(output, "asyncscope.wrappers", wrappers);
  if (forced) {
    appendCustomSection(output, "asyncscope.stress",
                        runtime::stressSection(*module, **info, table.offsets));
  }
  return Status::Probed;
}

}  // namespace

extern "C" {

__attribute__((export_name("core_alloc"))) void* core_alloc(std::uint32_t size) {
  return std::malloc(size != 0 ? size : 1);
}

__attribute__((export_name("core_free"))) void core_free(void* address) { std::free(address); }

__attribute__((export_name("core_instrument"))) const void* core_instrument(
    const std::uint8_t* bytes, std::uint32_t size, bool tailCalls, bool forced) {
  output.clear();
  imports.clear();
  message.clear();
  answer = {};
  if (const auto status = instrument({bytes, size}, tailCalls, forced)) {
    answer.status = *status;
  } else {
    answer.status = Status::Error;
    message = status.error().message;
    answer.offset = static_cast<std::uint32_t>(status.error().offset.value_or(0));
  }
  answer.bytes = output.data();
  answer.byteCount = static_cast<std::uint32_t>(output.size());
  answer.message = message.data();
  answer.messageLength = static_cast<std::uint32_t>(message.size());
  answer.imports = imports.data();
  answer.importsLength = static_cast<std::uint32_t>(imports.size());
  return &answer;
}

}  // extern "C"
