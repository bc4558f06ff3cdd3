#include "instrument/module/test_tools.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

namespace asyncscope::wasm::testing {
namespace fs = std::filesystem;
namespace {

fs::path root(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr ? fs::path(value) : fs::current_path();
}

// A new file name for this process.
fs::path scratchFile(std::string_view extension) {
  static int count = 0;
  return scratchDirectory() / (std::to_string(++count) + std::string(extension));
}

// A script that compiles modules given in base64 and collects one message for each.
std::string compileScript(const std::vector<Bytes>& modules) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string script = "const verdicts = [];\nfor (const text of [\n";
  for (const Bytes& module : modules) {
    script += "  '";
    for (std::size_t i = 0; i < module.size(); i += 3) {
      std::uint32_t group = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        group = group << 8 | (i + k < module.size() ? module[i + k] : 0);
      }
      for (std::size_t k = 0; k < 4; ++k) {
        script += i + k > module.size() ? '=' : kDigits[(group >> (18 - 6 * k)) & 0x3F];
      }
    }
    script += "',\n";
  }
  return script +
         "]) {\n"
         "  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));\n"
         "  try { new WebAssembly.Module(bytes); verdicts.push(''); }\n"
         "  catch (error) { verdicts.push(error.message.replaceAll('\\n', ' ')); }\n"
         "}\n";
}

// The lines between two marks, one for each module.
std::vector<std::string> parseVerdicts(const std::string& output, std::size_t count) {
  std::vector<std::string> verdicts;
  std::istringstream lines(output);
  std::string line;
  while (std::getline(lines, line)) {
    if (const auto mark = line.find("verdict:"); mark != std::string::npos) {
      verdicts.push_back(line.substr(mark + 8));
    }
  }
  EXPECT_EQ(verdicts.size(), count) << output;
  verdicts.resize(count, "the engine gave no verdict");
  return verdicts;
}

}  // namespace

fs::path scratchDirectory() {
  struct Directory {
    fs::path path =
        root("ASYNCSCOPE_BINARY_DIR") / "test-scratch" / ("module-" + std::to_string(getpid()));
    Directory() {
      fs::remove_all(path);
      fs::create_directories(path);
    }
    ~Directory() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  };
  static const Directory directory;
  return directory.path;
}

Bytes readFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void writeFile(const fs::path& path, std::span<const std::uint8_t> bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  EXPECT_TRUE(file) << path;
}

ToolResult runTool(const std::string& command) {
  ToolResult result;
  FILE* pipe = popen(("(" + command + ") 2>&1").c_str(), "r");
  if (pipe == nullptr) {
    return result;
  }
  std::array<char, 65536> buffer;
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), size);
  }
  const int status = pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

bool hasTool(std::string_view name) {
  return runTool("command -v " + std::string(name)).status == 0;
}

Bytes assemble(std::string_view text, const std::string& extraOptions) {
  const fs::path source = scratchFile(".wat");
  const fs::path target = scratchFile(".wasm");
  writeFile(source, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  const ToolResult result = runTool("wat2wasm --enable-all " + extraOptions + " " +
                                    source.string() + " -o " + target.string());
  EXPECT_EQ(result.status, 0) << result.output;
  return result.status == 0 ? readFile(target) : Bytes();
}

std::string wabtVerdict(std::span<const std::uint8_t> module) {
  const fs::path file = scratchFile(".wasm");
  writeFile(file, module);
  const ToolResult result = runTool("wasm-validate --enable-all " + file.string());
  return result.status == 0 ? "" : "wasm-validate: " + result.output;
}

std::vector<std::string> nodeVerdicts(const std::vector<Bytes>& modules) {
  const fs::path script = scratchFile(".cjs");
  const std::string text =
      compileScript(modules) + "for (const v of verdicts) console.log('verdict:' + v);\n";
  writeFile(script, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return parseVerdicts(runTool("node --experimental-wasm-memory64 " + script.string()).output,
                       modules.size());
}

std::vector<std::string> chromiumVerdicts(const std::vector<Bytes>& modules) {
  const fs::path page = scratchFile(".html");
  const std::string text = "<!doctype html><pre id=out></pre><script>\n" + compileScript(modules) +
                           "document.getElementById('out').textContent =\n"
                           "    verdicts.map((v) => '\\nverdict:' + v).join('') + '\\n';\n"
                           "document.querySelector('script').remove();</script>\n";
  writeFile(page, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return parseVerdicts(runTool("chromium --headless --no-sandbox --disable-gpu --dump-dom"
                               " --user-data-dir=" +
                               (scratchDirectory() / "chromium").string() + " file://" +
                               page.string() + " 2>/dev/null")
                           .output,
                       modules.size());
}

std::vector<std::vector<Disassembled>> disassemble(std::span<const std::uint8_t> module) {
  const fs::path file = scratchFile(".wasm");
  writeFile(file, module);
  std::istringstream lines(runTool("wasm-objdump -d " + file.string()).output);
  std::vector<std::vector<Disassembled>> functions;
  std::string line;
  while (std::getline(lines, line)) {
    // "00001d func[0] <name>:", or " 000022: fd 0c 01 … | v128.const 0x…"
    const auto bar = line.find('|');
    if (bar == std::string::npos) {
      if (line.size() > 7 && line.compare(6, 6, " func[") == 0) {
        functions.emplace_back();
      }
      continue;
    }
    const auto begin = line.find_first_not_of(' ', bar + 1);
    if (begin == std::string::npos || functions.empty()) {
      continue;  // the bytes of a long instruction go on
    }
    const auto end = line.find(' ', begin);
    const std::string name = line.substr(begin, end == std::string::npos ? end : end - begin);
    if (name.starts_with("local[")) {
      continue;
    }
    const auto offset = std::strtoul(line.c_str(), nullptr, 16);
    functions.back().push_back({static_cast<std::uint32_t>(offset), name});
  }
  return functions;
}

std::vector<NamedModule> testModules() {
  std::vector<NamedModule> modules;
  for (const auto& entry :
       fs::directory_iterator(root("ASYNCSCOPE_SOURCE_DIR") / "instrument/module/testdata")) {
    if (entry.path().extension() == ".wat") {
      const Bytes text = readFile(entry.path());
      modules.push_back(
          {entry.path().stem().string(),
           assemble({reinterpret_cast<const char*>(text.data()), text.size()}, "--debug-names")});
    }
  }
  EXPECT_FALSE(modules.empty());
  std::sort(modules.begin(), modules.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return modules;
}

}  // namespace asyncscope::wasm::testing
