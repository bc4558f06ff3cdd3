#include "analyzer/testing/small_program.h"

#include <fmt/format.h>

namespace asyncscope::analyzer::testing {

using record::SiteKind;

void addSmallProgram(TraceBuilder& builder) {
  builder.table.name = "small.wasm";
  builder.import(0, "sleep", true);
  builder.function(1, "inner", true).sites = {TraceBuilder::site(0x110, SiteKind::Call, true, 0),
                                              TraceBuilder::site(0x120, SiteKind::Call, true, 0)};
  builder.function(2, "plain", false).sites = {
      TraceBuilder::site(0x210, SiteKind::CallIndirect, false, 0)};
  builder.function(3, "outer", true).sites = {TraceBuilder::site(0x310, SiteKind::Call, true, 2)};
  builder.function(4, "spare", true).sites = {TraceBuilder::site(0x410, SiteKind::Call, true, 1)};
  builder.function(5, "odd", false).sites = {
      TraceBuilder::site(0x510, SiteKind::CallIndirect, false, 0)};
}

void addCycle(TraceBuilder& builder, const SmallCycle& cycle) {
  builder.startUnwind(8, 1000);
  builder.buffer(500, 4104);
  builder.event(
      record::EventKind::Mark, 1, 0, cycle.line, 0,
      fmt::format(R"({{"code": "work", "file": "a.py", "offset": 4, "line": {}}})", cycle.line));
  std::vector<StackLine> stack{{1, 0x110, ""}};
  if (cycle.throughPlain) stack.push_back({2, 0x210, ""});
  if (cycle.throughScript) stack.push_back({record::kNoIndex, 0, "invoke_v"});
  stack.push_back({3, 0x310, ""});
  builder.stack(stack);
  builder.saved(1, 20, 1000);
  if (cycle.throughPlain) builder.passed(2, 0x210, 20, 1000);
  builder.saved(3, 40, 1000);
  builder.stopUnwind(40, 1000);
  if (!cycle.completed) return;
  builder.startRewind(40, 1000);
  builder.entered(3, 40, 1000);
  if (cycle.throughPlain) builder.entered(2, 20, 1000);
  builder.entered(1, 20, 1000);
  builder.stopRewind(8, 1000);
}

}  // namespace asyncscope::analyzer::testing
