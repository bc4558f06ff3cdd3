#include "analyzer/cycles/cycle_builder.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "analyzer/cycles/frames.h"
#include "analyzer/cycles/outcome.h"
#include "analyzer/cycles/stress_payloads.h"
#include "tracer/record/event_cursor.h"

namespace asyncscope::analyzer {
namespace {

using record::Event;
using record::EventKind;

constexpr std::uint32_t kNormal = 0, kUnwinding = 1, kRewinding = 2;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

Mark readMark(std::string_view text) {
  Mark mark;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return mark;
  const auto string = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto number = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 0u;
  };
  mark.code = string("code");
  mark.file = string("file");
  mark.depth = number("depth");
  mark.offset = number("offset");
  mark.line = number("line");
  return mark;
}

bool beginsWith(const support::SharedList<std::uint8_t>& bytes,
                const support::SharedList<std::uint8_t>& begin) {
  return bytes.size() >= begin.size() && std::equal(begin.begin(), begin.end(), bytes.begin());
}

struct HashOfStep {
  std::size_t operator()(const Step& step) const {
    return (std::size_t{step.function} << 32) ^ step.event ^ step.position * 31 ^ step.sp * 17;
  }
};

class ThreadBuilder {
 public:
  ThreadBuilder(Run& run, const record::Trace& trace, std::uint32_t thread)
      : run_(run), trace_(trace), thread_(thread) {}

  // Whether the event was explained.
  bool add(const Event& event) {
    // The Buffer event behind a start_rewind names the stack that is rewound; where the buffer is
    // the one that was told of last, there is none.
    const bool isBuffer = event.slot.kind == static_cast<std::uint16_t>(EventKind::Buffer);
    if (isBuffer && pendingRewind_) {
      resolveRewind(event.slot.position);
    } else {
      settle();
    }
    switch (static_cast<EventKind>(event.slot.kind)) {
      case EventKind::StartUnwind:
        return startUnwind(event);
      case EventKind::StopUnwind:
        return stopUnwind(event);
      case EventKind::StartRewind:
        return startRewind(event);
      case EventKind::StopRewind:
        return stopRewind(event);
      case EventKind::UnwindSaved:
        return unwindStep(event, Step::Kind::Saved);
      case EventKind::UnwindPassed:
        return unwindStep(event, Step::Kind::Passed);
      case EventKind::UnwindLeft:
        return unwindStep(event, Step::Kind::Left);
      case EventKind::RewindEntered:
        return rewindStep(event, Step::Kind::Entered);
      case EventKind::RewindPassed:
        return rewindStep(event, Step::Kind::Passed);
      case EventKind::Buffer:
        return buffer(event);
      case EventKind::Stack:
        return stack(event);
      case EventKind::StackRevoked:
        return stackRevoked();
      case EventKind::Snapshot:
        return snapshot(event);
      case EventKind::ExportEntered:
        return exportEntered(event);
      case EventKind::ExportThrew:
        return exportThrew(event);
      case EventKind::ExportReturned:
        return exportReturned(event);
      case EventKind::Mark:
        return mark(event);
      case EventKind::InstanceMade:
        return instanceMade(event);
      case EventKind::MemoryWritten:
        return memoryWritten(event);
      case EventKind::MemoryUntouched:
        return memoryUntouched(event);
      case EventKind::ForcedSuspend:
        forced_ = event;
        return true;
      case EventKind::OpportunityLeft:
        return true;
      case EventKind::OracleSilent:
        return oracleSilent(event);
      case EventKind::OracleFound:
        return oracleFound(event);
      case EventKind::StressEnded:
        return stressEnded(event);
      case EventKind::ExportWhileSuspended:
        return interference(event, Interference::Kind::Entered);
      case EventKind::SleepingOverwritten:
        return interference(event, Interference::Kind::Overwritten);
      case EventKind::SleepingOverlap:
        return interference(event, Interference::Kind::Overlap);
      case EventKind::OwnedFreed:
        return interference(event, Interference::Kind::Freed);
      case EventKind::PointedChanged:
        return interference(event, Interference::Kind::Pointed);
      case EventKind::GlobalChanged:
        return interference(event, Interference::Kind::Global);
      case EventKind::BufferOverrun:
        return bufferOverrun(event);
      case EventKind::ExportAfterFault:
        return exportAfterFault(event);
      case EventKind::ThrewAfterRewind:
        return threwAfterRewind(event);
      case EventKind::MemoryGrown:
        return memoryGrown(event);
      case EventKind::BufferHeld:
        return bufferHeld(event);
      case EventKind::ImportEntered:
      case EventKind::ImportLeft:
      case EventKind::UnwindAgain:
      case EventKind::EnteredPast:
      case EventKind::RewindOnStack:
      case EventKind::Aborted:
      case EventKind::ResultDiffers:
      case EventKind::GlueFound:
      case EventKind::GlueWaits:
      case EventKind::GluePromiseUnused:
      case EventKind::GlueWoken:
      case EventKind::GlueRefused:
      case EventKind::GlueSleeps:
      case EventKind::GlueKeepsAlive:
      case EventKind::GluePostRun:
      case EventKind::GlueBodyRanTwice:
        return hostEvent(event);
      case EventKind::Payload:
        return false;
    }
    return false;
  }

  // To be called after the last event: a rewind that nothing follows is one.
  void finish() {
    settle();
    enter(kNone, Phase::After);
  }

  // Control events after this saw no state before: what happened in between is not known.
  void noteLoss() {
    enter(kNone, phase_);
    pendingRewind_.reset();
    forced_.reset();
  }

 private:
  EventPlace placeOf(const Event& event) const { return {thread_, event.number}; }

  Control controlOf(const Event& event) const {
    return Control{placeOf(event),      event.slot.function, event.slot.detail,
                   event.slot.position, event.slot.sp,       event.slot.time};
  }

  void addStep(const Event& event, Step::Kind kind, const Control& from) {
    steps_.push_back(Step{kind, static_cast<std::uint32_t>(event.number - from.place.event),
                          event.slot.instance, event.slot.function,
                          kind == Step::Kind::Passed ? event.slot.detail : 0, event.slot.position,
                          event.slot.sp});
  }

  // The events that follow belong to that phase of that cycle.
  void enter(std::size_t cycle, Phase phase) {
    if (!steps_.empty()) {
      auto& steps = phase_ == Phase::Rewind ? current()->rewind : current()->unwind;
      steps_.insert(steps_.begin(), steps.begin(), steps.end());
      steps = stepLists_.of(steps_);
      steps_.clear();
    }
    current_ = cycle;
    phase_ = phase;
  }

  Cycle* current() { return current_ == kNone ? nullptr : &run_.cycles[current_]; }

  void misstep(Misstep::Kind kind, const Event& event, Cycle* cycle,
               std::optional<std::uint64_t> dataPointer = std::nullopt) {
    Misstep step{kind, controlOf(event), event.slot.instance, dataPointer};
    (cycle == nullptr ? run_.missteps : cycle->missteps).push_back(step);
  }

  bool startUnwind(const Event& event) {
    if (event.slot.detail == kUnwinding && current() != nullptr) {
      misstep(Misstep::Kind::UnwindWhileUnwinding, event, current());
      return true;
    }
    if (event.slot.detail == kRewinding) {
      misstep(Misstep::Kind::UnwindWhileRewinding, event, current());
    }
    copyOf_ = kNone;
    Cycle cycle;
    cycle.growth = std::exchange(growth_, std::nullopt);
    cycle.number = static_cast<std::uint32_t>(run_.cycles.size() + 1);
    cycle.thread = thread_;
    cycle.instance = event.slot.instance;
    cycle.startUnwind = controlOf(event);
    cycle.internalControl = hasInternalControl(event.slot.instance);
    if (const auto known = buffers_.find(event.slot.instance); known != buffers_.end()) {
      setBuffer(cycle, known->second);
    }
    if (forced_ && forced_->slot.instance == event.slot.instance) {
      cycle.forced = true;
      cycle.opportunity = forced_->slot.detail;
      cycle.forcedAt = forced_->slot.function;
      cycle.turnedInside = forced_->slot.sp == 1;
    }
    forced_.reset();
    enter(run_.cycles.size(), Phase::Unwind);
    run_.cycles.push_back(std::move(cycle));
    return true;
  }

  bool stopUnwind(const Event& event) {
    Cycle* cycle = current();
    if (event.slot.detail != kUnwinding) {
      misstep(Misstep::Kind::StopUnwindNotUnwinding, event, cycle);
      return true;
    }
    if (cycle == nullptr) return false;
    cycle->stopUnwind = controlOf(event);
    suspended_.push_back(current_);
    enter(current_, Phase::Suspended);
    return true;
  }

  bool startRewind(const Event& event) {
    if (event.slot.detail != kNormal) {
      misstep(Misstep::Kind::RewindNotNormal, event, current());
      return true;
    }
    pendingRewind_ = event;
    return true;
  }

  // No Buffer event came behind a start_rewind: it is about the buffer that was told of last.
  void settle() {
    if (!pendingRewind_) return;
    const auto known = buffers_.find(pendingRewind_->slot.instance);
    resolveRewind(known == buffers_.end() ? std::nullopt
                                          : std::optional<std::uint64_t>(known->second.data));
  }

  // The wake-up names its stack by the data pointer; without one the stack suspended last is taken.
  void resolveRewind(std::optional<std::uint64_t> dataPointer) {
    const Event event = *pendingRewind_;
    pendingRewind_.reset();
    const auto found = std::find_if(suspended_.rbegin(), suspended_.rend(), [&](std::size_t i) {
      const Cycle& cycle = run_.cycles[i];
      if (cycle.instance != event.slot.instance) return false;
      return !dataPointer || !cycle.bufferKnown || cycle.dataPointer == *dataPointer;
    });
    if (found != suspended_.rend()) {
      enter(*found, Phase::Rewind);
      suspended_.erase(std::next(found).base());
      run_.cycles[current_].startRewind = controlOf(event);
      return;
    }
    // A runtime inside the module may rewind one stack many times: that is how it makes setjmp.
    if (!hasInternalControl(event.slot.instance)) {
      misstep(Misstep::Kind::RewindNotNormal, event, current(), dataPointer);
    }
    enter(kNone, Phase::Rewind);
  }

  bool hasInternalControl(std::uint32_t instance) {
    const auto known = internalControl_.find(instance);
    if (known != internalControl_.end()) return known->second;
    const record::ModuleTable* module = run_.moduleOf(thread_, instance);
    if (module == nullptr) return false;
    const auto& functions = module->functions;
    return internalControl_[instance] =
               std::any_of(functions.begin(), functions.end(),
                           [](const record::FunctionEntry& entry) { return entry.runtime; });
  }

  bool stopRewind(const Event& event) {
    Cycle* cycle = current();
    if (event.slot.detail != kRewinding) {
      misstep(Misstep::Kind::StopRewindNotRewinding, event, cycle);
      return true;
    }
    if (phase_ != Phase::Rewind) return false;
    if (cycle != nullptr) cycle->stopRewind = controlOf(event);
    if (copyOf_ != kNone) run_.cycles[copyOf_].rewoundAgain.push_back(controlOf(event));
    copyOf_ = kNone;
    enter(current_, Phase::After);
    return true;
  }

  bool unwindStep(const Event& event, Step::Kind kind) {
    Cycle* cycle = current();
    if (cycle == nullptr || phase_ != Phase::Unwind) return false;
    addStep(event, kind, cycle->startUnwind);
    return true;
  }

  bool rewindStep(const Event& event, Step::Kind kind) {
    Cycle* cycle = current();
    if (phase_ != Phase::Rewind) return false;
    if (cycle != nullptr) addStep(event, kind, *cycle->startRewind);
    return true;
  }

  struct BufferAt {
    std::uint64_t data = 0, end = 0;
  };

  static void setBuffer(Cycle& cycle, const BufferAt& buffer) {
    cycle.bufferKnown = true;
    cycle.dataPointer = buffer.data;
    cycle.bufferEnd = buffer.end;
  }

  bool buffer(const Event& event) {
    const BufferAt told{event.slot.position, event.slot.sp};
    buffers_[event.slot.instance] = told;
    if (Cycle* cycle = current(); cycle != nullptr && phase_ == Phase::Unwind) {
      setBuffer(*cycle, told);
    }
    return true;
  }

  bool stack(const Event& event) {
    if (!event.payload.empty()) stacks_[event.slot.function] = std::string(event.text());
    Cycle* cycle = current();
    if (cycle == nullptr || phase_ != Phase::Unwind) return false;
    const auto text = stacks_.find(event.slot.function);
    if (text == stacks_.end()) return false;
    cycle->stack = parsed(event.slot.function, text->second);
    cycle->stackInferred = event.slot.position == 1;
    return true;
  }

  // The same text comes with every cycle of one shape: it is read once.
  const support::SharedList<EngineFrame>& parsed(std::uint32_t number, const std::string& text) {
    auto found = parsedStacks_.find(number);
    if (found == parsedStacks_.end()) {
      found = parsedStacks_.emplace(number, parseEngineStack(text)).first;
    }
    return found->second;
  }

  bool stackRevoked() {
    Cycle* cycle = current();
    if (cycle == nullptr) return false;
    cycle->stack = {};
    cycle->stackInferred = false;
    return true;
  }

  bool snapshot(const Event& event) {
    if (!event.payload.empty()) {
      snapshots_[event.slot.function] =
          std::vector<std::uint8_t>(event.payload.begin(), event.payload.end());
    }
    Cycle* cycle = current();
    if (cycle == nullptr) return phase_ == Phase::Rewind;
    if (phase_ == Phase::Rewind) {
      // The runtime writes a second one only where the bytes are not those of the unwind.
      copyOf_ = earlierStack(*cycle, event);
      if (copyOf_ != kNone) {
        cycle->startRewind.reset();
        cycle->abandoned = true;
        enter(kNone, phase_);
      } else {
        cycle->bufferChanged = placeOf(event);
      }
      return true;
    }
    const auto bytes = snapshots_.find(event.slot.function);
    if (bytes != snapshots_.end()) cycle->snapshot = bytes->second;
    return true;
  }

  // A host may keep copies of stacks and put an earlier one back: setjmp and longjmp made from
  // unwinds. That is no damage to the buffer, and the stack that lay in it is given up.
  // Which cycle's that was; the latest, where several stacks were alike. kNone: none.
  std::size_t earlierStack(const Cycle& replaced, const Event& event) const {
    const auto bytes = snapshots_.find(event.slot.function);
    if (bytes == snapshots_.end()) return kNone;
    const auto found =
        std::find_if(run_.cycles.rbegin(), run_.cycles.rend(), [&](const Cycle& earlier) {
          return earlier.thread == thread_ && earlier.instance == replaced.instance &&
                 earlier.number < replaced.number && earlier.dataPointer == replaced.dataPointer &&
                 earlier.stopUnwind &&
                 earlier.stopUnwind->position == replaced.startRewind->position &&
                 beginsWith(bytes->second, earlier.snapshot);
        });
    if (found == run_.cycles.rend()) return kNone;
    return static_cast<std::size_t>(run_.cycles.rend() - found) - 1;
  }

  bool exportEntered(const Event& event) {
    Cycle* cycle = current();
    const bool inside = cycle != nullptr && event.slot.detail == kUnwinding &&
                        phase_ == Phase::Unwind && !cycle->returnedEarly;
    misstep(inside ? Misstep::Kind::ExportWhileUnwinding : Misstep::Kind::ExportWhileNotNormal,
            event, inside ? cycle : nullptr);
    return true;
  }

  bool exportReturned(const Event& event) {
    Cycle* cycle = current();
    if (cycle != nullptr && event.slot.detail == kUnwinding && phase_ == Phase::Unwind) {
      cycle->returnedEarly = EarlyReturn{placeOf(event), event.slot.function};
    }
    return true;
  }

  bool hostEvent(const Event& event) {
    HostEvent host;
    host.kind = static_cast<EventKind>(event.slot.kind);
    host.place = placeOf(event);
    host.instance = event.slot.instance;
    host.function = event.slot.function;
    host.detail = event.slot.detail;
    host.position = event.slot.position;
    host.sp = event.slot.sp;
    host.text = std::string(event.text());
    if (const Cycle* cycle = current()) host.cycle = cycle->number;
    host.phase = phase_;
    run_.host.push_back(std::move(host));
    return true;
  }

  bool exportThrew(const Event& event) {
    Thrown thrown;
    thrown.place = placeOf(event);
    thrown.instance = event.slot.instance;
    thrown.function = event.slot.function;
    thrown.state = static_cast<std::uint32_t>(event.slot.position);
    constexpr std::uint64_t kKindMask = 3, kTrap = 1, kOrphan = 4;
    thrown.trap = (event.slot.sp & kKindMask) == kTrap;
    thrown.orphan = (event.slot.sp & kOrphan) != 0;
    const std::string_view text = event.text();
    thrown.text = std::string(text.substr(0, text.find('\n')));
    thrown.stack = std::string(text);
    Cycle* cycle = current();
    if (cycle != nullptr) thrown.cycle = cycle->number;
    const bool during = cycle != nullptr && thrown.state != kNormal &&
                        (phase_ == Phase::Unwind || phase_ == Phase::Rewind);
    (during ? cycle->thrown : run_.thrown).push_back(std::move(thrown));
    return true;
  }

  bool mark(const Event& event) {
    const auto number = static_cast<std::uint32_t>(event.slot.position);
    if (!event.payload.empty()) marks_[number] = readMark(event.text());
    Cycle* cycle = current();
    const auto known = marks_.find(number);
    if (cycle == nullptr) return true;
    if (known == marks_.end()) return false;
    Mark mark = known->second;
    mark.depth = event.slot.function;
    (phase_ == Phase::Unwind ? cycle->suspendedAt : cycle->resumedAt) = std::move(mark);
    return true;
  }

  bool interference(const Event& event, Interference::Kind kind) {
    Interference what;
    what.kind = kind;
    what.place = placeOf(event);
    what.instance = event.slot.instance;
    what.function = event.slot.function;
    what.bytes = event.slot.detail;
    what.address = event.slot.position;
    what.sp = event.slot.sp;
    Cycle* cycle = current();
    if (kind == Interference::Kind::Overlap) {
      what.address = event.slot.sp;
    } else if (kind == Interference::Kind::Pointed) {
      cycle = sleeping(event.slot.instance, [](const Cycle&) { return true; });
    } else if (kind == Interference::Kind::Freed) {  // told when its rewind begins
      what.argument = event.slot.detail;
      what.owner = static_cast<std::uint32_t>(event.slot.sp);
    } else if (kind == Interference::Kind::Global) {  // so is this
      what.name = event.text();
      what.bytes = event.slot.sp;
    } else if (kind == Interference::Kind::Entered) {
      cycle = sleeping(event.slot.instance, [&](const Cycle& asleep) {
        return !asleep.bufferKnown || asleep.dataPointer == event.slot.position;
      });
    } else {
      // The one that lies next below the address.
      std::uint64_t nearest = 0;
      sleeping(event.slot.instance, [&](const Cycle& asleep) {
        const std::uint64_t sp = asleep.stopUnwind->sp;
        if (sp <= what.address) nearest = std::max(nearest, sp);
        return false;
      });
      cycle = sleeping(event.slot.instance,
                       [&](const Cycle& asleep) { return asleep.stopUnwind->sp == nearest; });
    }
    if (cycle == nullptr) return false;
    cycle->meanwhile.push_back(what);
    return true;
  }

  // The stack suspended last for which the predicate holds; nullptr: none.
  template <typename Predicate>
  Cycle* sleeping(std::uint32_t instance, Predicate predicate) {
    const auto found = std::find_if(suspended_.rbegin(), suspended_.rend(), [&](std::size_t i) {
      return run_.cycles[i].instance == instance && predicate(run_.cycles[i]);
    });
    return found == suspended_.rend() ? nullptr : &run_.cycles[*found];
  }

  bool bufferOverrun(const Event& event) {
    Cycle* cycle = current();
    if (cycle == nullptr) return false;
    cycle->overrun = Overrun{event.slot.function, event.slot.detail};
    return true;
  }

  bool exportAfterFault(const Event& event) {
    const auto found =
        std::find_if(run_.cycles.rbegin(), run_.cycles.rend(), [&](const Cycle& cycle) {
          return cycle.thread == thread_ && cycle.instance == event.slot.instance;
        });
    if (found == run_.cycles.rend()) return false;
    found->wentOn = ExportUse{placeOf(event), event.slot.function, event.slot.sp};
    return true;
  }

  bool threwAfterRewind(const Event& event) {
    Cycle* cycle = current();
    if (cycle == nullptr) return copyOf_ != kNone || phase_ == Phase::After;
    cycle->caughtAfter.push_back(ExportUse{placeOf(event), event.slot.function, event.slot.sp});
    return true;
  }

  bool memoryGrown(const Event& event) {
    constexpr std::uint32_t kHandlesViews = 1;
    growth_ = Growth{placeOf(event), event.slot.position, event.slot.sp,
                     event.slot.function == kHandlesViews, parseEngineStack(event.text())};
    return true;
  }

  bool bufferHeld(const Event& event) {
    Cycle* cycle = current();
    if (cycle == nullptr) return false;
    cycle->held.assign(event.payload.begin(), event.payload.end());
    cycle->heldAddress = event.slot.position;
    return true;
  }

  // What the host writes while the stack is suspended is its own affair: all that counts is whether
  // it wrote at all. The rewind that such an event precedes is not resolved yet.
  bool memoryUntouched(const Event& event) {
    if (event.slot.detail != kNormal) return true;
    const auto hasGrown = [](const Cycle& asleep) { return asleep.growth.has_value(); };
    if (Cycle* cycle = current(); cycle != nullptr && hasGrown(*cycle))
      cycle->nothingWritten = true;
    return true;
  }

  bool memoryWritten(const Event& event) {
    if (event.slot.detail == kNormal) return true;
    Cycle* cycle = current();
    if (cycle == nullptr) return false;
    cycle->memoryWrites.push_back(
        MemoryWrite{placeOf(event), event.slot.detail == kUnwinding ? Phase::Unwind : Phase::Rewind,
                    event.slot.position, event.slot.function});
    return true;
  }

  bool oracleSilent(const Event& event) {
    constexpr std::uint32_t kAllMemory = 8;
    Cycle* cycle = current();
    if (cycle == nullptr) return false;
    cycle->oracle = (event.slot.detail & kAllMemory) != 0 ? OracleLook::Full : OracleLook::Near;
    return true;
  }

  bool oracleFound(const Event& event) {
    Cycle* cycle = current();
    if (cycle == nullptr) return false;
    cycle->oracleChanges.push_back(readOracleChange(placeOf(event), event.text()));
    return true;
  }

  bool stressEnded(const Event& event) {
    run_.stress.push_back(readStressCounts(thread_, event.text()));
    return true;
  }

  bool instanceMade(const Event& event) {
    Instance instance;
    instance.thread = thread_;
    instance.number = event.slot.instance;
    instance.module = trace_.module(thread_, event.slot.detail);
    run_.instances.push_back(instance);
    return instance.module != nullptr;
  }

  Run& run_;
  const record::Trace& trace_;
  std::uint32_t thread_;
  std::size_t current_ = kNone;   // the cycle that events belong to now: see enter()
  std::size_t copyOf_ = kNone;    // the one of which a copy is rewound
  std::optional<Growth> growth_;  // since the last unwind
  Phase phase_ = Phase::After;    // of that cycle
  std::vector<Step> steps_;       // of that phase, until it ends
  support::SharedLists<Step, HashOfStep> stepLists_;
  std::vector<std::size_t> suspended_;
  std::optional<Event> forced_;                    // ForcedSuspend, until its unwind starts
  std::optional<Event> pendingRewind_;             // until it is known which buffer it is about
  std::map<std::uint32_t, BufferAt> buffers_;      // by instance: what was told last
  std::map<std::uint32_t, bool> internalControl_;  // by instance
  std::map<std::uint32_t, std::string> stacks_;
  std::map<std::uint32_t, support::SharedList<EngineFrame>> parsedStacks_;
  std::map<std::uint32_t, support::SharedList<std::uint8_t>> snapshots_;
  std::map<std::uint32_t, Mark> marks_;
};

void addThread(Run& run, const record::Trace& trace, const record::ThreadEvents& events) {
  ThreadBuilder builder(run, trace, events.thread);
  record::EventCursor cursor(events);
  std::uint64_t payloadsBefore = 0;
  while (const auto event = cursor.next()) {
    if (event->lostBefore != 0) builder.noteLoss();
    const std::uint64_t slots = 1 + (cursor.payloadSlots() - payloadsBefore);
    payloadsBefore = cursor.payloadSlots();
    (builder.add(*event) ? run.events.explained : run.events.unexplained) += slots;
  }
  builder.finish();
  run.events.unexplained += cursor.strayPayloads();
  run.events.written += events.written;
  run.events.lost += events.lost;
}

}  // namespace

Run buildRun(const record::Trace& trace, std::string file) {
  Run run;
  run.file = std::move(file);
  for (const record::ThreadEvents& events : trace.threads) addThread(run, trace, events);
  for (const record::Note& note : trace.notes) run.notes.push_back(note.message);
  reconcileFrames(run);
  for (const Cycle& cycle : run.cycles) {
    for (const Frame& frame : cycle.frames) {
      if (frame.fate == Frame::Fate::JavaScript || frame.text.empty()) continue;
      run.engineNames.try_emplace({cycle.thread, frame.instance, frame.function}, frame.text);
    }
  }
  decideOutcome(run, trace);
  return run;
}

}  // namespace asyncscope::analyzer
