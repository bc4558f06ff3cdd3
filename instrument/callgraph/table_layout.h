// What the tables hold when the program starts, and what the data segments do: the facts that
// refine indirect calls.
#pragma once

#include <cstdint>
#include <vector>

#include "instrument/module/module.h"

namespace asyncscope::callgraph {

// Why indices say nothing, so that a call may lead to all of its type in the table.
enum class Unrefined : std::uint8_t {
  No,            // they do
  DynamicTable,  // the loader decides where the elements go
  TableWritten,  // the code writes tables
  NotConstants,  // most functions in the table have their index nowhere: it is computed
};

class TableLayout {
 public:
  explicit TableLayout(const wasm::Module& module);

  // The functions at this index of any table: one, but for several tables or overlaps.
  template <class Visit>
  void forEachAt(std::uint32_t index, Visit visit) const {
    for (std::uint32_t entry = index < first_.size() ? first_[index] : kNone; entry != kNone;
         entry = entries_[entry].next) {
      visit(entries_[entry].function);
    }
  }
  bool holds(std::uint32_t index) const { return index < first_.size() && first_[index] != kNone; }
  // One more than the highest index in use.
  std::uint32_t size() const { return static_cast<std::uint32_t>(first_.size()); }
  // Some element segment has its place from the loader.
  bool isDynamic() const { return dynamic_; }

 private:
  static constexpr std::uint32_t kNone = wasm::kNoIndex;
  // Larger tables of real modules are dense: what lies beyond is hostile.
  static constexpr std::uint64_t kMaximalIndex = 1 << 22;
  struct Entry {
    std::uint32_t function = 0;
    std::uint32_t next = kNone;
  };
  std::vector<std::uint32_t> first_;
  std::vector<Entry> entries_;
  bool dynamic_ = false;
};

// Whether the host can write a table: then it may put any exported function there.
bool hostWritesTables(const wasm::Module& module);

// By function: whether it can be called through a table. `referenced`: of ref.func in bodies.
std::vector<bool> findTableMembers(const wasm::Module& module,
                                   const std::vector<std::uint32_t>& referenced);

// A word of static data that can be an index.
struct DataWord {
  std::uint32_t address = 0;
  std::uint32_t value = 0;
};

// The words of the data segments. Their addresses are known unless the loader decides them.
struct DataWords {
  std::vector<DataWord> indices;   // aligned; of segments with a known place
  std::vector<bool> held;          // by index in the table: some word, aligned or not, is it
  std::vector<DataWord> pointers;  // aligned words that can be addresses of static objects
  bool placed = true;              // all segments have a known place
};

// Below this there are static objects: the size of the memory at the start, within reason.
std::uint32_t staticEnd(const wasm::Module& module);

DataWords readDataWords(const wasm::Module& module, const TableLayout& tables);

}  // namespace asyncscope::callgraph
