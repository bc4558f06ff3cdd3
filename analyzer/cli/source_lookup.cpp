#include "analyzer/cli/source_lookup.h"

#include <algorithm>

namespace asyncscope::cli {

SourceLookup::SourceLookup(const record::Trace& trace)
    : trace_(&trace),
      tables_(std::make_shared<std::map<const record::ModuleTable*, source::LineTable>>()) {}

std::optional<analyzer::SourcePlace> SourceLookup::operator()(const record::ModuleTable& module,
                                                              std::uint32_t offset) const {
  const auto traced = std::find_if(
      trace_->modules.begin(), trace_->modules.end(),
      [&](const record::TracedModule& candidate) { return &candidate.table == &module; });
  if (traced == trace_->modules.end() || traced->debug.empty()) return std::nullopt;
  if (offset < module.codeBegin) return std::nullopt;
  auto table = tables_->find(&module);
  if (table == tables_->end()) {
    std::vector<source::Section> sections;
    for (const record::DebugSection& section : traced->debug) {
      sections.push_back({section.name, section.bytes});
    }
    table = tables_->emplace(&module, source::LineTable(sections)).first;
  }
  const auto place = table->second.at(offset - module.codeBegin);
  if (!place) return std::nullopt;
  return analyzer::SourcePlace{place->file, place->line};
}

}  // namespace asyncscope::cli
