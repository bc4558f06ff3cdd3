// For tests: modules from text, and the referees that we did not write (wabt, Node, Chromium).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asyncscope::wasm::testing {

using Bytes = std::vector<std::uint8_t>;

// A directory of this test program's own, below the build root; removed and made anew at first use.
std::filesystem::path scratchDirectory();

Bytes readFile(const std::filesystem::path& path);
void writeFile(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

struct ToolResult {
  int status = -1;     // the exit code
  std::string output;  // standard output and error together
};
// Runs a command line in a shell.
ToolResult runTool(const std::string& command);
bool hasTool(std::string_view name);

// The binary of a module in the text format, by wat2wasm with everything enabled; fails the test
// when the text is wrong. extraOptions go on its command line.
Bytes assemble(std::string_view text, const std::string& extraOptions = "");

// "" when wasm-validate (everything enabled) accepts the module, else what it says.
std::string wabtVerdict(std::span<const std::uint8_t> module);

// For each module "" when Node's engine compiles it, else the engine's message.
std::vector<std::string> nodeVerdicts(const std::vector<Bytes>& modules);
// The same by a headless Chromium, which knows newer features; needs hasTool("chromium").
std::vector<std::string> chromiumVerdicts(const std::vector<Bytes>& modules);

// One line of wasm-objdump -d that begins an instruction.
struct Disassembled {
  std::uint32_t offset = 0;
  std::string name;  // "i32.const"
};
// What wasm-objdump -d says of a module, one list for each defined function.
std::vector<std::vector<Disassembled>> disassemble(std::span<const std::uint8_t> module);

// The modules in the text format that stand in testdata/, assembled; sorted by name.
struct NamedModule {
  std::string name;
  Bytes bytes;
};
std::vector<NamedModule> testModules();

}  // namespace asyncscope::wasm::testing
