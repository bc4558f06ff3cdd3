// What a plain frame does around a call that a suspend goes through: it runs on from there during
// the unwind, and from its top again during the rewind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"

namespace asyncscope::check {

struct FrameEffects {
  bool movesStackPointer = false;
  bool before = false;         // writes or calls on the way to the call: done twice
  bool after = false;          // … behind it: done with a result that is none
  bool repeats = false;        // the call is in a loop: it may be made again during the unwind
  bool assertsBehind = false;  // Asyncify's own check stands behind it: it traps at once
  std::string what;            // the first effect, as an instruction: "i32.store at 0x1234"

  bool any() const { return before || after || repeats; }
};

// One walk through a function, for all of its calls. Order in the code stands for order in time:
// what stands before the call in the text counts as before it; in a loop there is no order.
class FunctionEffects {
 public:
  FunctionEffects(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                  std::uint32_t function);

  // Of the call at this offset.
  FrameEffects around(std::uint32_t offset) const;

 private:
  struct Effect {
    std::uint32_t offset = 0;
    std::uint32_t opcode = 0;
  };
  std::vector<Effect> effects_;
  std::vector<std::uint32_t> inLoops_;  // offsets of calls
  std::uint32_t lastStateRead_ = 0;
  bool movesStackPointer_ = false;
};

}  // namespace asyncscope::check
