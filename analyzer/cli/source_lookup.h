// File and line for the offsets of a trace's modules, from the debug information that the trace
// holds. The line table of a module is read when it is first asked for.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "analyzer/cycles/run.h"
#include "instrument/source/line_table.h"
#include "tracer/record/trace.h"

namespace asyncscope::cli {

// A value that can be copied, as std::function wants; copies share what was read.
class SourceLookup {
 public:
  // The trace must outlive it.
  explicit SourceLookup(const record::Trace& trace);

  // `offset` is one in the original module.
  std::optional<analyzer::SourcePlace> operator()(const record::ModuleTable& module,
                                                  std::uint32_t offset) const;

 private:
  const record::Trace* trace_;
  std::shared_ptr<std::map<const record::ModuleTable*, source::LineTable>> tables_;
};

}  // namespace asyncscope::cli
