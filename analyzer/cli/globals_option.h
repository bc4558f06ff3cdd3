// The option --vm-global of the verbs that record: globals of the program that must not change
// under a suspended call.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace asyncscope::cli {

// Each value is NAME[:BYTES] or ADDRESS[:BYTES], 1 to 4096 bytes; others are refused as usage.
void addGlobalsOption(CLI::App& verb, std::vector<std::string>& globals);

}  // namespace asyncscope::cli
