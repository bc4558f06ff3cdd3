// Functions that give back their first argument as it came in, as memcpy and memset do: what their
// callers hold afterwards is what they passed, whatever other callers pass.
//
// Told by the code: the first parameter is never set, and wherever the function is left, it is what
// was pushed last. A function in which that cannot be seen at a glance is none.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "instrument/module/module.h"

namespace asyncscope::callgraph {

enum class Returns : std::uint8_t {
  Other,
  First,       // memset
  FirstFilled  // and it reads memory: it may have copied something to where its argument points
};

class FirstArgument {
 public:
  explicit FirstArgument(const wasm::Module& module)
      : module_(module), known_(module.functions.size()) {}

  // Looks at each function once. Imports are Other.
  Returns of(std::uint32_t function);

 private:
  Returns look(std::uint32_t function) const;

  const wasm::Module& module_;
  std::vector<std::optional<Returns>> known_;  // by function
};

}  // namespace asyncscope::callgraph
