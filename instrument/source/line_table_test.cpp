// Places in a program that emcc builds here with -g, after Asyncify, held against llvm-dwarfdump's
// own reading where that is installed; and sections that are no DWARF.
#include "instrument/source/line_table.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "instrument/module/module.h"

namespace asyncscope::source {
namespace {

constexpr const char* kProgram = R"(#include <emscripten.h>
__attribute__((noinline)) int nap(int x) {
  emscripten_sleep(1);
  return x + 1;
}
int main(void) {
  return nap(41) == 42 ? 0 : 1;
}
)";

std::vector<std::uint8_t> build() {
  const std::filesystem::path dir = std::filesystem::temp_directory_path() / "asyncscope-lines";
  std::filesystem::create_directories(dir);
  std::ofstream(dir / "nap.c") << kProgram;
  const std::string command =
      "cd '" + dir.string() +
      "' && NODE_PATH=${NODE_PATH:-/usr/share/nodejs} emcc -g -O1 -sASYNCIFY "
      "nap.c -o nap.js > log 2>&1";
  if (std::system(command.c_str()) != 0) return {};
  std::ifstream file(dir / "nap.wasm", std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove_all(dir);
  return bytes;
}

std::vector<Section> debugSections(const wasm::Module& module) {
  std::vector<Section> sections;
  for (const wasm::Section& section : module.sections) {
    if (!section.name.starts_with(".debug_")) continue;
    sections.push_back({section.name, module.slice(section.content)});
  }
  return sections;
}

TEST(LineTable, GivesTheLinesOfAFunctionThroughAsyncify) {
  const std::vector<std::uint8_t> bytes = build();
  ASSERT_FALSE(bytes.empty()) << "emcc failed";
  const auto module = wasm::readModule(bytes);
  ASSERT_TRUE(module.has_value());
  const LineTable lines(debugSections(*module));
  const auto names = module->functionNames();
  const std::uint32_t code = module->section(wasm::SectionId::Code)->content.begin;
  std::vector<std::uint32_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != "nap") continue;
    const wasm::Range body = module->functions[i].body;
    const auto first = lines.at(body.begin - code);
    ASSERT_TRUE(first.has_value());
    EXPECT_TRUE(first->file.ends_with("nap.c")) << first->file;
    for (std::uint32_t at = body.begin; at < body.end; ++at) {
      const auto place = lines.at(at - code);
      if (place && (seen.empty() || seen.back() != place->line)) seen.push_back(place->line);
    }
  }
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.front(), 2u);
  for (const std::uint32_t line : seen) {
    EXPECT_GE(line, 2u);
    EXPECT_LE(line, 5u);
  }
  EXPECT_NE(std::find(seen.begin(), seen.end(), 3u), seen.end());
}

TEST(LineTable, SectionsThatAreNoDwarfGiveNothing) {
  EXPECT_FALSE(LineTable({}).at(0).has_value());
  const std::vector<std::uint8_t> noise(300, 0x5a);
  for (const std::string_view name : {".debug_info", ".debug_line", ".debug_abbrev"}) {
    EXPECT_FALSE(LineTable({{name, noise}}).at(100).has_value()) << name;
  }
  EXPECT_FALSE(LineTable({{".debug_info", noise}, {".debug_line", noise}, {".debug_abbrev", noise}})
                   .at(100)
                   .has_value());
}

}  // namespace
}  // namespace asyncscope::source
