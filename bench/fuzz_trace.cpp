// Fuzz target: a trace file through reader, cycles, invariants and reports, as `asyncscope
// diagnose` does it. The traces are random runs: protocols kept and broken, frames that push and
// that do not.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "analyzer/cycles/cycle_builder.h"
#include "analyzer/diagnosis.h"
#include "analyzer/report/json.h"
#include "analyzer/report/text.h"
#include "analyzer/testing/trace_builder.h"
#include "bench/fuzz_target.h"
#include "tracer/record/event_cursor.h"
#include "tracer/record/trace_file.h"

namespace asyncscope::fuzz {
namespace {

using analyzer::testing::TraceBuilder;
using record::EventKind;

constexpr EventKind kKinds[] = {
#define ASYNCSCOPE_EVENT(name, value, function, detail, position, sp) EventKind::name,
#include "tracer/record/event.def"
#undef ASYNCSCOPE_EVENT
};
constexpr std::uint32_t kFirstFunction = 10;
constexpr std::uint32_t kFunctions = 12;
constexpr std::uint32_t kBufferStart = 1008;
constexpr std::uint32_t kStack = 65536;

void require(bool condition, const char* property) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", property);
  std::abort();
}

// A random trace under construction.
class RandomRun {
 public:
  explicit RandomRun(Random& random) : random_(random) {
    builder_.import(0, "sleep", true);
    for (std::uint32_t i = 0; i < kFunctions; ++i) {
      auto& function = builder_.function(kFirstFunction + i, "f" + std::to_string(i), chance(3, 4));
      for (std::uint32_t k = 1; k <= below(4); ++k) {
        const auto kind = static_cast<record::SiteKind>(below(3));
        function.sites.push_back(
            TraceBuilder::site(function.bodyBegin + 16 * k, kind, chance(3, 4), someFunction()));
      }
    }
  }

  Bytes make() {
    for (std::uint64_t i = below(5); i != 0; --i) cycle();
    if (chance(1, 4)) builder_.uncaught("RuntimeError", "unreachable");
    return builder_.bytes();
  }

 private:
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  bool chance(std::uint32_t part, std::uint32_t of) { return below(of) < part; }
  std::uint32_t someFunction() { return kFirstFunction + below(kFunctions); }

  // Mostly healthy; each step may be left out, or something else may come between.
  void cycle() {
    const std::uint32_t frames = 1 + below(5);
    std::uint32_t position = kBufferStart;
    std::vector<std::uint32_t> functions;
    std::vector<std::uint32_t> positions;
    std::vector<analyzer::testing::StackLine> lines;
    for (std::uint32_t i = 0; i < frames; ++i) {
      functions.push_back(someFunction());
      lines.push_back({functions.back(), functions.back() * 0x100 + 16 * (1 + below(4)), ""});
      if (chance(1, 8)) lines.push_back({record::kNoIndex, 0, "invoke_ii"});
    }
    if (step()) builder_.startUnwind(position, kStack - 64 * frames, below(8) == 0 ? below(3) : 0);
    if (step()) builder_.buffer(kBufferStart - 8, kBufferStart + 256);
    if (step()) builder_.stack(lines);
    for (const std::uint32_t function : functions) {
      if (step()) position += 4 * below(20);
      positions.push_back(position);
      if (chance(3, 4)) {
        if (step()) builder_.saved(function, position, kStack - 64 * frames);
      } else {
        builder_.passed(function, function * 0x100 + 16, position, kStack);
      }
    }
    if (step()) builder_.stopUnwind(position, kStack);
    if (step()) builder_.startRewind(position, kStack);
    for (std::uint32_t i = frames; i-- > 0;) {
      if (step()) builder_.entered(functions[i], positions[i], kStack - 64 * frames);
    }
    if (chance(1, 16)) builder_.threw(functions[0], 2, "RuntimeError: unreachable\n at x", true);
    if (step()) builder_.stopRewind(kBufferStart, kStack - 64 * frames);
  }

  // Whether the next step of the protocol is taken.
  bool step() {
    if (chance(1, 24)) {
      builder_.event(kKinds[below(std::size(kKinds))], someFunction(), below(4), below(4096),
                     below(kStack), chance(1, 2) ? std::string(below(100), 'x') : std::string());
    }
    return !chance(1, 32);
  }

  Random& random_;
  TraceBuilder builder_;
};

// written = events + payload slots + strays, on every thread.
void checkSums(const record::Trace& trace) {
  for (const record::ThreadEvents& events : trace.threads) {
    record::EventCursor cursor(events);
    std::uint64_t count = 0;
    while (cursor.next()) ++count;
    require(count + cursor.payloadSlots() + cursor.strayPayloads() == events.written,
            "every slot is an event, a payload or a stray");
  }
}

}  // namespace

bool tryInput(std::span<const std::uint8_t> bytes) {
  const auto whole = record::wholeChunksLength(bytes);
  require(!whole || *whole <= bytes.size(), "whole chunks are within the file");
  const auto trace = record::readTrace(bytes, {.allowPartial = (bytes.size() & 1) != 0});
  if (!trace) {
    require(!trace.error().message.empty(), "an error has a message");
    require(!trace.error().offset || *trace.error().offset <= bytes.size(),
            "an error's offset is in the file");
    return false;
  }
  checkSums(*trace);
  const analyzer::Run run = analyzer::buildRun(*trace, "fuzz.atrace");
  const analyzer::Diagnosis diagnosis = analyzer::diagnose(run, {&run});
  require(!analyzer::textReport(run, diagnosis).empty(), "there is a report");
  require(!analyzer::jsonReport(run, diagnosis).empty(), "there is a report in JSON");
  return true;
}

Bytes generate(Random& random) { return RandomRun(random).make(); }

}  // namespace asyncscope::fuzz
