#include "instrument/module/patch_assembler.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include "instrument/module/code_metadata.h"
#include "instrument/module/name_section.h"
#include "support/byte_reader.h"
#include "support/byte_writer.h"

namespace asyncscope::wasm {
namespace {

// Sections that can get additions, in the order that the format prescribes.
constexpr std::array kGrowingSections = {SectionId::Type,   SectionId::Function, SectionId::Table,
                                         SectionId::Global, SectionId::Export,   SectionId::Element,
                                         SectionId::Code};

constexpr std::uint32_t kHeaderSize = 8;  // magic and version
constexpr std::uint64_t kLargestModule = 0xFFFFFFFF;

// The count at the beginning of a section or of the locals, and where its elements begin.
std::pair<std::uint32_t, std::uint32_t> countAt(const Module& module, std::uint32_t offset) {
  support::ByteReader reader(module.bytes, offset, module.bytes.size());
  const std::uint32_t count = reader.leb32();
  return {count, static_cast<std::uint32_t>(reader.position())};
}

}  // namespace

support::Result<Patched> PatchAssembler::assemble() {
  if (largestPossibleSize() > kLargestModule) {
    return support::fail("the patched module would be larger than 4 GiB");
  }
  if (auto error = plan()) {
    return tl::unexpected(std::move(*error));
  }
  out_.reserve(largestPossibleSize());
  // Around an edit, and around the size of a body, there is a run of each kind.
  runs_.reserve(2 * patcher_.edits_.size() + 4 * plans_.size());
  writeSections();
  const auto size = static_cast<std::uint32_t>(out_.size());
  return Patched{std::move(out_), OffsetMap(std::move(runs_), size)};
}

// An upper bound: what is there, what is new, and generously what sizes and counts may grow by.
std::uint64_t PatchAssembler::largestPossibleSize() const {
  constexpr std::uint64_t kPerFunction = 10;
  constexpr std::uint64_t kPerLocals = 16;
  constexpr std::uint64_t kPerSection = 16;
  std::uint64_t size = module_.bytes.size() + patcher_.arena_.size() +
                       kPerLocals * patcher_.localsEdits_.size() +
                       kPerFunction * (patcher_.edits_.size() + patcher_.localsEdits_.size()) +
                       kPerSection * module_.sections.size();
  for (const auto& [function, name] : patcher_.functionNames_) {
    size += kPerFunction + name.size();
  }
  for (const Patcher::Addition& addition : patcher_.additions_) {
    size += addition.bytes.size() + kPerSection;
  }
  return size;
}

// --- The plan
// --------------------------------------------------------------------------------------

std::optional<support::Error> PatchAssembler::plan() {
  auto& edits = patcher_.edits_;
  auto& locals = patcher_.localsEdits_;
  const auto byPlace = [](const auto& a, const auto& b) { return a.begin < b.begin; };
  const auto byFunction = [](const auto& a, const auto& b) { return a.function < b.function; };
  // Stable, as edits at one place come out in the order of the calls.
  if (!std::is_sorted(edits.begin(), edits.end(), byPlace)) {
    std::stable_sort(edits.begin(), edits.end(), byPlace);
  }
  if (!std::is_sorted(locals.begin(), locals.end(), byFunction)) {
    std::stable_sort(locals.begin(), locals.end(), byFunction);
  }

  sizeChanges_.reserve(edits.size());
  std::int64_t change = 0;
  for (const Patcher::Edit& edit : edits) {
    change += std::int64_t{edit.size} - (edit.end - edit.begin);
    sizeChanges_.push_back(change);
  }

  // Bodies stand in the order of their functions, so both lists ascend by function now.
  std::size_t edit = 0;
  std::size_t local = 0;
  while (edit < edits.size() || local < locals.size()) {
    const std::uint32_t nextEdit = edit < edits.size() ? edits[edit].function : kNoIndex;
    const std::uint32_t nextLocals = local < locals.size() ? locals[local].function : kNoIndex;
    FunctionPlan plan{};
    plan.function = std::min(nextEdit, nextLocals);
    plan.bodySize = module_.functions[plan.function].body.size();
    plan.firstEdit = edit;
    while (edit < edits.size() && edits[edit].function == plan.function) {
      ++edit;
    }
    plan.lastEdit = edit;
    plan.firstLocals = local;
    while (local < locals.size() && locals[local].function == plan.function) {
      ++local;
    }
    plan.lastLocals = local;
    if (auto error = planEdits(plan)) {
      return error;
    }
    planLocals(plan);
    plans_.push_back(plan);
  }
  return std::nullopt;
}

std::optional<support::Error> PatchAssembler::planEdits(FunctionPlan& plan) const {
  std::uint32_t previous = 0;
  std::uint32_t replacedUpTo = 0;
  for (std::size_t i = plan.firstEdit; i < plan.lastEdit; ++i) {
    const Patcher::Edit& edit = patcher_.edits_[i];
    const bool follows = edit.begin == edit.end && edit.begin == previous;
    if (edit.begin < replacedUpTo && !follows) {
      return support::Error{
          "two patches overlap in function " + std::to_string(plan.function), edit.begin, {}};
    }
    previous = edit.begin;
    replacedUpTo = std::max(replacedUpTo, edit.end);
    plan.bodySize += edit.size;
    plan.bodySize -= edit.end - edit.begin;
  }
  return std::nullopt;
}

void PatchAssembler::planLocals(FunctionPlan& plan) const {
  const Function& function = module_.functions[plan.function];
  std::tie(plan.groupCount, plan.groups) = countAt(module_, function.body.begin);
  if (plan.firstLocals == plan.lastLocals) {
    return;
  }
  const std::uint64_t groups = plan.groupCount + (plan.lastLocals - plan.firstLocals);
  support::ByteWriter writer;
  writeLocals(plan, writer);
  plan.bodySize += writer.size() + support::lebSize(groups);
  plan.bodySize -= plan.groups - function.body.begin;
}

void PatchAssembler::writeLocals(const FunctionPlan& plan, support::ByteWriter& writer) const {
  for (std::size_t i = plan.firstLocals; i < plan.lastLocals; ++i) {
    writer.leb(patcher_.localsEdits_[i].count);
    writeValueType(writer, patcher_.localsEdits_[i].type);
  }
}

// Where the byte at bodyOffset of a function's body will stand in its new body.
std::optional<std::uint32_t> PatchAssembler::moved(std::uint32_t function,
                                                   std::uint32_t bodyOffset) const {
  const auto found =
      std::lower_bound(plans_.begin(), plans_.end(), function,
                       [](const FunctionPlan& plan, std::uint32_t f) { return plan.function < f; });
  const Range body = module_.functions[function].body;
  if (found == plans_.end() || found->function != function || bodyOffset >= body.size()) {
    return bodyOffset;
  }
  const std::uint32_t offset = body.begin + bodyOffset;
  const auto first = patcher_.edits_.begin() + static_cast<std::ptrdiff_t>(found->firstEdit);
  const auto last = patcher_.edits_.begin() + static_cast<std::ptrdiff_t>(found->lastEdit);
  const auto after =
      std::upper_bound(first, last, offset,
                       [](std::uint32_t at, const Patcher::Edit& edit) { return at < edit.begin; });
  // Only edits at the nearest beginning can reach beyond the offset, as they do not overlap.
  for (auto edit = after; edit != first && (edit - 1)->begin == (after - 1)->begin; --edit) {
    if ((edit - 1)->end > offset) {
      return std::nullopt;
    }
  }
  // All that changes in the function, less what its edits change behind this place.
  const auto changeUpTo = [&](std::size_t edit) { return edit == 0 ? 0 : sizeChanges_[edit - 1]; };
  const auto reached = static_cast<std::size_t>(after - patcher_.edits_.begin());
  const std::int64_t behind = changeUpTo(found->lastEdit) - changeUpTo(reached);
  const std::int64_t total =
      static_cast<std::int64_t>(found->bodySize) - static_cast<std::int64_t>(body.size());
  return static_cast<std::uint32_t>(bodyOffset + total - behind);
}

// --- Sections
// --------------------------------------------------------------------------------------

bool PatchAssembler::isAdded(SectionId id) const { return patcher_.addition(id).count != 0; }

// Which section a missing one comes before, as an index into the sections: behind the last that
// ranks lower; else before the first that ranks higher; else behind dylink.0, which must be first.
std::size_t PatchAssembler::slotOf(SectionId missing) const {
  const auto& sections = module_.sections;
  std::optional<std::size_t> lower;
  std::optional<std::size_t> higher;
  std::size_t leading = 0;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (sections[i].id == SectionId::Custom) {
      leading += i == leading && sections[i].name.starts_with("dylink") ? 1 : 0;
    } else if (sectionRank(sections[i].id) < sectionRank(missing)) {
      lower = i;
    } else if (!higher) {
      higher = i;
    }
  }
  return lower ? *lower + 1 : higher.value_or(leading);
}

void PatchAssembler::writeSections() {
  std::vector<std::pair<std::size_t, SectionId>> missing;
  for (const SectionId id : kGrowingSections) {
    if (isAdded(id) && module_.section(id) == nullptr) {
      missing.emplace_back(slotOf(id), id);
    }
  }
  copy({0, kHeaderSize});
  auto next = missing.begin();
  for (std::size_t i = 0; i <= module_.sections.size(); ++i) {
    for (; next != missing.end() && next->first == i; ++next) {
      writeNewSection(next->second);
    }
    if (i < module_.sections.size()) {
      writeSection(module_.sections[i]);
    }
  }
}

void PatchAssembler::writeSection(const Section& section) {
  if (section.id == SectionId::Code && (isAdded(section.id) || !plans_.empty())) {
    writeCode(section);
  } else if (isAdded(section.id)) {
    writeVector(section);
  } else if (isCodeMetadata(section) && !plans_.empty()) {
    writeCodeMetadata(section);
  } else if (section.id == SectionId::Custom && section.name == "name" &&
             !patcher_.functionNames_.empty()) {
    writeNames(section);
  } else {
    copy({section.header, section.payload.end});
  }
}

void PatchAssembler::addHeader(SectionId id, std::uint64_t size) {
  const std::uint8_t code[] = {static_cast<std::uint8_t>(id)};
  addBytes(code);
  addLeb(size);
}

void PatchAssembler::writeVector(const Section& section) {
  const Patcher::Addition& addition = patcher_.addition(section.id);
  const auto [count, elements] = countAt(module_, section.payload.begin);
  const std::uint64_t newCount = std::uint64_t{count} + addition.count;
  const Range old{elements, section.payload.end};
  addHeader(section.id, support::lebSize(newCount) + old.size() + addition.bytes.size());
  addLeb(newCount);
  copy(old);
  addBytes(addition.bytes.span());
}

void PatchAssembler::writeNewSection(SectionId id) {
  const Patcher::Addition& addition = patcher_.addition(id);
  addHeader(id, support::lebSize(addition.count) + addition.bytes.size());
  addLeb(addition.count);
  addBytes(addition.bytes.span());
}

void PatchAssembler::writeCode(const Section& section) {
  const Patcher::Addition& addition = patcher_.addition(section.id);
  const auto [count, bodies] = countAt(module_, section.payload.begin);
  const std::uint64_t newCount = std::uint64_t{count} + addition.count;
  std::uint64_t size =
      support::lebSize(newCount) + (section.payload.end - bodies) + addition.bytes.size();
  for (const FunctionPlan& plan : plans_) {
    const Function& function = module_.functions[plan.function];
    size += support::lebSize(plan.bodySize) + plan.bodySize;
    size -= function.body.end - function.entry;
  }
  addHeader(section.id, size);
  addLeb(newCount);
  std::uint32_t copied = bodies;
  for (const FunctionPlan& plan : plans_) {
    const Function& function = module_.functions[plan.function];
    copy({copied, function.entry});
    writeBody(plan);
    copied = function.body.end;
  }
  copy({copied, section.payload.end});
  addBytes(addition.bytes.span());
}

void PatchAssembler::writeBody(const FunctionPlan& plan) {
  const Function& function = module_.functions[plan.function];
  cursor_ = function.entry;
  addLeb(plan.bodySize);
  if (plan.firstLocals == plan.lastLocals) {
    copy({function.body.begin, function.code.begin});
  } else {
    addLeb(plan.groupCount + (plan.lastLocals - plan.firstLocals));
    copy({plan.groups, function.code.begin});
    support::ByteWriter writer;
    writeLocals(plan, writer);
    addBytes(writer.span());
  }
  std::uint32_t copied = function.code.begin;
  for (std::size_t i = plan.firstEdit; i < plan.lastEdit; ++i) {
    const Patcher::Edit& edit = patcher_.edits_[i];
    if (edit.begin > copied) {
      copy({copied, edit.begin});
    }
    insertBytes(edit.begin, std::span(patcher_.arena_).subspan(edit.arena, edit.size));
    copied = std::max(copied, edit.end);
  }
  copy({copied, function.code.end});
}

void PatchAssembler::writeNames(const Section& section) {
  const auto content = appendFunctionNames(module_, section, patcher_.functionNames_);
  if (!content) {
    copy({section.header, section.payload.end});
    return;
  }
  const Range name{section.payload.begin, section.content.begin};
  addHeader(section.id, name.size() + content->size());
  copy(name);
  addBytes(*content);
}

void PatchAssembler::writeCodeMetadata(const Section& section) {
  const auto content = moveCodeMetadata(
      module_, section,
      [this](std::uint32_t function, std::uint32_t offset) { return moved(function, offset); });
  if (!content) {
    copy({section.header, section.payload.end});
    return;
  }
  const Range name{section.payload.begin, section.content.begin};
  addHeader(section.id, name.size() + content->size());
  copy(name);
  addBytes(*content);
}

// --- Output
// ----------------------------------------------------------------------------------------

// Begins a run at the end of the output, unless the last one simply goes on.
void PatchAssembler::startRun(OffsetRun::Kind kind, std::uint32_t original) {
  const auto at = static_cast<std::uint32_t>(out_.size());
  if (!runs_.empty() && runs_.back().kind == kind) {
    const OffsetRun& last = runs_.back();
    const bool goesOn = kind == OffsetRun::Kind::Copied
                            ? last.original + (at - last.patched) == original
                            : kind == OffsetRun::Kind::Added || last.original == original;
    if (goesOn) {
      return;
    }
  }
  runs_.push_back({at, original, kind});
}

void PatchAssembler::copy(Range range) {
  if (!range.empty()) {
    startRun(OffsetRun::Kind::Copied, range.begin);
    const auto bytes = module_.slice(range);
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
  cursor_ = range.end;
}

void PatchAssembler::insertBytes(std::uint32_t original, std::span<const std::uint8_t> bytes) {
  if (!bytes.empty()) {
    startRun(OffsetRun::Kind::Inserted, original);
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
}

void PatchAssembler::addBytes(std::span<const std::uint8_t> bytes) {
  if (!bytes.empty()) {
    startRun(OffsetRun::Kind::Added, cursor_);
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
}

void PatchAssembler::addLeb(std::uint64_t value) {
  startRun(OffsetRun::Kind::Added, cursor_);
  support::forEachLebByte(value, [&](std::uint8_t byte) { out_.push_back(byte); });
}

}  // namespace asyncscope::wasm
