// The only file input and output of the command.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support/result.h"

namespace asyncscope::cli {

support::Result<std::vector<std::uint8_t>> readFile(const std::string& path);
// Creates the file or replaces what is in it.
support::Result<void> writeFile(const std::string& path, std::span<const std::uint8_t> bytes);
support::Result<void> appendFile(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace asyncscope::cli
