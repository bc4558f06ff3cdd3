#include "analyzer/export/exporter.h"

namespace asyncscope::exports {

std::optional<Format> formatNamed(std::string_view name) {
  if (name == "perfetto") return Format::Perfetto;
  if (name == "speedscope") return Format::Speedscope;
  if (name == "jsonl") return Format::JsonLines;
  if (name == "cycles") return Format::CycleRows;
  if (name == "sarif") return Format::Sarif;
  return std::nullopt;
}

void writeExport(Format format, const Input& input, const Sink& sink) {
  switch (format) {
    case Format::Perfetto:
      return writePerfetto(input, sink);
    case Format::Speedscope:
      return writeSpeedscope(input, sink);
    case Format::JsonLines:
      return writeJsonLines(input, sink);
    case Format::CycleRows:
      return writeCycleRows(input, sink);
    case Format::Sarif:
      return writeSarif(input, sink);
  }
}

}  // namespace asyncscope::exports
