#include "analyzer/invariants/imports.h"

#include <algorithm>
#include <iterator>

namespace asyncscope::analyzer {
namespace {

// Engines write "Object.invoke_vi", glue "_invoke_vi".
std::string_view bare(std::string_view name) {
  if (const std::size_t dot = name.rfind('.'); dot != std::string_view::npos) {
    name.remove_prefix(dot + 1);
  }
  while (name.starts_with('_')) name.remove_prefix(1);
  return name;
}

}  // namespace

const record::ImportEntry* importOf(const record::ModuleTable& module, std::uint32_t function) {
  for (const record::ImportEntry& entry : module.imports) {
    if (entry.index == function) return &entry;
  }
  return nullptr;
}

bool isInvoke(std::string_view name) { return bare(name).starts_with("invoke_"); }

bool isDynCall(std::string_view name) { return bare(name).starts_with("dynCall"); }

bool onlyPassesOn(std::string_view name) {
  name = bare(name);
  return isInvoke(name) || isDynCall(name) || name == "call_sighandler";
}

bool isCarrier(std::string_view name) {
  name = bare(name);
  return name.starts_with("emscripten_asm_const_") || name == "emscripten_force_exit" ||
         name == "emscripten_receive_on_main_thread_js";
}

bool isListedByEmscripten(const record::ImportEntry& import) {
  // From the default of its setting, of all versions.
  constexpr std::string_view kNames[] = {"emscripten_sleep",
                                         "emscripten_wget",
                                         "emscripten_wget_data",
                                         "emscripten_idb_load",
                                         "emscripten_idb_store",
                                         "emscripten_idb_delete",
                                         "emscripten_idb_exists",
                                         "emscripten_idb_clear",
                                         "emscripten_idb_load_blob",
                                         "emscripten_idb_store_blob",
                                         "SDL_Delay",
                                         "emscripten_scan_registers",
                                         "emscripten_lazy_load_code",
                                         "emscripten_fiber_swap",
                                         "emval_await",
                                         "dlopen_js",
                                         "asyncjs__",
                                         "fd_sync"};
  const std::string_view name = bare(import.name);
  return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view known) {
    return known == "asyncjs__" ? name.starts_with(known) : name == known;
  });
}

bool isMinified(std::string_view module, std::string_view name) {
  constexpr std::size_t kShort = 3;
  return module.size() == 1 && name.size() <= kShort;
}

bool isMinified(const record::ImportEntry& import) {
  return isMinified(import.module, import.name);
}

}  // namespace asyncscope::analyzer
