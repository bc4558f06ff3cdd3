// speedscope's own format: sampled profiles over one table of frames.
//
// For each thread three views of the suspended stacks, outermost frame first:
//   suspended   where the program stood while it waited; a stack weighs the time that it waited
//   suspends    the same stacks, each suspend weighing one
//   buffer      which frames fill the buffer; each frame weighs the bytes of its record
// Stacks that follow one another and are alike are one sample.
#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "analyzer/export/clock.h"
#include "analyzer/export/exporter.h"
#include "analyzer/export/json_text.h"

namespace asyncscope::exports {
namespace {

using analyzer::Cycle;
using analyzer::Frame;

using Stack = std::vector<std::uint32_t>;  // frame numbers, outermost first

class FrameTable {
 public:
  explicit FrameTable(const analyzer::Run& run) : names_(run) {}

  Stack stackOf(const Cycle& cycle) {
    Stack stack;
    for (auto frame = cycle.frames.rbegin(); frame != cycle.frames.rend(); ++frame) {
      const std::string& name = names_.of(cycle.thread, *frame);
      const auto [entry, isNew] =
          numbers_.try_emplace(name, static_cast<std::uint32_t>(list_.size()));
      if (isNew) list_.push_back(name);
      stack.push_back(entry->second);
    }
    return stack;
  }

  const std::vector<std::string>& list() const { return list_; }

 private:
  FrameNames names_;
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> list_;
};

struct Profile {
  const char* name = "";
  const char* unit = "";
  std::vector<Stack> samples;
  std::vector<std::uint64_t> weights;

  void add(const Stack& stack, std::uint64_t weight) {
    if (stack.empty()) return;
    if (!samples.empty() && samples.back() == stack) {
      weights.back() += weight;
    } else {
      samples.push_back(stack);
      weights.push_back(weight);
    }
  }
};

struct ThreadProfiles {
  Profile suspended{"suspended time", "microseconds", {}, {}};
  Profile suspends{"suspends", "none", {}, {}};
  Profile buffer{"buffer", "bytes", {}, {}};
};

void addBuffer(Profile& profile, const Cycle& cycle, const Stack& stack) {
  for (std::size_t depth = 1; depth <= stack.size(); ++depth) {
    const Frame& frame = cycle.frames[cycle.frames.size() - depth];
    if (frame.fate != Frame::Fate::Saved) continue;
    profile.add(Stack(stack.begin(), stack.begin() + static_cast<std::ptrdiff_t>(depth)),
                frame.recordEnd - frame.recordBegin);
  }
}

void writeProfile(BlockWriter& out, const Profile& profile, std::uint32_t thread) {
  std::uint64_t total = 0;
  for (const std::uint64_t weight : profile.weights) total += weight;
  out << fmt::format(
      R"({{"type":"sampled","name":"{}, thread {}","unit":"{}","startValue":0,"endValue":{},"samples":[)",
      profile.name, thread, profile.unit, total);
  for (std::size_t i = 0; i < profile.samples.size(); ++i) {
    out << fmt::format("{}[{}]", i == 0 ? "" : ",", fmt::join(profile.samples[i], ","));
  }
  out << "],\"weights\":[" << fmt::format("{}", fmt::join(profile.weights, ",")) << "]}";
}

}  // namespace

void writeSpeedscope(const Input& input, const Sink& sink) {
  const Clock clock(input.run);
  FrameTable frames(input.run);
  std::map<std::uint32_t, ThreadProfiles> threads;
  for (const Cycle& cycle : input.run.cycles) {
    const CycleSpan span = clock.span(cycle);
    const Stack stack = frames.stackOf(cycle);
    ThreadProfiles& profiles = threads[cycle.thread];
    profiles.suspended.add(stack, span.resumed - span.unwound);
    profiles.suspends.add(stack, 1);
    addBuffer(profiles.buffer, cycle, stack);
  }
  if (threads.empty()) threads[0];  // the format wants at least one profile

  BlockWriter out(sink);
  out << R"({"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":)"
      << jsonString("asyncscope " + input.version) << ",\"name\":" << jsonString(input.run.file)
      << ",\"activeProfileIndex\":0,\"shared\":{\"frames\":[";
  for (std::size_t i = 0; i < frames.list().size(); ++i) {
    out << (i == 0 ? "" : ",") << "{\"name\":" << frames.list()[i] << "}";
  }
  out << "]},\"profiles\":[";
  bool first = true;
  for (const auto& [thread, profiles] : threads) {
    for (const Profile* profile : {&profiles.suspended, &profiles.suspends, &profiles.buffer}) {
      if (!first) out << ",\n";
      first = false;
      writeProfile(out, *profile, thread);
    }
  }
  out << "]}\n";
}

}  // namespace asyncscope::exports
