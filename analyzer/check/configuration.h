// How the Asyncify pass was told to work on a module, as far as the result shows it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"

namespace asyncscope::check {

// One thing that was inferred, with how sure it is and what shows it.
struct Inferred {
  explicit Inferred(std::string key) : name(std::move(key)) {}

  std::string name;   // stable: the key in JSON
  std::string value;  // in words
  bool certain = false;
  std::string because;
};

std::vector<Inferred> inferConfiguration(const wasm::Module& module,
                                         const asyncify::AsyncifyInfo& info);

}  // namespace asyncscope::check
