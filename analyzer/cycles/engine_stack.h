// Reads the stack text that a JavaScript engine gives (`new Error().stack`) into frames.
//
// Guarantees: frames come innermost first, in the order of the text; a line that is no frame (the
// message of the error, a blank) is skipped; a frame whose place is not known keeps its text.
// Nothing is guessed: a wasm frame is one that the engine itself writes as
// `wasm-function[INDEX]:0xOFFSET` (V8, SpiderMonkey), `NAME@MODULE:wasm-function[INDEX]`
// (JavaScriptCore: no offset) or `MODULE.wasm-function[INDEX or NAME]@[wasm code]` (older ones).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asyncscope::analyzer {

struct EngineFrame {
  bool wasm = false;
  std::string name;            // as the engine prints it; empty: anonymous
  std::string script;          // URL of the script or of the wasm module
  std::uint32_t function = 0;  // wasm: function index; kByName: only `name` is known
  std::uint32_t offset = 0;    // wasm: byte offset in the module that the engine was given
  bool placed = true;          // wasm: whether `offset` is known
  std::uint32_t line = 0;      // JS: from 1; 0: not known
};

inline constexpr std::uint32_t kByName = 0xffffffff;

std::vector<EngineFrame> parseEngineStack(std::string_view text);

}  // namespace asyncscope::analyzer
