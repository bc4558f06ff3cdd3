// Modules that are linked when they are loaded: a suspend in one goes through the calls of another.
#pragma once

#include "analyzer/check/check.h"
#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"

namespace asyncscope::check {

// Another module of the program, with what was recognised in it.
struct Companion {
  const wasm::Module& module;
  const asyncify::AsyncifyInfo& info;
};

// Calls from this module into the other that Asyncify was not told of; a state for each of the two.
void addDylinkFindings(const CheckInput& input, const Companion& other, Check& check);

}  // namespace asyncscope::check
