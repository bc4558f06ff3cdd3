// What a trace says happened: the run, its cycles, and the frames of each cycle.
//
// This is the one model that every invariant, correlation and report reads. It holds observations
// only; what they mean is decided elsewhere. Cycles are numbered from 1 within the run, in the
// order of their start_unwind within a thread, threads in the order of their numbers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "analyzer/cycles/engine_stack.h"
#include "support/shared_list.h"
#include "tracer/record/module_table.h"
#include "tracer/record/slot.h"

namespace asyncscope::analyzer {

// Where an observation stands in the trace: thread, then number of the slot in that thread.
struct EventPlace {
  std::uint32_t thread = 0;
  std::uint64_t event = 0;

  auto operator<=>(const EventPlace&) const = default;
};

enum class Phase { Build, Unwind, Suspended, Rewind, After, Host };

// One write of the state global.
struct Control {
  EventPlace place;
  std::uint32_t function = record::kNoIndex;  // the one that writes it
  std::uint32_t stateBefore = 0;
  std::uint64_t position = 0;
  std::uint64_t sp = 0;
  std::uint32_t time = 0;  // microseconds since the thread's recording began, modulo 2^32
};

// What one probe saw of one function during an unwind or a rewind. It says nothing that is of this
// cycle alone, so that cycles that do the same can share it.
struct Step {
  enum class Kind { Saved, Passed, Left, Entered };

  Kind kind{};
  std::uint32_t event = 0;  // slots from start_unwind or start_rewind on: see Cycle::placeOf()
  std::uint32_t instance = 0;
  std::uint32_t function = 0;
  std::uint32_t site = 0;  // of Passed: offset of the call in the original module
  std::uint64_t position = 0;
  std::uint64_t sp = 0;

  bool operator==(const Step&) const = default;
};

// One activation between the entry export and the suspending import, as it stood at the suspend.
struct Frame {
  enum class Fate {
    Saved,       // pushed exactly one record
    NotSaved,    // left, or was passed, without a push
    NotReached,  // the unwind ended before it came to this frame
    JavaScript,  // no wasm frame of a module that is traced
  };

  Fate fate = Fate::NotReached;
  std::uint32_t instance = 0;
  std::uint32_t function = record::kNoIndex;  // kNoIndex: JavaScript
  std::optional<std::uint32_t> site;          // offset of the active call in the original module
  // JavaScript: the engine's name for it, or its place. Else the engine's name for a function that
  // the module table does not list; empty where it does.
  std::string text;
  std::uint64_t recordBegin = 0, recordEnd = 0;  // of Saved: its bytes in the buffer
  std::uint64_t sp = 0;                          // at its exit; 0: not seen
  std::uint32_t event = 0;                       // of the step that decided the fate

  bool operator==(const Frame&) const = default;
};

// The interpreter's own position, where the program registered one.
struct Mark {
  std::string code, file;
  std::uint32_t depth = 0, offset = 0, line = 0;
};

// An exception or a trap that left an export.
struct Thrown {
  EventPlace place;
  std::uint32_t instance = 0;
  std::uint32_t function = record::kNoIndex;
  std::uint32_t state = 0;  // when it left
  bool trap = false;        // WebAssembly.RuntimeError
  bool orphan = false;      // it left the rewind of a call whose caller has no promise
  std::uint32_t cycle = 0;  // the last that began before it on its thread; 0: none
  std::string text;         // first line: name and message
  std::string stack;        // the engine's text, whole
};

// A control call in a state in which it must not come.
struct Misstep {
  enum class Kind {
    UnwindWhileUnwinding,
    UnwindWhileRewinding,
    StopUnwindNotUnwinding,
    StopRewindNotRewinding,
    RewindNotNormal,
    ExportWhileUnwinding,  // by JavaScript on the stack that unwinds
    ExportWhileNotNormal,  // by the host
  };

  Kind kind{};
  Control control;
  std::uint32_t instance = 0;
  std::optional<std::uint64_t> dataPointer;  // of RewindNotNormal: what was to be rewound
};

// What JavaScript did at the border of the module, as the runtime wrote it: one of the events from
// ImportEntered on. The fields mean what event.def says.
struct HostEvent {
  record::EventKind kind{};
  EventPlace place;
  std::uint32_t instance = 0;
  std::uint32_t function = record::kNoIndex;
  std::uint32_t detail = 0;
  std::uint64_t position = 0;
  std::uint64_t sp = 0;
  std::string text;         // its payload
  std::uint32_t cycle = 0;  // the last that began before it on its thread; 0: none
  Phase phase{};            // of that cycle, at the event
};

// An outermost export that returned to its caller while its stack was unwound.
struct EarlyReturn {
  EventPlace place;
  std::uint32_t function = record::kNoIndex;
};

// Memory outside the buffer that changed during an unwind or a rewind.
struct MemoryWrite {
  EventPlace place;
  Phase phase{};
  std::uint64_t address = 0;  // of the first byte that differs
  std::uint32_t bytes = 0;    // that differ
};

// What was done to a stack while it was suspended.
struct Interference {
  enum class Kind {
    Entered,      // the host entered an export
    Overwritten,  // ... which changed bytes of the C stack of frames that slept
    Overlap,      // this stack lies over that of another one that is suspended
    Freed,        // an argument of the suspended call was given to free
    Pointed,      // the export changed memory to which words in the records point
    Global,       // a declared global was not what it had been when the stack was resumed
  };

  Kind kind{};
  EventPlace place;
  std::uint32_t instance = 0;
  std::uint32_t function = record::kNoIndex;  // the export that did it; of Overlap: of the other
  std::uint32_t owner = record::kNoIndex;     // Freed: the export whose call is suspended
  std::uint32_t argument = 0;                 // Freed: its number, from 0
  std::uint64_t address = 0;                  // of the first byte; Freed: the pointer
  std::uint64_t bytes = 0;  // Overwritten, Overlap, Global: how many; Pointed: places
  std::string name;         // Global: as it was declared
  std::uint64_t sp = 0;     // C stack pointer when the export was entered
};

// An export, seen from the host.
struct ExportUse {
  EventPlace place;
  std::uint32_t function = record::kNoIndex;
  std::uint64_t sp = 0;
};

// What became of the bytes behind the end of the buffer.
struct Overrun {
  std::uint64_t differ = 0, compared = 0;
};

// JavaScript made the memory grow on the way into the suspend.
struct Growth {
  EventPlace place;
  std::uint64_t before = 0, after = 0;  // bytes
  bool handlesViews = false;            // the import speaks of views of the memory
  std::vector<EngineFrame> stack;
};
// Something that a forced suspend changed, as the oracle found it by comparing.
struct OracleChange {
  enum class What { Memory, Global, Table };

  EventPlace place;
  What what{};
  Phase phase = Phase::Rewind;  // of Memory: the half in which it was written
  std::uint64_t address = 0;    // of the first byte that differs
  std::uint64_t bytes = 0;      // that differ
  std::uint32_t index = 0;      // of the global or table
  std::string before, after;    // bytes in hexadecimal from that address on, or the values
  bool inData = false;          // in a data segment of the module
  std::uint64_t stackBase = 0;  // in the C stack, which begins there; 0: not
};

// What the oracle compared of a forced suspend and found equal.
enum class OracleLook { None, Near, Full };

struct Cycle {
  std::uint32_t number = 0;
  std::uint32_t thread = 0;
  std::uint32_t instance = 0;
  std::uint64_t dataPointer = 0;  // 0 with bufferKnown: it was 0
  std::uint64_t bufferEnd = 0;
  bool bufferKnown = false;
  // Whether the module itself makes the control calls: then a runtime in it moves stacks about as
  // it likes (setjmp, fibers), and only what frames do can be judged.
  bool internalControl = false;

  Control startUnwind;
  std::optional<Control> stopUnwind, startRewind, stopRewind;

  support::SharedList<EngineFrame> stack;  // engine's, innermost first; empty: not captured
  bool stackInferred = false;              // taken from an earlier cycle of the same shape
  support::SharedList<Step> unwind, rewind;
  support::SharedList<Frame> frames;  // innermost first; see frames.h
  support::SharedList<Step> extra;    // of unwind: steps of no frame that was on the stack
  support::SharedList<std::uint8_t> snapshot;
  // Whether the tracer forced it: a round trip without leaving the calling export. `opportunity` is
  // its number within the thread, from 1, and `forcedAt` the import at whose call it was made.
  bool forced = false;
  std::uint32_t opportunity = 0;
  std::uint32_t forcedAt = record::kNoIndex;
  bool turnedInside = false;  // at an inner export: JavaScript behind it cannot be replayed
  OracleLook oracle = OracleLook::None;
  std::vector<OracleChange> oracleChanges;
  std::optional<EarlyReturn> returnedEarly;
  bool abandoned = false;  // the host put an earlier stack into its buffer and rewound that one
  std::optional<EventPlace> bufferChanged;  // its bytes when the rewind began were not those of it
  std::optional<Mark> suspendedAt, resumedAt;
  std::vector<Misstep> missteps;
  std::vector<MemoryWrite> memoryWrites;
  std::vector<Thrown> thrown;           // while its unwind or rewind was going on
  std::vector<Interference> meanwhile;  // while it was suspended
  std::optional<Overrun> overrun;       // seen only where the records passed the end
  std::optional<ExportUse> wentOn;      // first export used after an overrun or an exception
  std::vector<ExportUse> caughtAfter;   // exceptions caught after the resume: see event.def
  std::vector<Control> rewoundAgain;    // stop_rewind of further rewinds of a copy of this stack
  std::optional<Growth> growth;
  bool nothingWritten = false;  // no byte of memory while it was suspended, as was looked for
  std::vector<std::uint8_t>
      held;  // what lay where the records went; empty: zeros, or not looked at
  std::uint64_t heldAddress = 0;
  const EngineFrame* importFrame = nullptr;  // in `stack`: the JS frame nearest to wasm

  bool completed() const { return stopRewind.has_value(); }
  // Of `event` of a step or frame; of `rewind` where `phase` says so.
  EventPlace placeOf(std::uint32_t event, Phase phase) const {
    const Control& from = phase == Phase::Rewind && startRewind ? *startRewind : startUnwind;
    return {from.place.thread, from.place.event + event};
  }
};

enum class Outcome { Pass, Fail, Trap, Killed, Unknown };

struct Instance {
  std::uint32_t thread = 0;
  std::uint32_t number = 0;                     // within the thread
  const record::ModuleTable* module = nullptr;  // of the trace, which outlives the run
};

// What a run with forced suspends counted, for one thread.
struct StressCounts {
  struct Left {
    std::uint32_t instance = 0, import = record::kNoIndex, obstacle = 0;
    std::uint64_t count = 0;
  };
  struct Memory {
    std::uint32_t instance = 0, hash = 0;
    std::uint64_t bytes = 0;
  };

  std::uint32_t thread = 0;
  std::string schedule;
  std::uint64_t opportunities = 0, trips = 0, lost = 0;
  std::vector<Left> left;        // opportunities that were wanted and left alone, and why
  std::vector<Memory> memories;  // as they were when the thread ended
};

// A place in the program's source.
struct SourcePlace {
  std::string file;
  std::uint32_t line = 0;
};

// How the events of a trace were used; the sum is always `written`.
struct EventCounts {
  std::uint64_t written = 0;      // slots in the trace
  std::uint64_t explained = 0;    // belong to a cycle, an instance or a host event
  std::uint64_t unexplained = 0;  // fit nowhere
  std::uint64_t lost = 0;         // overwritten before they were drained; not in `written`
};

struct Run {
  std::string file;
  Outcome outcome = Outcome::Unknown;
  std::string outcomeText;   // first line of the error, the signal, or the exit code
  std::string outcomeStack;  // of the error that ended the run
  std::vector<Instance> instances;
  std::deque<Cycle> cycles;             // they are large, and there can be a million
  std::vector<Misstep> missteps;        // outside any cycle
  std::vector<Thrown> thrown;           // outside any unwind or rewind
  std::vector<StressCounts> stress;     // by thread; empty: no suspends were forced
  std::vector<HostEvent> host;          // in the order of the events, thread by thread
  bool idle = false;                    // it ended by itself: nothing was left to do
  std::optional<std::string> uncaught;  // name and message of the error that ended it
  std::vector<std::string> notes;       // what the recorder said it could not do
  EventCounts events;
  // By thread, instance and function: names that only the engine's stacks had.
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::string> engineNames;
  // Where in the source an offset in the original module is, for modules with debug information;
  // empty: for none. Set by whoever has the means to read it.
  std::function<std::optional<SourcePlace>(const record::ModuleTable&, std::uint32_t)> sourceOf;

  std::uint32_t cyclesCompleted() const;
  const record::ModuleTable* moduleOf(std::uint32_t thread, std::uint32_t instance) const;
};

}  // namespace asyncscope::analyzer
