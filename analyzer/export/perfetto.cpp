// Chrome's trace event format ("Trace Event Format", as JSON object).
//
// One process for the run, one track (thread) for each buffer. On a track, a cycle is three slices:
// unwind, suspended, rewind. Within unwind and rewind the frames follow one another in their order;
// probes have no clock, so each gets an equal share of the slice. Within suspended they are nested,
// outermost first: the stack that waits. An arrow (flow) leads from the unwind to its rewind, also
// where other cycles lie between them. Counters: depth, buffer use, C stack. Findings are instants.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "analyzer/cycles/measures.h"
#include "analyzer/export/clock.h"
#include "analyzer/export/exporter.h"
#include "analyzer/export/json_text.h"
#include "analyzer/invariants/finding.h"

namespace asyncscope::exports {
namespace {

using analyzer::Cycle;
using analyzer::Finding;
using analyzer::Frame;
using analyzer::Phase;
using analyzer::Step;

constexpr int kProcess = 1;

// Which track a cycle is drawn on: the buffer's own, or a further one of that buffer while the
// first is still taken by a stack that overlaps with it.
class Tracks {
 public:
  // Cycles come in the order of their beginning. The number is that of the track, from 1.
  int of(const Cycle& cycle, const CycleSpan& span) {
    auto& lanes = lanes_[{cycle.thread, cycle.instance, cycle.bufferKnown, cycle.dataPointer}];
    auto lane = std::find_if(lanes.begin(), lanes.end(),
                             [&](const Lane& free) { return free.end <= span.begin; });
    if (lane == lanes.end()) {
      lanes.push_back({static_cast<int>(names_.size()) + 1, 0});
      lane = std::prev(lanes.end());
      std::string name = cycle.bufferKnown ? fmt::format("buffer {:#x}", cycle.dataPointer)
                                           : std::string("buffer not known");
      if (cycle.thread != 0) name += fmt::format(", thread {}", cycle.thread);
      if (cycle.instance != 0) name += fmt::format(", instance {}", cycle.instance);
      if (lanes.size() > 1) name += fmt::format(", overlap {}", lanes.size() - 1);
      names_.push_back(std::move(name));
    }
    lane->end = span.end;
    return lane->track;
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Lane {
    int track = 0;
    std::uint64_t end = 0;
  };
  std::map<std::tuple<std::uint32_t, std::uint32_t, bool, std::uint64_t>, std::vector<Lane>> lanes_;
  std::vector<std::string> names_;
};

class PerfettoWriter {
 public:
  PerfettoWriter(const Input& input, const Sink& sink)
      : input_(input), out_(sink), names_(input.run), clock_(input.run) {}

  void write() {
    out_ << "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"producer\":"
         << jsonString("asyncscope " + input_.version) << ",\"run\":" << jsonString(input_.run.file)
         << "},\"traceEvents\":[\n";
    metadata("process_name", 0, jsonString(input_.run.file));
    for (const Cycle& cycle : input_.run.cycles) addCycle(cycle);
    for (const Finding& finding : input_.diagnosis.findings) addFinding(finding);
    for (std::size_t i = 0; i < tracks_.names().size(); ++i) {
      metadata("thread_name", static_cast<int>(i) + 1, jsonString(tracks_.names()[i]));
    }
    out_ << "\n]}\n";
  }

 private:
  void event(const std::string& json) {
    if (!first_) out_ << ",\n";
    first_ = false;
    out_ << json;
  }

  void metadata(const char* what, int track, const std::string& name) {
    event(fmt::format(
        R"({{"ph":"M","cat":"__metadata","name":"{}","pid":{},"tid":{},"ts":0,"args":{{"name":{}}}}})",
        what, kProcess, track, name));
  }

  // `name` and `args` are JSON already; times in microseconds.
  void slice(const std::string& name, const char* category, int track, double begin,
             double duration, const std::string& args) {
    event(fmt::format(
        R"({{"ph":"X","cat":"{}","name":{},"pid":{},"tid":{},"ts":{:.3f},"dur":{:.3f},"args":{{{}}}}})",
        category, name, kProcess, track, begin, duration, args));
  }

  // Arrows are bound to the slice of the same category that begins at the same time.
  void flow(const char* phase, const Cycle& cycle, int track, std::uint64_t time) {
    event(fmt::format(
        R"({{"ph":"{}","cat":"cycle","name":"resume","id":{},"pid":{},"tid":{},"ts":{:.3f}{}}})",
        phase, cycle.number, kProcess, track, double(time), *phase == 'f' ? R"(,"bp":"e")" : ""));
  }

  // A counter keeps its value until the next event of its name, so only changes are written.
  void counter(const char* name, int track, std::uint64_t time, std::uint64_t value) {
    const auto [entry, isNew] = counters_.try_emplace({track, name}, value);
    if (!isNew && entry->second == value) return;
    entry->second = value;
    event(fmt::format(
        R"({{"ph":"C","cat":"counter","name":"{}, {}","pid":{},"tid":{},"ts":{:.3f},"args":{{"{}":{}}}}})",
        name, tracks_.names()[static_cast<std::size_t>(track) - 1], kProcess, track, double(time),
        name, value));
  }

  void addSteps(const Cycle& cycle, const support::SharedList<Step>& steps, int track,
                std::uint64_t begin, std::uint64_t end) {
    if (steps.empty()) return;
    const double share = double(end - begin) / double(steps.size());
    double at = double(begin);
    for (const Step& step : steps) {
      slice(names_.of(cycle.thread, step.instance, step.function), "frame", track, at, share,
            fmt::format(R"("what":"{}","position":{},"sp":{})", stepName(step.kind), step.position,
                        step.sp));
      at += share;
    }
  }

  void addFrames(const Cycle& cycle, int track, std::uint64_t begin, std::uint64_t end) {
    for (auto frame = cycle.frames.rbegin(); frame != cycle.frames.rend(); ++frame) {
      std::string args = fmt::format(R"("record":"{}")", fateName(frame->fate));
      if (frame->site) args += fmt::format(R"(,"site":{})", *frame->site);
      if (frame->fate == Frame::Fate::Saved) {
        args += fmt::format(R"(,"bytes":{})", frame->recordEnd - frame->recordBegin);
      }
      slice(names_.of(cycle.thread, *frame), "frame", track, double(begin), double(end - begin),
            args);
    }
  }

  void addCycle(const Cycle& cycle) {
    const CycleSpan span = clock_.span(cycle);
    const int track = tracks_.of(cycle, span);
    if (track_.size() < cycle.number) track_.resize(cycle.number);
    track_[cycle.number - 1] = track;
    const std::string args = fmt::format(R"("cycle":{},"completed":{})", cycle.number,
                                         cycle.completed() ? "true" : "false");
    const auto part = [&](const char* name, std::uint64_t from, std::uint64_t to) {
      slice(fmt::format("\"{} {}\"", name, cycle.number), "cycle", track, double(from),
            double(to - from), args);
    };
    counter("C stack", track, span.begin, cycle.startUnwind.sp);
    part("unwind", span.begin, span.unwound);
    addSteps(cycle, cycle.unwind, track, span.begin, span.unwound);
    if (cycle.stopUnwind) {
      counter("depth", track, span.unwound, analyzer::depthOf(cycle));
      counter("buffer bytes", track, span.unwound, analyzer::bufferUseOf(cycle));
      counter("C stack", track, span.unwound, cycle.stopUnwind->sp);
      part("suspended", span.unwound, span.resumed);
      addFrames(cycle, track, span.unwound, span.resumed);
    }
    if (cycle.startRewind) {
      flow("s", cycle, track, span.begin);
      part("rewind", span.resumed, span.end);
      flow("f", cycle, track, span.resumed);
      addSteps(cycle, cycle.rewind, track, span.resumed, span.end);
      counter("depth", track, span.end, 0);
      counter("buffer bytes", track, span.end, 0);
    }
    if (cycle.stopRewind) counter("C stack", track, span.end, cycle.stopRewind->sp);
  }

  void addFinding(const Finding& finding) {
    std::uint64_t time = clock_.at(finding.place);
    int track = 0;
    if (finding.cycle != 0 && finding.cycle <= input_.run.cycles.size()) {
      const CycleSpan span = clock_.span(input_.run.cycles[finding.cycle - 1]);
      track = track_[finding.cycle - 1];
      switch (finding.phase) {
        case Phase::Unwind:
          time = span.begin;
          break;
        case Phase::Suspended:
          time = span.unwound;
          break;
        case Phase::Rewind:
          time = span.resumed;
          break;
        case Phase::After:
          time = span.end;
          break;
        case Phase::Build:
        case Phase::Host:
          break;
      }
    }
    event(fmt::format(
        R"({{"ph":"i","s":"{}","cat":"finding","name":{},"pid":{},"tid":{},"ts":{:.3f},"args":{{"harm":"{}","explanation":{}}}}})",
        track == 0 ? "p" : "t", jsonString(finding.code), kProcess, track, double(time),
        analyzer::harmName(finding.harm), jsonString(finding.explanation)));
  }

  const Input& input_;
  BlockWriter out_;
  FrameNames names_;
  Clock clock_;
  Tracks tracks_;
  std::vector<int> track_;  // of each cycle
  std::map<std::pair<int, std::string_view>, std::uint64_t> counters_;
  bool first_ = true;
};

}  // namespace

void writePerfetto(const Input& input, const Sink& sink) { PerfettoWriter(input, sink).write(); }

}  // namespace asyncscope::exports
