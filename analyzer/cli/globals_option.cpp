#include "analyzer/cli/globals_option.h"

#include <fmt/format.h>

#include <charconv>

#include "support/text.h"

namespace asyncscope::cli {
namespace {

constexpr unsigned kMostBytes = 4096;

// As tracer/runtime/declared.mjs reads it: an error text, or none.
std::string checkGlobal(const std::string& text) {
  const std::size_t colon = text.find(':');
  bool valid = !text.empty() && colon != 0 && text.find(',') == std::string::npos;
  if (valid && colon != std::string::npos) {
    unsigned bytes = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, bytes);
    valid = error == std::errc() && rest == end && bytes >= 1 && bytes <= kMostBytes;
  }
  if (valid) return "";
  return fmt::format("\"{}\" is neither NAME[:BYTES] nor ADDRESS[:BYTES], of 1 to {} bytes",
                     support::escaped(text), kMostBytes);
}

}  // namespace

void addGlobalsOption(CLI::App& verb, std::vector<std::string>& globals) {
  verb.add_option("--vm-global", globals,
                  "A global that must be what it was when a suspended call goes on: the name under "
                  "which its address is exported, or the address, and its bytes (4)")
      ->type_name("NAME[:BYTES]")
      ->allow_extra_args(false)
      ->check(CLI::Validator(checkGlobal, "", "vm-global"));
}

}  // namespace asyncscope::cli
