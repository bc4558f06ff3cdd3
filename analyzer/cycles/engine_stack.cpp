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

// `SCRIPT:wasm-function[INDEX]:0xOFFSET`
bool readWasmPlace(std::string_view place, EngineFrame& frame) {
  constexpr std::string_view kMark = "wasm-function[";
  const std::size_t mark = place.find(kMark);
  if (mark == std::string_view::npos) return false;
  const std::size_t close = place.find("]:0x", mark);
  if (close == std::string_view::npos) return false;
  const auto index = number(place.substr(mark + kMark.size(), close - mark - kMark.size()));
  const auto offset = number(place.substr(close + 4), 16);
  if (!index || !offset) return false;
  frame.wasm = true;
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

// V8:            `at NAME (PLACE)` or `at PLACE`
// SpiderMonkey:  `NAME@PLACE`
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
  const std::size_t at = line.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
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
