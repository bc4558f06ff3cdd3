#include "analyzer/cycles/engine_stack.h"

#include <charconv>

namespace asyncscope::analyzer {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint32_t> number(std::string_view digits, int base = 10) {
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// `SCRIPT:wasm-function[INDEX]:0xOFFSET`; JavaScriptCore ends at the bracket.
bool readWasmPlace(std::string_view place, EngineFrame& frame) {
  constexpr std::string_view kMark = "wasm-function[", kOffset = ":0x";
  const std::size_t mark = place.find(kMark);
  if (mark == std::string_view::npos) return false;
  const std::size_t close = place.find(']', mark);
  if (close == std::string_view::npos) return false;
  const auto index = number(place.substr(mark + kMark.size(), close - mark - kMark.size()));
  const std::string_view rest = place.substr(close + 1);
  const bool placed = rest.substr(0, kOffset.size()) == kOffset;
  const auto offset = placed ? number(rest.substr(kOffset.size()), 16) : 0;
  if (!index || !offset || (!placed && !rest.empty())) return false;
  frame.wasm = true;
  frame.placed = placed;
  frame.function = *index;
  frame.offset = *offset;
  frame.script = std::string(place.substr(0, mark == 0 ? 0 : mark - 1));
  return true;
}

// `SCRIPT:LINE:COLUMN`
void readScriptPlace(std::string_view place, EngineFrame& frame) {
  const std::size_t column = place.rfind(':');
  if (column != std::string_view::npos && column > 0) {
    const std::size_t line = place.rfind(':', column - 1);
    if (line != std::string_view::npos) {
      if (const auto value = number(place.substr(line + 1, column - line - 1))) {
        frame.line = *value;
        frame.script = std::string(place.substr(0, line));
        return;
      }
    }
  }
  frame.script = std::string(place);
}

EngineFrame frameOf(std::string_view name, std::string_view place) {
  EngineFrame frame;
  frame.name = std::string(name);
  if (!readWasmPlace(place, frame)) readScriptPlace(place, frame);
  return frame;
}

// JavaScriptCore of some years ago: `MODULE.wasm-function[INDEX or NAME]`, in the place of a name.
// Its stubs between JavaScript and wasm (`wasm-stub`) are no frames of anybody.
std::optional<EngineFrame> frameInWasmCode(std::string_view name) {
  constexpr std::string_view kMark = ".wasm-function[";
  const std::size_t mark = name.find(kMark);
  if (mark == std::string_view::npos || name.back() != ']') return std::nullopt;
  const std::string_view which =
      name.substr(mark + kMark.size(), name.size() - mark - kMark.size() - 1);
  EngineFrame frame;
  frame.wasm = true;
  frame.placed = false;
  frame.script = std::string(name.substr(0, mark));
  if (const auto index = number(which)) {
    frame.function = *index;
  } else {
    frame.function = kByName;
    frame.name = std::string(which);
  }
  return frame;
}

// Where `NAME@PLACE` is parted: both may hold an @ (names of C++, addresses of packages), but a
// place begins with a scheme, a slash or a bracket (`[native code]`, `<?>:wasm-function[3]`).
std::size_t findPlace(std::string_view line) {
  for (std::size_t at = line.find('@'); at != std::string_view::npos; at = line.find('@', at + 1)) {
    const std::string_view place = line.substr(at + 1);
    const std::size_t word = place.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+.-");
    const bool scheme = word != 0 && word != std::string_view::npos && place[word] == ':';
    if (scheme ||
        (!place.empty() && (std::string_view("/[<").find(place.front()) != std::string_view::npos)))
      return at;
  }
  return line.rfind('@');
}

// V8:                            `at NAME (PLACE)` or `at PLACE`
// SpiderMonkey, JavaScriptCore:  `NAME@PLACE`
std::optional<EngineFrame> readLine(std::string_view line) {
  constexpr std::string_view kAt = "at ";
  if (line.substr(0, kAt.size()) == kAt) {
    line.remove_prefix(kAt.size());
    const std::size_t open = line.rfind(" (");
    if (open != std::string_view::npos && line.back() == ')') {
      return frameOf(line.substr(0, open), line.substr(open + 2, line.size() - open - 3));
    }
    return frameOf({}, line);
  }
  const std::size_t at = findPlace(line);
  if (at == std::string_view::npos) return std::nullopt;
  if (line.substr(at + 1) == "[wasm code]") return frameInWasmCode(line.substr(0, at));
  return frameOf(line.substr(0, at), line.substr(at + 1));
}

}  // namespace

std::vector<EngineFrame> parseEngineStack(std::string_view text) {
  std::vector<EngineFrame> frames;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (auto frame = readLine(line)) frames.push_back(std::move(*frame));
  }
  return frames;
}

}  // namespace asyncscope::analyzer
