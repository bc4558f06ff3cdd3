// Which functions an indirect call can lead to: from its type alone to what the binary shows.
//
//   1 signature   every function of the type
//   2 table       … that is in a table, or that the host can put there
//   3 held        … whose index the module has at all: as a word of its data, as a number that its
//                 code keeps, or in the hands of the host; or, where the index is known to come
//                 from certain numbers only (constants, arguments of all callers), just those
//   4 slot        … that lies where the call can load its index from: at the same offset from the
//                 start of something as the load has, in constant data or stored there by code
//
// The first three never leave out a call that a program can make, on two conditions: that an index
// is not computed and then kept in memory (compilers do not), and that the host makes up no indices
// of its own. Where these cannot hold, and the module shows it, the second is used (`unrefined`).
// The fourth rests on more: that a pointer to the inside of an object is not passed around as if it
// was the object. So it only tells the likely from the possible.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "instrument/callgraph/index_flow.h"
#include "instrument/callgraph/lists.h"
#include "instrument/callgraph/table_layout.h"
#include "instrument/callgraph/type_classes.h"
#include "instrument/module/module.h"
#include "support/result.h"

namespace asyncscope::callgraph {

// One call through the table, with what can be called there.
struct TargetSite {
  enum class By : std::uint8_t { Table, Held, Constants };

  std::uint32_t function = 0;
  std::uint32_t offset = 0;               // of the call's opcode
  std::uint32_t import = wasm::kNoIndex;  // of invoke_*: the call of it counts as the site
  std::uint32_t possible = 0;             // sets of Targets
  std::uint32_t likely = 0;
  std::uint32_t bySignature = 0, inTable = 0;  // how many functions
  By by = By::Table;
};

class Targets {
 public:
  // Time and memory linear in the module,
  // but for the slots: those are counted in the hundreds.
  static support::Result<Targets> find(const wasm::Module& module, SuspendGlobals globals);

  // In the order of the code.
  std::span<const TargetSite> sites() const { return sites_; }
  // nullptr: there is none at that offset.
  const TargetSite* at(std::uint32_t offset) const;
  // The functions of a set, ascending.
  std::span<const std::uint32_t> functions(std::uint32_t set) const { return sets_[set]; }
  std::uint32_t setCount() const { return static_cast<std::uint32_t>(sets_.size()); }
  Unrefined unrefined() const { return unrefined_; }
  // Whether the function can be called through a table at all.
  bool inTable(std::uint32_t function) const { return inTable_[function]; }

 private:
  friend class TargetFinder;

  std::vector<TargetSite> sites_;
  std::vector<std::vector<std::uint32_t>> sets_;
  std::vector<bool> inTable_;
  Unrefined unrefined_ = Unrefined::No;
};

}  // namespace asyncscope::callgraph
