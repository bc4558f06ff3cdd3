#include "instrument/asyncify/known_imports.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace asyncscope::asyncify {
namespace {

constexpr std::array<std::string_view, 10> kSuspending = {
    "emscripten_sleep",      "emscripten_wget",          "emscripten_wget_data",
    "emscripten_idb_load",   "emscripten_idb_store",     "emscripten_idb_delete",
    "emscripten_idb_exists", "emscripten_idb_load_blob", "emscripten_idb_store_blob",
    "emscripten_fiber_swap",
};

constexpr std::array<std::string_view, 8> kSynchronous = {
    "__resumeException",         "llvm_eh_typeid_for", "getTempRet0", "setTempRet0",
    "_emscripten_throw_longjmp", "emscripten_longjmp", "abort",       "exit",
};

template <std::size_t kCount>
bool isOneOf(const std::array<std::string_view, kCount>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool isKnownSuspending(const wasm::Import& import) {
  return import.name.starts_with("__asyncjs__") || isOneOf(kSuspending, import.name);
}

bool isKnownSynchronous(const wasm::Import& import) {
  return import.name.starts_with("__cxa_") || isOneOf(kSynchronous, import.name);
}

}  // namespace asyncscope::asyncify
