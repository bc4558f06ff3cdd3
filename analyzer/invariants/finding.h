// A finding: one violated invariant, with its evidence.
//
// `code` is an id of the catalogue of failure modes (docs/findings.md). A finding states what was
// observed; `certainty` is Proven only where the observation leaves no other explanation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cycles/run.h"

namespace asyncscope::analyzer {

enum class Certainty { Proven, Likely };

// Breaks: the run failed after it, and the violation accounts for that.
// Latent: the run went on and ended as if nothing had happened.
// NotDetermined: the run ended before its effect could be seen.
enum class Harm { Breaks, Latent, NotDetermined };

struct FunctionRef {
  std::uint32_t index = 0;
  std::string name;        // empty: none known
  bool isListName = true;  // of the name section or a symbol map, as Asyncify's lists take it
  std::optional<std::string> file;  // source position, when debug information gives one
  std::optional<std::uint32_t> line;
};

struct SiteRef {
  std::uint32_t offset = 0;  // byte offset of the call in the original module
  record::SiteKind kind{};
};

// What to change. Empty: the flags alone cannot mend it; `text` says what can.
struct Advice {
  std::vector<std::string> flags;      // for emcc
  std::vector<std::string> wasmOpt;    // the same for wasm-opt
  std::vector<std::string> functions;  // names as the lists accept them
  std::vector<std::string> imports;    // likewise
  std::uint64_t bufferSize = 0;        // bytes; 0: as it is
  std::string text;
  std::optional<bool> verified;  // not tried: nothing
};

struct Finding {
  std::string code;
  int invariant = 0;  // number in "The invariants" of docs/how-it-works.md
  Phase phase{};
  std::uint32_t cycle = 0;  // 0: outside any cycle
  EventPlace place;
  std::uint32_t depth = 0;  // frames between it and the import: orders findings of one place
  std::uint32_t instance = 0;
  std::optional<FunctionRef> function;
  std::optional<SiteRef> site;
  Certainty certainty = Certainty::Proven;
  Harm harm = Harm::NotDetermined;
  std::string explanation;  // whole sentences, the first says what happened
  std::string symptom;      // what was seen afterwards; empty: nothing
  Advice advice;
  std::uint32_t cyclesAffected = 1;
  std::uint32_t lastCycle = 0;  // the last one affected
  // Something of the program's was overwritten: it breaks, whatever the run made of it.
  bool corrupts = false;
  // Of a frame without a record: whether the unwind went through it, as a probe saw or as no probe
  // is there to deny. Where it did not, what happened before is not its doing.
  bool mayHavePassed = true;
};

const char* phaseName(Phase phase);
const char* certaintyName(Certainty certainty);
const char* harmName(Harm harm);
const char* outcomeName(Outcome outcome);
const char* siteKindName(record::SiteKind kind);

}  // namespace asyncscope::analyzer
