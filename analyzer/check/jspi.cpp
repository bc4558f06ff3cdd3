#include "analyzer/check/jspi.h"

#include <fmt/format.h>

#include <algorithm>

#include "instrument/callgraph/type_classes.h"

namespace asyncscope::check {

std::vector<std::string> jspiObstacles(const CheckInput& input) {
  std::vector<std::string> obstacles;
  const wasm::Module& module = input.module;
  std::size_t invokes = 0;
  for (const asyncify::Site& site : input.info.sites) {
    const bool viaHost =
        site.kind == asyncify::SiteKind::Call && site.maySuspend &&
        site.target < module.importedFunctionCount &&
        callgraph::tableCallLetters(module.imports[module.functions[site.target].import]);
    invokes += viaHost ? 1 : 0;
  }
  if (invokes > 0) {
    obstacles.push_back(
        fmt::format("{} calls through invoke_* put JavaScript between suspended frames, and the "
                    "engine suspends none "
                    "(use -fwasm-exceptions and -sSUPPORT_LONGJMP=wasm)",
                    invokes));
  }
  if (std::any_of(input.info.functions.begin(), input.info.functions.end(),
                  [](const asyncify::FunctionInfo& function) { return function.runtime; })) {
    obstacles.push_back(
        "the module makes the control calls itself: it unwinds for its own ends too (setjmp, "
        "coroutines, scanning of the stack)");
  }
  for (const wasm::Import& import : module.imports) {
    if (import.name == "emscripten_fiber_swap" || import.name == "emscripten_scan_registers") {
      obstacles.push_back(fmt::format("{} needs Asyncify itself", import.name));
    }
  }
  if (module.start) {
    const asyncify::FunctionInfo* start = input.info.function(*module.start);
    if (start != nullptr && start->maySuspend) {
      obstacles.push_back("the start function can suspend, and no promise stands for it");
    }
  }
  return obstacles;
}

}  // namespace asyncscope::check
