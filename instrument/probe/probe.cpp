#include "instrument/probe/probe.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "instrument/module/instruction.h"
#include "instrument/probe/code.h"
#include "instrument/probe/drive.h"
#include "instrument/probe/helpers.h"
#include "instrument/probe/plan.h"

namespace asyncscope::probe {
namespace {

namespace Op = wasm::Op;

// Writes the probes of a plan into the module.
class Inserter {
 public:
  Inserter(const wasm::Module& module, const asyncify::AsyncifyInfo& info, const Helpers& helpers,
           wasm::Patcher& patcher)
      : module_(module), state_(info.globals.state), helpers_(helpers), patcher_(patcher) {}

  support::Result<void> insert(const Place& place);

 private:
  Code& check() { return code_.op(Op::GlobalGet, state_).begin(Op::If); }
  Code& call(std::uint32_t helper, const Place& place) {
    return code_.i32(place.function).op(Op::Call, helper);
  }
  void beginExitBlock(const Place& place);
  support::Result<void> replaceReturns(std::uint32_t function);

  const wasm::Module& module_;
  const std::uint32_t state_;
  const Helpers& helpers_;
  wasm::Patcher& patcher_;
  Code code_;
};

support::Result<void> Inserter::insert(const Place& place) {
  code_.clear();
  switch (place.kind) {
    case PlaceKind::Entered:
      call(helpers_.entered, place);
      break;
    case PlaceKind::Saved:
      call(helpers_.saved, place);
      break;
    case PlaceKind::EntryCheck:
      check();
      call(helpers_.entered, place).end();
      break;
    case PlaceKind::SitePassed:
      check().i32(place.function).i32(place.detail).op(Op::Call, helpers_.passed).end();
      break;
    case PlaceKind::StateBefore:
      code_.op(Op::GlobalGet, state_).op(Op::GlobalSet, helpers_.before);
      break;
    case PlaceKind::StateAfter:
      call(helpers_.control, place);
      break;
    case PlaceKind::ExitBegin:
      beginExitBlock(place);
      break;
    case PlaceKind::ExitEnd:
      code_.end();
      check();
      call(helpers_.left, place).end();
      break;
  }
  patcher_.insert(place.function, place.offset, code_.span());
  return place.kind == PlaceKind::ExitBegin ? replaceReturns(place.function)
                                            : support::Result<void>();
}

void Inserter::beginExitBlock(const Place& place) {
  const auto results = module_.functionType(place.function).results;
  if (results.empty()) {
    code_.begin(Op::Block);
    return;
  }
  code_.op(Op::Block);
  if (results.size() == 1) {
    wasm::writeValueType(code_.raw(), results[0]);
  } else {
    code_.raw().signedLeb(patcher_.addType({}, results));
  }
}

// The block around the body takes the place of the function's own label: branches to that end up
// behind it without a change, and a return becomes such a branch.
support::Result<void> Inserter::replaceReturns(std::uint32_t function) {
  wasm::InstructionReader reader(module_, function);
  const std::uint8_t* const bytes = module_.bytes.data();
  Code branch;
  const auto pass = [bytes](std::uint32_t offset) { return bytes[offset] != Op::Return; };
  const auto replace = [&](std::uint32_t offset, std::uint32_t end) {
    branch.clear();
    branch.op(Op::Br, reader.depth() - 1);
    patcher_.replace(function, {offset, end}, branch.span());
  };
  return reader.forEachPlace(pass, replace) ? support::Result<void>()
                                            : support::Result<void>(tl::unexpected(reader.error()));
}

}  // namespace

support::Result<Probed> probe(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                              const Options& options) {
  for (const wasm::Export& entry : module.exports) {
    if (entry.name.starts_with(kExportPrefix)) {
      return support::fail("the module is already probed: it exports " + std::string(entry.name));
    }
  }
  if (info.globals.memory >= module.memories.size()) {
    return support::fail("the memory of the Asyncify buffer does not exist");
  }
  Plan plan = makePlan(module, info, options);
  wasm::Patcher patcher(module);
  if (!plan.places.empty()) {
    const Helpers helpers = appendHelpers(module, info, patcher);
    if (options.drive) appendDrive(module, info, helpers, patcher);
    Inserter inserter(module, info, helpers, patcher);
    for (const Place& place : plan.places) {
      if (auto done = inserter.insert(place); !done) {
        return tl::unexpected(done.error());
      }
    }
  }
  const bool changed = patcher.hasEdits();
  auto patched = patcher.finish();
  if (!patched) {
    return tl::unexpected(patched.error());
  }
  return Probed{std::move(patched->bytes), std::move(patched->offsets), changed, plan.counts,
                std::move(plan.coarseFunctions)};
}

}  // namespace asyncscope::probe
