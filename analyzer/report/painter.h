// Colours for text reports; none of them where the output is no terminal.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace asyncscope::analyzer {

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}
  std::string bold(std::string_view text) const { return paint("1", text); }
  std::string red(std::string_view text) const { return paint("31", text); }
  std::string green(std::string_view text) const { return paint("32", text); }
  std::string yellow(std::string_view text) const { return paint("33", text); }
  std::string dim(std::string_view text) const { return paint("2", text); }

 private:
  std::string paint(const char* code, std::string_view text) const {
    if (!colour_) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
  }
  bool colour_;
};

}  // namespace asyncscope::analyzer
