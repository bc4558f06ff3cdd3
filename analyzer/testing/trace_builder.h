// Writes traces by hand, for tests: a module, then events in the order in which they happen.
//
// The stack text is given as frames; offsets in it are those of the original module, as if probing
// had moved nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cycles/cycle_builder.h"
#include "tracer/record/slot.h"
#include "tracer/record/trace_file.h"

namespace asyncscope::analyzer::testing {

struct StackLine {
  std::uint32_t function = record::kNoIndex;  // kNoIndex: JavaScript
  std::uint32_t offset = 0;
  std::string js;  // the engine's name; of wasm functions empty: none
};

// Whose way of writing a stack.
enum class Engine { V8, SpiderMonkey, JavaScriptCore };

// A run with everything that it points into.
struct BuiltRun {
  std::vector<std::uint8_t> bytes;
  record::Trace trace;
  Run run;
};

class TraceBuilder {
 public:
  TraceBuilder();

  record::ModuleTable table;

  // A may-suspend function; sites are added to what is returned.
  record::FunctionEntry& function(std::uint32_t index, std::string name, bool instrumented);
  static record::SiteEntry site(std::uint32_t offset, record::SiteKind kind, bool guarded,
                                std::uint32_t target = 0);
  void import(std::uint32_t index, std::string name, bool suspending);

  void startUnwind(std::uint64_t position, std::uint64_t sp, std::uint32_t before = 0);
  void buffer(std::uint64_t data, std::uint64_t end);
  void stack(const std::vector<StackLine>& lines, Engine engine = Engine::V8);
  void saved(std::uint32_t function, std::uint64_t position, std::uint64_t sp);
  void passed(std::uint32_t function, std::uint32_t site, std::uint64_t position, std::uint64_t sp);
  void stopUnwind(std::uint64_t position, std::uint64_t sp, std::uint32_t before = 1);
  void startRewind(std::uint64_t position, std::uint64_t sp, std::uint32_t before = 0);
  void entered(std::uint32_t function, std::uint64_t position, std::uint64_t sp);
  void stopRewind(std::uint64_t position, std::uint64_t sp, std::uint32_t before = 2);
  void threw(std::uint32_t function, std::uint32_t state, std::string_view text, bool trap);
  void event(record::EventKind kind, std::uint32_t function, std::uint32_t detail,
             std::uint64_t position, std::uint64_t sp, std::string_view payload = {});

  void exitCode(int code) { code_ = code; }
  void uncaught(std::string name, std::string message);

  std::vector<std::uint8_t> bytes() const;
  std::unique_ptr<BuiltRun> build(std::string file = "test.atrace") const;

 private:
  std::vector<std::uint8_t> slots_;
  std::optional<int> code_ = 0;
  std::optional<record::ErrorInfo> error_;
  std::uint32_t stacks_ = 0;
};

}  // namespace asyncscope::analyzer::testing
