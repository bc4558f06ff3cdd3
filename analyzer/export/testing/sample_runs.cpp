#include "analyzer/export/testing/sample_runs.h"

#include <nlohmann/json.hpp>

namespace asyncscope::exports::testing {
namespace {

using analyzer::testing::StackLine;
using record::EventKind;
using record::kNoIndex;
using record::SiteKind;

struct Names {
  std::string execute = "execute", call = "call_n_kw", main = "main", hook = "hook", code = "work",
              file = "loop.py", flag = "unreachable";
};

// The five frames of a virtual machine that suspends in its dispatch loop.
void addMachine(TraceBuilder& builder, bool callGuarded, const Names& names = {}) {
  builder.table.name = "micropython.wasm";
  builder.import(5, "hook", true);
  builder.function(376, names.call, true).sites = {
      TraceBuilder::site(0x1780a, SiteKind::CallIndirect, callGuarded, 3)};
  builder.function(377, "call_method", true).sites = {
      TraceBuilder::site(0x1790a, SiteKind::Call, true, 376)};
  builder.function(568, "fun_bc_call", true).sites = {
      TraceBuilder::site(0x2380a, SiteKind::Call, true, 985)};
  builder.function(985, names.execute, true).sites = {
      TraceBuilder::site(0x3d90a, SiteKind::Call, true, 5)};
  builder.function(1204, names.main, true).sites = {
      TraceBuilder::site(0x4b40a, SiteKind::Call, true, 377)};
}

std::vector<StackLine> machineStack(const Names& names = {}) {
  return {{1900, 0x76c00, ""}, {kNoIndex, 0, names.hook}, {985, 0x3d90a, ""},
          {568, 0x2380a, ""},  {376, 0x1780a, ""},        {377, 0x1790a, ""},
          {1204, 0x4b40a, ""}, {kNoIndex, 0, "host"}};
}

// What lies in the buffer: for each record its call index, then locals.
std::string bufferBytes(const std::vector<std::uint32_t>& records) {
  std::string bytes;
  std::uint32_t index = 1;
  for (const std::uint32_t size : records) {
    for (std::uint32_t i = 0; i < size; ++i) {
      const std::uint32_t word = i / 4 == 0 ? index : 0x10040u + 36 * index + i / 4;
      const bool empty = i >= 4 && (i / 4) % 5 == 3;
      bytes += static_cast<char>(empty ? 0 : word >> (8 * (i % 4)));
    }
    ++index;
  }
  return bytes;
}

void mark(TraceBuilder& builder, const Names& names, std::uint32_t line) {
  const nlohmann::json position{
      {"code", names.code}, {"file", names.file}, {"offset", 14 + line}, {"line", line}};
  builder.event(EventKind::Mark, 3, 0, line, 0,
                position.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void brokenCycle(TraceBuilder& builder, const Names& names = {}) {
  builder.startUnwind(8, 65120);
  builder.buffer(1000, 4104);
  mark(builder, names, 12);
  builder.stack(machineStack(names));
  builder.saved(985, 96, 65120);
  builder.saved(568, 124, 65120);
  builder.passed(376, 0x1780a, 124, 65328);
  builder.saved(377, 132, 65328);
  builder.saved(1204, 176, 65328);
  builder.stopUnwind(176, 65328);
  builder.event(EventKind::Snapshot, 0, 0, 8, 168, bufferBytes({88, 28, 8, 44}));
  builder.startRewind(176, 65328);
  builder.entered(1204, 176, 65328);
  builder.entered(377, 132, 65328);
  builder.entered(376, 124, 65328);
  builder.threw(1204, 2, "RuntimeError: " + names.flag + "\n    at …", true);
  builder.uncaught("RuntimeError", names.flag);
}

// `nesting` extra pairs of frames: a program that calls deeper.
void goodCycle(TraceBuilder& builder, std::uint32_t nesting, std::uint32_t number) {
  std::vector<StackLine> lines{{985, 0x3d90a, ""}};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> records{{985, 88}};
  for (std::uint32_t i = 0; i < nesting; ++i) {
    lines.insert(lines.end(), {{568, 0x2380a, ""}, {376, 0x1780a, ""}, {985, 0x3d90a, ""}});
    records.insert(records.end(), {{568, 28}, {376, 28}, {985, 88}});
  }
  lines.insert(lines.end(),
               {{568, 0x2380a, ""}, {376, 0x1780a, ""}, {377, 0x1790a, ""}, {1204, 0x4b40a, ""}});
  records.insert(records.end(), {{568, 28}, {376, 28}, {377, 8}, {1204, 44}});
  const std::uint64_t sp = 65328 - 208 * (nesting + 1);
  std::uint64_t position = 8;
  builder.startUnwind(position, sp);
  builder.buffer(1000, 4104);
  mark(builder, {}, 3 + number % 9);
  builder.stack(lines);
  std::vector<std::uint64_t> ends;
  for (const auto& [function, size] : records) {
    position += size;
    builder.saved(function, position, sp);
    ends.push_back(position);
  }
  builder.stopUnwind(position, sp);
  builder.startRewind(position, sp);
  for (std::size_t i = records.size(); i-- > 0;) builder.entered(records[i].first, ends[i], sp);
  builder.stopRewind(8, sp);
}

// A plain function between two instrumented ones.
void addPlain(TraceBuilder& builder) {
  builder.import(0, "sleep", true);
  builder.function(1, "inner", true).sites = {TraceBuilder::site(0x110, SiteKind::Call, true, 0)};
  builder.function(2, "plain", false).sites = {
      TraceBuilder::site(0x210, SiteKind::CallIndirect, false, 0)};
  builder.function(3, "outer", true).sites = {TraceBuilder::site(0x310, SiteKind::Call, true, 2)};
}

}  // namespace

Sample brokenMachine() {
  TraceBuilder failing, vacuous, passing;
  addMachine(failing, false);
  brokenCycle(failing);
  addMachine(vacuous, false);
  addMachine(passing, false);
  passing.startUnwind(8, 65120);
  passing.buffer(1000, 4104);
  passing.stack({{985, 0x3d90a, ""}});
  passing.saved(985, 96, 65120);
  passing.stopUnwind(96, 65120);
  passing.startRewind(96, 65120);
  passing.entered(985, 96, 65120);
  passing.stopRewind(8, 65120);
  Sample sample{"broken", failing.build("while_true.atrace"), {}};
  sample.passing.push_back(vacuous.build("for_range.atrace"));
  sample.passing.push_back(passing.build("generator.atrace"));
  return sample;
}

Sample healthyMachine() {
  TraceBuilder builder;
  addMachine(builder, true);
  for (std::uint32_t i = 0; i < 400; ++i) goodCycle(builder, (i / 40) % 5, i);
  return {"healthy", builder.build("mended.atrace"), {}};
}

Sample forwardingFrame() {
  TraceBuilder builder;
  addPlain(builder);
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4096);
  builder.stack({{1, 0x110, ""}, {2, 0x210, ""}, {kNoIndex, 0, "invoke_v"}, {3, 0x310, ""}});
  builder.saved(1, 20, 1000);
  builder.passed(2, 0x210, 20, 1000);
  builder.saved(3, 40, 1000);
  builder.stopUnwind(40, 1000);
  builder.event(EventKind::Snapshot, 0, 0, 8, 32, bufferBytes({12, 20}));
  builder.startRewind(40, 1000);
  builder.entered(3, 40, 1000);
  builder.entered(2, 20, 1000);
  builder.entered(1, 20, 1000);
  builder.stopRewind(8, 1000);
  return {"latent", builder.build("forward.atrace"), {}};
}

Sample overflow() {
  TraceBuilder builder;
  addPlain(builder);
  builder.startUnwind(8, 1000);
  builder.buffer(500, 24);
  builder.saved(1, 20, 1000);
  builder.saved(3, 40, 1000);
  builder.stopUnwind(40, 1000);
  builder.event(EventKind::Snapshot, 0, 0, 8, 32, bufferBytes({12, 20}));
  builder.threw(3, 1, "RuntimeError: unreachable", true);
  builder.uncaught("RuntimeError", "unreachable");
  return {"overflow", builder.build("deep.atrace"), {}};
}

Sample twoBuffers() {
  TraceBuilder builder;
  addPlain(builder);
  for (int round = 0; round < 3; ++round) {
    for (const std::uint64_t data : {500u, 9000u}) {
      builder.startUnwind(data + 8, 1000);
      builder.buffer(data, data + 4096);
      builder.saved(1, data + 20, 1000);
      builder.saved(3, data + 40, 1000);
      builder.stopUnwind(data + 40, 1000);
    }
    for (const std::uint64_t data : {500u, 9000u}) {
      builder.startRewind(data + 40, 1000);
      builder.buffer(data, data + 4096);
      builder.entered(3, data + 40, 1000);
      builder.entered(1, data + 20, 1000);
      builder.stopRewind(data + 8, 1000);
    }
  }
  return {"buffers", builder.build("coroutines.atrace"), {}};
}

Sample hostileNames() {
  const std::string hostile(kHostileName);
  const Names names{hostile, hostile, hostile, hostile, hostile, hostile, hostile};
  TraceBuilder builder;
  addMachine(builder, false, names);
  builder.table.name = hostile;
  brokenCycle(builder, names);
  Sample sample{"hostile", builder.build(hostile), {}};
  TraceBuilder passing;
  addMachine(passing, false, names);
  sample.passing.push_back(passing.build(hostile + "-pass"));
  return sample;
}

Sample neverSuspended() {
  TraceBuilder builder;
  addMachine(builder, false);
  return {"never", builder.build("for_range.atrace"), {}};
}

std::vector<Sample> allSamples() {
  std::vector<Sample> samples;
  samples.push_back(brokenMachine());
  samples.push_back(healthyMachine());
  samples.push_back(forwardingFrame());
  samples.push_back(overflow());
  samples.push_back(twoBuffers());
  samples.push_back(hostileNames());
  samples.push_back(neverSuspended());
  return samples;
}

record::ModuleTable longRunTable() {
  TraceBuilder builder;
  addMachine(builder, true);
  return builder.table;
}

analyzer::Run longRun(std::uint32_t cycles, const record::ModuleTable& table) {
  using analyzer::Control;
  using analyzer::Cycle;
  using analyzer::Frame;
  using analyzer::Step;
  analyzer::Run run;
  run.file = "long.atrace";
  run.outcome = analyzer::Outcome::Pass;
  run.instances.push_back({0, 0, &table});
  run.cycles.resize(cycles);
  std::uint64_t event = 1, random = 42;
  std::uint32_t time = 0, functions[] = {985, 568, 376}, sites[] = {0x3d90a, 0x2380a, 0x1780a};
  for (std::uint32_t i = 0; i < cycles; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    Cycle& cycle = run.cycles[i];
    cycle.number = i + 1;
    cycle.bufferKnown = true;
    cycle.dataPointer = 1000;
    cycle.bufferEnd = 4104;
    const std::uint64_t extra = (random >> 60) == 0 ? 4 * ((random >> 40) % 300) : 0;
    const std::uint64_t sp = 65120 - 16 * ((i / 5000) % 40);
    const auto control = [&](std::uint64_t position) {
      time += 1 + static_cast<std::uint32_t>(random >> 52) % 40;
      return Control{{0, event++}, 1900, 0, position, sp, time};
    };
    cycle.startUnwind = control(8);
    std::uint64_t position = 8;
    std::vector<Frame> frames;
    std::vector<Step> unwind, rewind;
    const std::size_t depth = 1 + (random >> 33) % 3;
    for (std::size_t k = 0; k < depth; ++k) {
      Frame frame;
      frame.fate = Frame::Fate::Saved;
      frame.function = functions[k];
      frame.site = sites[k];
      frame.recordBegin = position;
      position += 28 + (k == 0 ? extra : 0);
      frame.recordEnd = position;
      frame.sp = sp;
      frame.event = static_cast<std::uint32_t>(k + 1);
      unwind.push_back({Step::Kind::Saved, frame.event, 0, functions[k], 0, position, sp});
      frames.push_back(frame);
    }
    event += depth;
    cycle.stopUnwind = control(position);
    time += 2000;
    cycle.startRewind = control(position);
    for (std::size_t k = depth; k-- > 0;) {
      const auto after = static_cast<std::uint32_t>(depth - k);
      rewind.push_back({Step::Kind::Entered, after, 0, functions[k], 0, frames[k].recordEnd, sp});
    }
    event += depth;
    cycle.frames = std::move(frames);
    cycle.unwind = std::move(unwind);
    cycle.rewind = std::move(rewind);
    cycle.stopRewind = control(8);
  }
  run.events.written = run.events.explained = event;
  return run;
}

}  // namespace asyncscope::exports::testing
