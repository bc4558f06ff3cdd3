#include "analyzer/cycles/frames.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace asyncscope::analyzer {
namespace {

using record::FunctionEntry;
using record::ModuleTable;

bool isControl(const ModuleTable& module, std::uint32_t function) {
  // Probing appends functions, so an index past the original count is one of ours.
  if (function >= module.functionCount) return true;
  return std::any_of(module.controls.begin(), module.controls.end(),
                     [&](const auto& control) { return control.function == function; });
}

bool isRuntime(const ModuleTable& module, std::uint32_t function) {
  const FunctionEntry* entry = module.function(function);
  return entry != nullptr && entry->runtime;
}

// A runtime function that was inlined into one of the program: it makes control calls and pushes.
bool isInstrumented(const ModuleTable& module, std::uint32_t function) {
  const FunctionEntry* entry = module.function(function);
  return entry != nullptr && entry->instrumented;
}

// Engines name a wasm module by a hash of its bytes, which says nothing about our instance numbers.
// A script is an instance's when one of its frames stands at a call that the instance's module has
// there, or in a control function of it. A script of which no frame does is a module that we know
// nothing of: nothing is claimed of its frames.
class InstanceOfScript {
 public:
  InstanceOfScript(const Run& run, const Cycle& cycle) {
    std::vector<const Instance*> candidates;
    for (const Instance& instance : run.instances) {
      if (instance.thread != cycle.thread || instance.module == nullptr) continue;
      // The one whose control call was seen comes first: two instances of one module look alike.
      const bool own = instance.number == cycle.instance;
      candidates.insert(own ? candidates.begin() : candidates.end(), &instance);
    }
    for (const EngineFrame& frame : cycle.stack) {
      if (!frame.wasm || scripts_.contains(frame.script)) continue;
      if (!frame.placed) {
        // An engine that tells no places: nothing could tell modules apart.
        if (candidates.size() == 1) scripts_[frame.script] = candidates.front();
        continue;
      }
      const auto match = std::find_if(
          candidates.begin(), candidates.end(),
          [&](const Instance* candidate) { return standsIn(*candidate->module, frame); });
      if (match != candidates.end()) scripts_[frame.script] = *match;
    }
  }

  const Instance* of(const EngineFrame& frame) const {
    const auto known = scripts_.find(frame.script);
    return known == scripts_.end() ? nullptr : known->second;
  }

 private:
  static bool standsIn(const ModuleTable& module, const EngineFrame& frame) {
    if (frame.function >= module.functionCount) return false;
    if (isControl(module, frame.function)) return true;
    return module.site(frame.function, module.originalOffset(frame.offset)) != nullptr;
  }

  std::map<std::string, const Instance*> scripts_;
};

// The function of a frame, which the engine may give by name alone; kNoIndex: none that can
// suspend.
std::uint32_t functionOf(const ModuleTable& module, const EngineFrame& frame) {
  if (frame.function != kByName) return frame.function;
  const auto found =
      std::find_if(module.functions.begin(), module.functions.end(),
                   [&](const FunctionEntry& entry) { return entry.name == frame.name; });
  return found == module.functions.end() ? record::kNoIndex : found->index;
}

std::string jsText(const EngineFrame& frame) {
  // The file alone: whole URLs hide the name beside them.
  std::string place = frame.script.substr(frame.script.rfind('/') + 1);
  if (frame.line != 0) place += ":" + std::to_string(frame.line);
  if (frame.name.empty()) return place;
  return place.empty() ? frame.name : frame.name + " (" + place + ")";
}

// The program's part of the engine's stack: without control functions and runtime frames at the
// inner end, and without the host's JavaScript at the outer end.
std::vector<Frame> framesOfStack(const Run& run, Cycle& cycle) {
  const InstanceOfScript instances(run, cycle);
  std::vector<Frame> frames;
  for (const EngineFrame& engine : cycle.stack) {
    Frame frame;
    if (engine.wasm) {
      const Instance* instance = instances.of(engine);
      if (instance == nullptr) {
        if (frames.empty()) continue;  // ours, around the control call
        frame.fate = Frame::Fate::JavaScript;
        frame.text = "another wasm module (" + engine.name + ")";
        frames.push_back(std::move(frame));
        continue;
      }
      const std::uint32_t function = functionOf(*instance->module, engine);
      if (function == record::kNoIndex) {
        frame.fate = Frame::Fate::JavaScript;
        frame.text = "a function that cannot suspend (" + engine.name + ")";
        frames.push_back(std::move(frame));
        continue;
      }
      if (isControl(*instance->module, function)) continue;
      if (isRuntime(*instance->module, function)) {
        // At the inner end it started the unwind, further out it ends it: what called that one
        // stays.
        if (!frames.empty()) break;
        if (!isInstrumented(*instance->module, function)) continue;
      }
      frame.instance = instance->number;
      frame.function = function;
      if (engine.placed) frame.site = instance->module->originalOffset(engine.offset);
      // A function that by the calls in the module cannot suspend, and did: it is not in the table.
      const bool listed = instance->module->function(function) != nullptr;
      if (!listed && instance->module->hasNames) frame.text = engine.name;
    } else {
      frame.fate = Frame::Fate::JavaScript;
      frame.text = jsText(engine);
      if (frames.empty()) {
        cycle.importFrame = &engine;  // overwritten until the first wasm frame: the nearest stays
        continue;
      }
    }
    frames.push_back(std::move(frame));
  }
  while (!frames.empty() && frames.back().fate == Frame::Fate::JavaScript) frames.pop_back();
  return frames;
}

bool belongs(const Step& step, const Frame& frame) {
  if (step.instance != frame.instance || step.function != frame.function) return false;
  return step.kind != Step::Kind::Passed || !frame.site || step.site == *frame.site;
}

// A frame saw its end when it saved or left; one that was passed may still run on and save later
// (it cannot push a record of its own at an unguarded site, but it may call others that do).
void decide(Frame& frame, const Step& step, std::uint64_t positionBefore) {
  frame.event = step.event;
  frame.sp = step.sp;
  if (step.kind == Step::Kind::Passed) frame.site = step.site;
  const bool pushed = step.kind == Step::Kind::Saved ||
                      (step.kind == Step::Kind::Left && step.position != positionBefore);
  if (step.kind != Step::Kind::Passed && pushed) {
    frame.fate = Frame::Fate::Saved;
    frame.recordBegin = positionBefore;
    frame.recordEnd = step.position;
  } else {
    frame.fate = Frame::Fate::NotSaved;
  }
}

Frame frameOfStep(const Step& step, std::uint64_t positionBefore) {
  Frame frame;
  frame.instance = step.instance;
  frame.function = step.function;
  if (step.kind == Step::Kind::Passed) frame.site = step.site;
  decide(frame, step, positionBefore);
  return frame;
}

// A frame with a probe says when it is left; where it said nothing, the unwind did not come to it
// (an exception or a trap ended it). One without is silent, so the unwind came past it when it
// ended by returns alone.
bool endedPastUnprobed(const Run& run, const Cycle& cycle, const Frame& frame) {
  const ModuleTable* module = run.moduleOf(cycle.thread, frame.instance);
  if (module == nullptr) return false;
  const FunctionEntry* entry = module->function(frame.function);
  const record::SiteEntry* site = frame.site ? module->site(frame.function, *frame.site) : nullptr;
  const bool probed =
      entry != nullptr && (entry->instrumented || site == nullptr || site->maySuspend);
  return !probed && cycle.stopUnwind.has_value() && cycle.thrown.empty();
}

// Gives the frames their fates; the result are the steps that belong to none.
std::vector<Step> walk(const Run& run, const Cycle& cycle, std::vector<Frame>& frames) {
  std::vector<Step> extra;
  std::size_t next = 0;
  std::uint64_t position = cycle.startUnwind.position;
  std::size_t lastDecided = 0;
  bool anyDecided = false;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    Frame& frame = frames[i];
    if (frame.fate == Frame::Fate::JavaScript) continue;
    const auto found =
        std::find_if(cycle.unwind.begin() + static_cast<std::ptrdiff_t>(next), cycle.unwind.end(),
                     [&](const Step& step) { return belongs(step, frame); });
    if (found == cycle.unwind.end()) continue;
    const auto at = static_cast<std::size_t>(found - cycle.unwind.begin());
    for (; next < at; ++next) {
      extra.push_back(cycle.unwind[next]);
      position = cycle.unwind[next].position;
    }
    decide(frame, cycle.unwind[at], position);
    position = cycle.unwind[at].position;
    next = at + 1;
    lastDecided = i;
    anyDecided = true;
  }
  // A stack that ends in wasm is cut: some host called the outermost frame. What the probes saw
  // further out are frames all the same.
  const bool cut = !cycle.stack.empty() && cycle.stack.back().wasm;
  for (; next < cycle.unwind.size(); ++next) {
    const Step& step = cycle.unwind[next];
    if (cut) {
      frames.push_back(frameOfStep(step, position));
      lastDecided = frames.size() - 1;
      anyDecided = true;
    } else {
      extra.push_back(step);
    }
    position = step.position;
  }

  for (std::size_t i = 0; i < frames.size(); ++i) {
    Frame& frame = frames[i];
    if (frame.fate != Frame::Fate::NotReached) continue;
    const bool furtherOutReached = anyDecided && i < lastDecided;
    if (furtherOutReached || endedPastUnprobed(run, cycle, frame)) {
      frame.fate = Frame::Fate::NotSaved;
      frame.event = 0;
    }
  }
  return extra;
}

std::vector<Frame> framesOfSteps(const Cycle& cycle) {
  std::vector<Frame> frames;
  std::uint64_t position = cycle.startUnwind.position;
  for (const Step& step : cycle.unwind) {
    frames.push_back(frameOfStep(step, position));
    position = step.position;
  }
  return frames;
}

// The site that the buffer tells: a record begins with the index of the call that was active.
std::optional<std::uint32_t> siteOfRecord(const Run& run, const Cycle& cycle, const Frame& frame) {
  const ModuleTable* module = run.moduleOf(cycle.thread, frame.instance);
  const FunctionEntry* function = module == nullptr ? nullptr : module->function(frame.function);
  const std::uint64_t at = frame.recordBegin - cycle.startUnwind.position;
  if (function == nullptr || at > cycle.snapshot.size() || cycle.snapshot.size() - at < 4) {
    return std::nullopt;
  }
  const std::uint8_t* bytes = cycle.snapshot.items().data() + at;
  const std::uint32_t index = bytes[0] | std::uint32_t{bytes[1]} << 8 |
                              std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24;
  for (const record::SiteEntry& site : function->sites) {
    if (site.guarded && site.callIndex == index) return site.offset;
  }
  return std::nullopt;
}

void addSitesOfRecords(const Run& run, const Cycle& cycle, std::vector<Frame>& frames) {
  for (Frame& frame : frames) {
    if (frame.fate == Frame::Fate::Saved && !frame.site) {
      frame.site = siteOfRecord(run, cycle, frame);
    }
  }
}

// Whether all that frames are made from is the same.
bool isAlike(const Cycle& a, const Cycle& b) {
  return a.thread == b.thread && a.instance == b.instance && a.stack.isSame(b.stack) &&
         a.unwind.isSame(b.unwind) && a.snapshot.isSame(b.snapshot) &&
         a.startUnwind.position == b.startUnwind.position &&
         a.stopUnwind.has_value() == b.stopUnwind.has_value() &&
         a.thrown.empty() == b.thrown.empty();
}

struct HashOfFrame {
  std::size_t operator()(const Frame& frame) const {
    return (std::size_t{frame.function} << 32) ^ frame.site.value_or(0) ^ frame.recordEnd * 31 ^
           frame.sp * 17;
  }
};

class Reconciler {
 public:
  explicit Reconciler(const Run& run) : run_(run) {}

  void fill(Cycle& cycle) {
    if (before_ != nullptr && isAlike(*before_, cycle)) {
      cycle.frames = before_->frames;
      cycle.extra = before_->extra;
      cycle.importFrame = before_->importFrame;
    } else {
      std::vector<Frame> frames;
      if (cycle.stack.empty()) {
        frames = framesOfSteps(cycle);
      } else {
        frames = framesOfStack(run_, cycle);
        cycle.extra = walk(run_, cycle, frames);
      }
      addSitesOfRecords(run_, cycle, frames);
      cycle.frames = lists_.of(frames);
    }
    before_ = &cycle;
  }

 private:
  const Run& run_;
  const Cycle* before_ = nullptr;
  support::SharedLists<Frame, HashOfFrame> lists_;
};

}  // namespace

void reconcileFrames(Run& run) {
  Reconciler reconciler(run);
  for (Cycle& cycle : run.cycles) reconciler.fill(cycle);
}

}  // namespace asyncscope::analyzer
