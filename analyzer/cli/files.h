// The only file input and output of the command.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support/result.h"

namespace asyncscope::cli {

support::Result<std::vector<std::uint8_t>> readFile(const std::string& path);
// Its text, or none where it cannot be read.
std::string textOf(const std::string& path);
// Creates the file or replaces what is in it.
support::Result<void> writeFile(const std::string& path, std::span<const std::uint8_t> bytes);
support::Result<void> writeText(const std::string& path, const std::string& text);
support::Result<void> appendFile(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace asyncscope::cli
