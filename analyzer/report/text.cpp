#include "analyzer/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "analyzer/correlate/correlation.h"
#include "analyzer/invariants/invariants.h"
#include "analyzer/report/painter.h"
#include "analyzer/report/sentence.h"
#include "support/text.h"

namespace asyncscope::analyzer {
namespace {

std::string safe(std::string_view text) { return support::escaped(text); }

std::string frameName(const Run& run, const Cycle& cycle, const Frame& frame) {
  if (frame.fate == Frame::Fate::JavaScript) return "JS " + safe(frame.text);
  return safe(functionText(functionRef(run, cycle.thread, frame.instance, frame.function)));
}

const char* fateName(const Frame& frame) {
  switch (frame.fate) {
    case Frame::Fate::Saved:
      return "saved";
    case Frame::Fate::NotSaved:
      return "NOT SAVED";
    case Frame::Fate::NotReached:
      return "not reached";
    case Frame::Fate::JavaScript:
      return "";
  }
  return "";
}

std::string siteColumn(const Run& run, const Cycle& cycle, const Frame& frame) {
  if (!frame.site) return "";
  const record::ModuleTable* module = run.moduleOf(cycle.thread, frame.instance);
  const record::SiteEntry* site =
      module == nullptr ? nullptr : module->site(frame.function, *frame.site);
  if (site == nullptr) return fmt::format("{:#x}", *frame.site);
  return fmt::format("{} at {:#x}", siteKindName(site->kind), site->offset);
}

// Lines one below the other; what recursion repeats is told once, with how often.
std::string folded(const std::vector<std::string>& lines) {
  constexpr std::size_t kMostAlike = 3;
  std::string text;
  for (std::size_t i = 0; i < lines.size();) {
    std::size_t end = i + 1;
    while (end < lines.size() && lines[end] == lines[i]) ++end;
    const std::size_t alike = end - i;
    const std::size_t told = alike > kMostAlike ? 1 : alike;
    for (std::size_t k = 0; k < told; ++k) text += lines[i];
    if (alike > told) text += fmt::format("  … {} more like it\n", alike - told);
    i = end;
  }
  return text;
}

// The stack as it stood at the suspend, innermost first, with what each frame pushed.
std::string stackTable(const Run& run, const Cycle& cycle, const Painter& paint) {
  std::size_t nameWidth = 8, siteWidth = 4;
  for (const Frame& frame : cycle.frames) {
    if (frame.fate == Frame::Fate::JavaScript) continue;  // told on a line without columns
    nameWidth = std::max(nameWidth, frameName(run, cycle, frame).size());
    siteWidth = std::max(siteWidth, siteColumn(run, cycle, frame).size());
  }
  std::string text = fmt::format("  {:<{}}  {:<{}}  {:<11}  {:>8}  {:>12}\n", "function", nameWidth,
                                 "site", siteWidth, "record", "bytes", "C stack");
  std::vector<std::string> lines;
  for (const Frame& frame : cycle.frames) {
    const bool saved = frame.fate == Frame::Fate::Saved;
    const std::string bytes = saved ? fmt::format("{}", frame.recordEnd - frame.recordBegin) : "";
    std::string fate = fmt::format("{:<11}", fateName(frame));
    if (frame.fate == Frame::Fate::NotSaved) fate = paint.red(fate);
    if (frame.fate == Frame::Fate::JavaScript) {
      lines.push_back(fmt::format("  {}\n", frameName(run, cycle, frame)));
      continue;
    }
    lines.push_back(fmt::format("  {:<{}}  {:<{}}  {}  {:>8}  {:>12}\n",
                                frameName(run, cycle, frame), nameWidth,
                                siteColumn(run, cycle, frame), siteWidth, fate, bytes,
                                frame.sp == 0 ? std::string() : fmt::format("{}", frame.sp)));
  }
  return text + folded(lines);
}

// Positions are told from where the unwind began: what counts is how many bytes lie in the buffer.
std::string positionText(const Cycle& cycle, std::uint64_t position) {
  const std::uint64_t start = cycle.startUnwind.position;
  return position >= start ? fmt::format("{}", position - start)
                           : fmt::format("-{}", start - position);
}

std::string stepText(const Run& run, const Cycle& cycle, const Step& step) {
  const FunctionRef ref = functionRef(run, cycle.thread, step.instance, step.function);
  const char* mark = step.kind == Step::Kind::Passed ? " <- no record" : "";
  return fmt::format("{} position {} sp {}{}", safe(functionText(ref)),
                     positionText(cycle, step.position), step.sp, mark);
}

// Both halves of the cycle in the order in which they happened.
std::string stepColumns(const Run& run, const Cycle& cycle) {
  constexpr std::size_t kMostRows = 40;
  std::vector<std::string> left, right;
  for (const Step& step : cycle.unwind) left.push_back(stepText(run, cycle, step));
  for (const Step& step : cycle.rewind) right.push_back(stepText(run, cycle, step));
  std::size_t width = 6;
  for (const std::string& cell : left) width = std::max(width, cell.size());
  std::string text = fmt::format("  {:<{}}   {}\n", "unwind", width, "rewind");
  const std::size_t rows = std::max(left.size(), right.size());
  for (std::size_t i = 0; i < std::min(rows, kMostRows); ++i) {
    const std::string cell = i < left.size() ? left[i] : "";
    const std::string other = i < right.size() ? right[i] : "";
    text += other.empty() ? fmt::format("  {}\n", cell)
                          : fmt::format("  {:<{}}   {}\n", cell, width, other);
  }
  if (rows > kMostRows) text += fmt::format("  … {} more\n", rows - kMostRows);
  return text;
}

std::string markText(const Mark& mark) {
  std::string text = safe(mark.file);
  if (mark.line != 0) text += fmt::format(":{}", mark.line);
  if (!mark.code.empty()) text += fmt::format(" in {}", safe(mark.code));
  return text + fmt::format(", bytecode offset {}, depth {}", mark.offset, mark.depth);
}

std::string evidence(const Run& run, const Finding& finding, const Painter& paint) {
  std::string text;
  if (finding.cycle != 0 && finding.cycle <= run.cycles.size()) {
    const Cycle& cycle = run.cycles[finding.cycle - 1];
    text += fmt::format("Stack at the suspend of cycle {}, innermost first{}\n", cycle.number,
                        cycle.stackInferred ? " (inferred from a cycle that began alike)" : "");
    text += stackTable(run, cycle, paint);
    if (cycle.suspendedAt) {
      text += fmt::format("  the program stood at {}\n", markText(*cycle.suspendedAt));
    }
    if (!cycle.unwind.empty() || !cycle.rewind.empty()) {
      text += fmt::format("\nCycle {} as it happened\n{}", cycle.number, stepColumns(run, cycle));
    }
  }
  if (!finding.symptom.empty()) {
    text += fmt::format("\nWhat followed\n  {}\n", safe(finding.symptom));
  }
  return text;
}

std::string adviceText(const Advice& advice, const Painter& paint) {
  std::string text;
  for (const std::string& flag : advice.flags) {
    text += fmt::format("  emcc      {}\n", paint.bold(safe(flag)));
  }
  for (const std::string& flag : advice.wasmOpt) {
    text += fmt::format("  wasm-opt  {}\n", paint.bold(safe(flag)));
  }
  if (!advice.text.empty()) text += fmt::format("  {}\n", safe(advice.text));
  if (text.empty()) return "  none: what mends it is not determined\n";
  if (!advice.flags.empty() || !advice.wasmOpt.empty()) {
    text +=
        advice.verified == true
            ? "  verified: the program rebuilt with it completed the same run\n"
            : "  unverified: add it to what the lists hold already, rebuild, and record again\n";
  }
  return text;
}

std::string otherFindings(const Diagnosis& diagnosis, const Painter& paint) {
  std::string text;
  for (const Finding& finding : diagnosis.findings) {
    if (diagnosis.verdict && finding.place == diagnosis.verdict->place &&
        finding.depth == diagnosis.verdict->depth && finding.code == diagnosis.verdict->code) {
      continue;
    }
    text += fmt::format(
        "  {} {}, {}, {}, cycle {}{}\n    {}\n", paint.yellow(finding.code),
        certaintyName(finding.certainty), harmName(finding.harm), phaseName(finding.phase),
        finding.cycle,
        finding.cyclesAffected > 1 ? fmt::format(" and {} more", finding.cyclesAffected - 1) : "",
        safe(finding.explanation));
    if (finding.function && finding.function->file) {
      text += fmt::format("    in {}:{}\n", safe(*finding.function->file),
                          finding.function->line.value_or(0));
    }
  }
  return text.empty() ? text : "\nOther findings\n" + text;
}

constexpr std::size_t kRunsShown = 40;

std::string runsTable(const Diagnosis& diagnosis, const Painter& paint) {
  std::size_t width = 4;
  for (const RunSummary& run : diagnosis.runs) width = std::max(width, safe(run.file).size());
  std::string text = fmt::format("\n{:<{}}  {:<7}  {:>6}  {:>9}  {:>6}  {:>15}\n", "Runs",
                                 width + 2, "outcome", "cycles", "completed", "frames", "buffer");
  std::size_t rows = 0, vacuousLeft = 0;
  for (const RunSummary& run : diagnosis.runs) {
    if (++rows > kRunsShown) {
      vacuousLeft += run.vacuous ? 1 : 0;
      continue;
    }
    const std::string buffer = run.bufferSize == 0
                                   ? std::string("-")
                                   : fmt::format("{} of {}", run.bufferHighWater, run.bufferSize);
    text += fmt::format("  {:<{}}  {:<7}  {:>6}  {:>9}  {:>6}  {:>15}", safe(run.file), width,
                        outcomeName(run.outcome), run.cycles, run.cyclesCompleted,
                        run.deepestFrames, buffer);
    if (run.vacuous) text += "  " + paint.yellow("vacuous: proves nothing");
    if (!run.outcomeText.empty()) text += "  " + paint.dim(safe(run.outcomeText));
    text += '\n';
  }
  if (rows > kRunsShown) {
    text += fmt::format("  … {} more, {} of them vacuous\n", rows - kRunsShown, vacuousLeft);
  }
  return text;
}

std::string fleetsText(const Diagnosis& diagnosis, const Painter& paint) {
  std::string text;
  for (const FleetSummary& fleet : diagnosis.fleets) {
    text += fmt::format("  {}: {} failing, {} passing, {} other runs, {} cycles, {} completed",
                        safe(fleet.file), fleet.runs.failing, fleet.runs.passing, fleet.runs.other,
                        fleet.cycles, fleet.cyclesCompleted);
    if (fleet.vacuous != 0) {
      text += "  " + paint.yellow(fmt::format("{} vacuous: they prove nothing", fleet.vacuous));
    }
    text += '\n';
  }
  return text;
}

std::string countsText(const EventCounts& counts) {
  return fmt::format("\nEvents: {} written = {} explained + {} unexplained; {} lost\n",
                     counts.written, counts.explained, counts.unexplained, counts.lost);
}

}  // namespace

std::string textReport(const Run& run, const Diagnosis& diagnosis, TextOptions options) {
  const Painter paint(options.colour);
  const std::string sentence = safe(verdictSentence(run, diagnosis));
  std::string text =
      (diagnosis.verdict ? paint.bold(paint.red(sentence)) : paint.bold(sentence)) + "\n";
  if (diagnosis.verdict) {
    const Finding& verdict = *diagnosis.verdict;
    text += fmt::format(
        "\n{}: {}, {}; {}, cycle {}{}\n{}\n\n", paint.bold(verdict.code),
        certaintyName(verdict.certainty), harmName(verdict.harm), phaseName(verdict.phase),
        verdict.cycle,
        verdict.cyclesAffected > 1 ? fmt::format(" and {} more", verdict.cyclesAffected - 1) : "",
        safe(verdict.explanation));
    text += evidence(run, verdict, paint);
    text += "\nAdvice\n" + adviceText(verdict.advice, paint);
    text += otherFindings(diagnosis, paint);
  }
  text += runsTable(diagnosis, paint);
  text += fleetsText(diagnosis, paint);
  if (diagnosis.edge.predicate) {
    text += "\nWhat tells them apart\n" + edgeText(diagnosis.edge);
  }
  text += countsText(run.events);
  for (const std::string& note : run.notes) text += "note: " + safe(note) + "\n";
  if (diagnosis.verdict) {
    text += fmt::format("\nMore: asyncscope explain {}\n", diagnosis.verdict->code);
  }
  return text;
}

}  // namespace asyncscope::analyzer
