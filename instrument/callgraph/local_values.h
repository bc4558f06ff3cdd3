// What each local of a function holds at the place where a walk through its code has come to: a
// value, or, where ways meet, a new variable that has the values of all of them as its definitions.
//
//   local.set $x (A)                    block … br_if 0 … local.set $x (B) … end
//     $x is A                             behind it $x is variable 7, defined as A and as B
//   loop … $x … local.set $x (C) … br 0 end
//     the first read of $x in the loop is variable 8, defined as what came in and as C; so is $x
//     where the loop is left before it was changed on that round
//
// Guarantees: a variable has every value that the local can have there. Where that would take too
// long, or exceptions are caught, a local is one variable for the whole function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "instrument/callgraph/value.h"

namespace asyncscope::callgraph {

// Makes variables, and takes their definitions.
class Variables {
 public:
  virtual std::uint32_t newVariable() = 0;
  virtual void define(std::uint32_t variable, Value value) = 0;

 protected:
  ~Variables() = default;
};

class LocalValues {
 public:
  explicit LocalValues(Variables& variables) : variables_(variables) {}

  // A new function. Local i as one variable is firstVariable + i; those that are parameters begin
  // as the variables firstParameter + i, the others as 0. `effort` limits the work.
  void begin(std::uint32_t firstVariable, std::uint32_t count, std::uint32_t firstParameter,
             std::uint32_t paramCount, std::size_t effort);

  Value get(std::uint32_t local);
  void set(std::uint32_t local, Value value);

  // The structure of the code. Depths count from the innermost block, the body itself being one.
  void open(bool loop);
  void otherwise(bool reachable);  // else: the first half of an if ends; whether the second runs
  void close(bool withoutElse);    // end; of an if without else when true
  void branch(std::uint32_t depth);
  void unreachable() { reachable_ = false; }
  bool reachable() const { return reachable_; }
  // From here on locals are variables for the whole function.
  void giveUp() { simple_ = true; }

 private:
  struct Local {
    Value value;
    std::uint32_t loops = 0;  // how many are around the place where it got the value
    std::uint32_t block = 0;  // serial number of the block in whose log the change stands
  };
  struct Change {
    std::uint32_t local = 0;
    Local before;
  };
  using Held = std::pair<std::uint32_t, Value>;  // local, value
  struct Block {
    std::uint32_t serial = 0;
    bool loop = false;
    bool openedReachable = true;
    std::uint32_t edges = 0;     // ways that end here, but for those of a loop
    std::vector<Change> log;     // what was changed since it was opened
    std::vector<Held> incoming;  // per way: locals that were changed on it
    std::unordered_map<std::uint32_t, std::uint32_t> entered;  // loop: local to variable
    std::vector<Held> returned;  // loop: what came back for locals not read so far
    // loop: locals that some way back has changed, and the ways out of it (indices of exits_)
    std::vector<std::uint32_t> cameBack;
    std::vector<std::size_t> exits;
  };
  // A way out of one or more loops, while they are open: the locals that it took a value along for.
  // The others may have been changed on an earlier round, which is known when the loop is closed.
  struct Exit {
    std::size_t target = 0;  // index of a block
    std::unordered_set<std::uint32_t> taken;
  };

  void change(std::uint32_t local, Value value, std::uint32_t loops);
  void arrive(std::size_t targetBlock);
  void take(Block& target, std::uint32_t local, Value value);
  void closeLoop();
  Value ofAnyRound(Block& loop, std::uint32_t local);
  void undo(Block& block);
  void merge(Block& block);

  Variables& variables_;
  std::uint32_t first_ = 0;
  std::size_t effort_ = 0;
  bool simple_ = false;
  bool reachable_ = true;
  std::uint32_t serial_ = 0;
  std::vector<Local> locals_;
  std::vector<Block> blocks_;
  std::vector<std::size_t> loops_;  // indices of the loops among the blocks
  std::vector<Exit> exits_;
  std::vector<std::uint32_t> seen_;  // by local: the walk over logs that met it last
  std::uint32_t walk_ = 0;
};

}  // namespace asyncscope::callgraph
