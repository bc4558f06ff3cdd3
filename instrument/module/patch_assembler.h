// The second half of the patcher: puts the new module together from the collected requests.
//
// First a plan of every function that changes (its new size), since sizes stand before what they
// measure and code metadata stands before the code; then one pass over the sections that copies
// whole stretches and writes the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "instrument/module/patcher.h"
#include "support/result.h"

namespace asyncscope::wasm {

class PatchAssembler {
 public:
  explicit PatchAssembler(Patcher& patcher) : patcher_(patcher), module_(patcher.module_) {}

  support::Result<Patched> assemble();

 private:
  // A function that changes, with its share of the edits and of the appended locals.
  struct FunctionPlan {
    std::uint32_t function;
    std::size_t firstEdit;
    std::size_t lastEdit;  // one behind
    std::size_t firstLocals;
    std::size_t lastLocals;    // one behind
    std::uint64_t bodySize;    // new, without its own size field
    std::uint32_t groupCount;  // old number of groups of locals,
    std::uint32_t groups;      // which begin at this offset
  };

  std::optional<support::Error> plan();
  std::optional<support::Error> planEdits(FunctionPlan& plan) const;
  void planLocals(FunctionPlan& plan) const;
  void writeLocals(const FunctionPlan& plan, support::ByteWriter& writer) const;
  std::optional<std::uint32_t> moved(std::uint32_t function, std::uint32_t bodyOffset) const;
  std::uint64_t largestPossibleSize() const;

  bool isAdded(SectionId id) const;
  std::size_t slotOf(SectionId missing) const;
  void writeSections();
  void writeSection(const Section& section);
  void writeVector(const Section& section);
  void writeCode(const Section& section);
  void writeBody(const FunctionPlan& plan);
  void writeCodeMetadata(const Section& section);
  void writeNames(const Section& section);
  void writeNewSection(SectionId id);

  // --- Output: every byte of the new module goes through one of these
  // -----------------------------
  void copy(Range range);
  void insertBytes(std::uint32_t original, std::span<const std::uint8_t> bytes);
  void addBytes(std::span<const std::uint8_t> bytes);
  void addLeb(std::uint64_t value);
  void addHeader(SectionId id, std::uint64_t size);
  void startRun(OffsetRun::Kind kind, std::uint32_t original);

  Patcher& patcher_;
  const Module& module_;
  std::vector<FunctionPlan> plans_;        // ascending
  std::vector<std::int64_t> sizeChanges_;  // by edit: the sum of all up to and with it
  std::vector<std::uint8_t> out_;
  std::vector<OffsetRun> runs_;
  std::uint32_t cursor_ = 0;  // behind the last original byte dealt with
};

}  // namespace asyncscope::wasm
