#include "analyzer/explain/wordings.h"

#include <cctype>

namespace asyncscope::explain {
namespace {

struct Wording {
  std::string_view theirs, v8;
};

// Firefox: js.msg. Safari: WasmExceptionType.h, and older JavaScriptCore. Wasmtime: trap codes. The
// longer before the shorter that they contain.
constexpr Wording kWordings[] = {
    // Safari
    {"unreachable code should not be executed", "unreachable"},
    {"out of bounds memory access", "memory access out of bounds"},
    {"out of bounds call_indirect", "table index is out of bounds"},
    {"out of bounds table access", "table index is out of bounds"},
    {"call_indirect to a null table entry", "null function or function signature mismatch"},
    {"call_indirect to a signature that does not match",
     "null function or function signature mismatch"},
    // wasmtime, wasmer
    {"wasm `unreachable` instruction executed", "wasm trap: unreachable"},
    {"unreachable code executed", "unreachable"},
    {"indirect call type mismatch", "null function or function signature mismatch"},
    {"uninitialized element", "null function or function signature mismatch"},
    // Firefox, whose text does not say whether the index is of the memory or of the table
    {"unreachable executed", "unreachable"},
    {"table index out of bounds", "table index is out of bounds"},
    {"index out of bounds", "memory access out of bounds, or table index is out of bounds"},
    {"indirect call signature mismatch", "null function or function signature mismatch"},
    {"indirect call to null", "null function or function signature mismatch"},
    {"too much recursion", "maximum call stack size exceeded"},
    // older V8
    {"invalid index into function table", "table index is out of bounds"},
};

std::string lowerWithFoldedBlanks(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      result += '\n';
    } else if (std::isspace(byte) != 0) {
      if (!result.empty() && result.back() != ' ') result += ' ';
    } else {
      result += static_cast<char>(std::tolower(byte));
    }
  }
  return result;
}

}  // namespace

std::string normalised(std::string_view text) {
  const std::string lower = lowerWithFoldedBlanks(text);
  std::string result;
  for (std::size_t at = 0; at < lower.size();) {
    const Wording* found = nullptr;
    for (const Wording& wording : kWordings) {
      if (lower.compare(at, wording.theirs.size(), wording.theirs) == 0) {
        found = &wording;
        break;
      }
    }
    if (found == nullptr) {
      result += lower[at++];
    } else {
      result += found->v8;
      at += found->theirs.size();
    }
  }
  return result;
}

}  // namespace asyncscope::explain
