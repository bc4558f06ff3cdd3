// readModule(): one method per section, over a single cursor with a sticky error.
//
// Every section gets a cursor of its own that ends with its payload, so that nothing reads past it,
// and must leave that cursor at its end.
#include <array>
#include <string>

#include "instrument/module/instruction.h"
#include "instrument/module/module.h"
#include "support/byte_reader.h"
#include "support/text.h"

namespace asyncscope::wasm {
namespace {

using support::ByteReader;

constexpr std::array<std::uint8_t, 4> kMagic = {0x00, 'a', 's', 'm'};

constexpr std::array<std::string_view, 14> kSectionNames = {
    "custom", "type",  "import",  "function", "table", "memory",     "global",
    "export", "start", "element", "code",     "data",  "data count", "tag"};

// Codes in the type section.
constexpr std::uint8_t kFunctionType = 0x60;
constexpr std::uint8_t kStructType = 0x5F;
constexpr std::uint8_t kArrayType = 0x5E;
constexpr std::uint8_t kContinuationType = 0x5D;
constexpr std::uint8_t kSubtype = 0x50;
constexpr std::uint8_t kFinalSubtype = 0x4F;
constexpr std::uint8_t kRecursionGroup = 0x4E;

constexpr std::uint8_t kTableWithInit = 0x40;
constexpr std::uint8_t kEnd = 0x0B;

// Bits of the limits of memories and tables.
constexpr std::uint8_t kHasMaximum = 1;
constexpr std::uint8_t kIsShared = 2;
constexpr std::uint8_t kIs64 = 4;
constexpr std::uint8_t kHasPageSize = 8;

// Bits of an element segment.
constexpr std::uint32_t kNotActive = 1;
constexpr std::uint32_t kExplicit = 2;  // with kNotActive: declarative; else a table index follows
constexpr std::uint32_t kExpressions = 4;

class ModuleReader {
 public:
  explicit ModuleReader(std::span<const std::uint8_t> bytes) : reader_(bytes) {
    module_.bytes = bytes;
  }

  support::Result<Module> read() {
    if (auto header = checkHeader(); !header) {
      return tl::unexpected(header.error());
    }
    while (!reader_.atEnd() && !reader_.failed()) {
      readSection();
    }
    if (!reader_.failed()) {
      checkCounts();
    }
    if (reader_.failed()) {
      support::Error error = reader_.error();
      if (!context_.empty()) {
        error.message = context_ + ": " + error.message;
      }
      return tl::unexpected(std::move(error));
    }
    return std::move(module_);
  }

 private:
  support::Result<void> checkHeader() {
    const auto bytes = module_.bytes;
    if (bytes.size() > 0xFFFFFFFF) {
      return support::fail("a module of more than 4 GiB");
    }
    for (std::size_t i = 0; i < kMagic.size(); ++i) {
      if (i >= bytes.size() || bytes[i] != kMagic[i]) {
        return support::fail("not a WebAssembly module: it does not begin with \\0asm", i,
                             "give the .wasm file itself, not compressed, not the JS around it");
      }
    }
    reader_.skip(kMagic.size());
    const std::uint32_t version = reader_.u32();
    if (reader_.failed()) {
      return tl::unexpected(reader_.error());
    }
    if (version >> 16 == 1) {
      return support::fail("this is a component, not a module", 4, "give its core modules");
    }
    if (version != 1) {
      return support::fail("unknown version " + support::hex(version) + " of WebAssembly", 4);
    }
    return {};
  }

  void readSection() {
    context_.clear();
    Section section;
    section.header = position();
    const std::uint8_t id = reader_.u8();
    if (id >= kSectionNames.size()) {
      reader_.fail("unknown section id " + std::to_string(id), section.header);
      return;
    }
    section.id = static_cast<SectionId>(id);
    context_ = std::string(kSectionNames[id]) + " section";
    const std::uint32_t size = reader_.leb32();
    if (size > reader_.remaining()) {
      reader_.fail("a size of " + std::to_string(size) + " bytes, but only " +
                       std::to_string(reader_.remaining()) + " follow",
                   section.header + 1);
    }
    if (reader_.failed()) {
      return;
    }
    section.payload = {position(), position() + size};
    section.content = section.payload;
    if (section.id != SectionId::Custom) {
      if (sectionRank(section.id) <= lastRank_) {
        reader_.fail("out of order, or twice", section.header);
        return;
      }
      lastRank_ = sectionRank(section.id);
    }

    ByteReader outer = reader_;
    outer.skip(size);
    reader_ = ByteReader(module_.bytes, section.payload.begin, section.payload.end);
    if (section.id == SectionId::Custom) {
      section.name = reader_.name();
      section.content.begin = position();
    } else {
      readContent(section.id);
      if (!reader_.failed() && !reader_.atEnd()) {
        reader_.fail("it goes on behind its last element");
      }
    }
    if (!reader_.failed()) {
      reader_ = std::move(outer);
      module_.sections.push_back(section);
      context_.clear();
    }
  }

  void readContent(SectionId id) {
    switch (id) {
      case SectionId::Custom:
        break;
      case SectionId::Type:
        return forEach(1, [this] { readRecursionGroup(); });
      case SectionId::Import:
        return forEach(4, [this] { readImport(); });
      case SectionId::Function:
        return readFunctions();
      case SectionId::Table:
        return forEach(3, [this] { readTable(); });
      case SectionId::Memory:
        return forEach(2, [this] { module_.memories.push_back(memoryType()); });
      case SectionId::Tag:
        return forEach(2, [this] { module_.tags.push_back(tagType()); });
      case SectionId::Global:
        return forEach(4, [this] { readGlobal(); });
      case SectionId::Export:
        return forEach(3, [this] { readExport(); });
      case SectionId::Start:
        module_.start = index(module_.functions.size(), "function");
        return;
      case SectionId::Element:
        return forEach(3, [this] { readElementSegment(); });
      case SectionId::DataCount:
        module_.dataCount = reader_.leb32();
        return;
      case SectionId::Code:
        return readCode();
      case SectionId::Data:
        return forEach(2, [this] { readDataSegment(); });
    }
  }

  // Reads a count, and so many elements of at least minimumSize bytes each.
  template <class Read>
  void forEach(std::size_t minimumSize, Read read) {
    const std::uint32_t count = reader_.count(minimumSize);
    for (std::uint32_t i = 0; i < count && !reader_.failed(); ++i) {
      read();
    }
  }

  // --- Types -------------------------------------------------------------------------------------

  void readRecursionGroup() {
    std::uint32_t count = 1;
    if (reader_.peek() == kRecursionGroup) {
      reader_.u8();
      count = reader_.count(2);
    }
    // The members of a group may refer to each other, and to all types before.
    typeLimit_ = static_cast<std::uint32_t>(module_.types.size()) + count;
    for (std::uint32_t i = 0; i < count && !reader_.failed(); ++i) {
      readSubtype();
    }
    ++groups_;
  }

  void readSubtype() {
    Type type;
    type.group = groups_;
    type.firstValue = static_cast<std::uint32_t>(module_.typeValues.size());
    if (reader_.peek() == kSubtype || reader_.peek() == kFinalSubtype) {
      type.final = reader_.u8() == kFinalSubtype;
      const std::uint32_t at = position();
      const std::uint32_t supertypes = reader_.count();
      if (supertypes > 1) {
        reader_.fail("a type with " + std::to_string(supertypes) + " supertypes", at);
      } else if (supertypes == 1) {
        type.supertype = index(typeLimit_, "type");
      }
    }
    const std::uint32_t at = position();
    const std::uint8_t form = reader_.u8();
    switch (form) {
      case kFunctionType:
        type.form = TypeForm::Function;
        type.paramCount = readTypeValues([this] { return valueType(); }, 1);
        type.resultCount = readTypeValues([this] { return valueType(); }, 1);
        break;
      case kStructType:
        type.form = TypeForm::Struct;
        type.paramCount = readTypeValues([this] { return fieldType(); }, 2);
        break;
      case kArrayType:
        type.form = TypeForm::Array;
        type.paramCount = 1;
        module_.typeValues.push_back(fieldType());
        break;
      case kContinuationType:
        reader_.fail("continuation types (stack switching) are not supported", at);
        break;
      default:
        reader_.fail("unknown form of type " + support::hex(form), at);
    }
    module_.types.push_back(type);
  }

  template <class ReadOne>
  std::uint32_t readTypeValues(ReadOne readOne, std::size_t minimumSize) {
    const std::uint32_t count = reader_.count(minimumSize);
    for (std::uint32_t i = 0; i < count && !reader_.failed(); ++i) {
      module_.typeValues.push_back(readOne());
    }
    return count;
  }

  ValueType valueType() { return readValueType(reader_, typeLimit_); }

  ValueType referenceType() {
    const std::uint32_t at = position();
    const ValueType type = valueType();
    if (!reader_.failed() && !type.isReference()) {
      reader_.fail(toString(type) + " where a reference type belongs", at);
    }
    return type;
  }

  ValueType fieldType() {
    const ValueType type = readValueType(reader_, typeLimit_, true);
    flag("mutability");
    return type;
  }

  bool flag(std::string_view what) {
    const std::uint8_t value = reader_.u8();
    if (value > 1) {
      reader_.fail("unknown " + std::string(what) + " " + support::hex(value), position() - 1);
    }
    return value == 1;
  }

  // flags | minimum | maximum, if any; a page size may follow in memories.
  Limits limits(std::uint8_t flags) {
    Limits result;
    result.shared = (flags & kIsShared) != 0;
    result.is64 = (flags & kIs64) != 0;
    result.minimum = result.is64 ? reader_.leb64() : reader_.leb32();
    if ((flags & kHasMaximum) != 0) {
      result.maximum = result.is64 ? reader_.leb64() : reader_.leb32();
    }
    return result;
  }

  std::uint8_t limitFlags(std::uint8_t known) {
    const std::uint8_t flags = reader_.u8();
    if ((flags & ~known) != 0) {
      reader_.fail("unknown flags " + support::hex(flags) + " of limits", position() - 1);
    }
    return flags;
  }

  Table tableType() {
    Table table;
    table.element = referenceType();
    table.limits = limits(limitFlags(kHasMaximum | kIs64));
    return table;
  }

  Memory memoryType() {
    Memory memory;
    const std::uint8_t flags = limitFlags(kHasMaximum | kIsShared | kIs64 | kHasPageSize);
    memory.limits = limits(flags);
    if ((flags & kHasPageSize) != 0) {
      const std::uint32_t at = position();
      const std::uint32_t exponent = reader_.leb32();
      if (exponent > 16) {
        reader_.fail("pages of 2^" + std::to_string(exponent) + " bytes", at);
      }
      memory.pageSizeLog2 = static_cast<std::uint8_t>(exponent);
    }
    return memory;
  }

  Global globalType() {
    Global global;
    global.type = valueType();
    global.isMutable = flag("mutability");
    return global;
  }

  Tag tagType() {
    if (reader_.u8() != 0) {
      reader_.fail("unknown attribute of a tag", position() - 1);
    }
    return {functionTypeIndex(), kNoIndex};
  }

  // --- Imports and definitions -------------------------------------------------------------------

  void readImport() {
    Import import;
    import.module = reader_.name();
    import.name = reader_.name();
    const auto number = static_cast<std::uint32_t>(module_.imports.size());
    const auto add = [&](auto& space, auto entry, std::uint32_t& imported) {
      entry.import = number;
      import.index = imported++;
      space.push_back(std::move(entry));
    };
    import.kind = externalKind();
    switch (import.kind) {
      case ExternalKind::Function: {
        Function function;
        function.type = functionTypeIndex();
        add(module_.functions, function, module_.importedFunctionCount);
        break;
      }
      case ExternalKind::Table:
        add(module_.tables, tableType(), module_.importedTableCount);
        break;
      case ExternalKind::Memory:
        add(module_.memories, memoryType(), module_.importedMemoryCount);
        break;
      case ExternalKind::Global:
        add(module_.globals, globalType(), module_.importedGlobalCount);
        break;
      case ExternalKind::Tag:
        add(module_.tags, tagType(), module_.importedTagCount);
        break;
    }
    module_.imports.push_back(import);
  }

  ExternalKind externalKind() {
    const std::uint8_t kind = reader_.u8();
    if (kind > static_cast<std::uint8_t>(ExternalKind::Tag)) {
      reader_.fail("unknown kind " + support::hex(kind) + " of import or export", position() - 1);
      return ExternalKind::Function;
    }
    return static_cast<ExternalKind>(kind);
  }

  void readFunctions() {
    const std::uint32_t count = reader_.count();
    module_.functions.reserve(module_.functions.size() + count);
    for (std::uint32_t i = 0; i < count && !reader_.failed(); ++i) {
      Function function;
      function.type = functionTypeIndex();
      module_.functions.push_back(function);
    }
  }

  void readTable() {
    Table table;
    if (reader_.peek() == kTableWithInit) {
      reader_.u8();
      if (reader_.u8() != 0) {
        reader_.fail("a reserved byte is not zero", position() - 1);
      }
      table = tableType();
      constantExpression(table.init);
    } else {
      table = tableType();
    }
    module_.tables.push_back(table);
  }

  void readGlobal() {
    Global global = globalType();
    global.constant = constantExpression(global.init);
    module_.globals.push_back(global);
  }

  void readExport() {
    Export entry;
    entry.name = reader_.name();
    entry.kind = externalKind();
    switch (entry.kind) {
      case ExternalKind::Function:
        entry.index = index(module_.functions.size(), "function");
        break;
      case ExternalKind::Table:
        entry.index = index(module_.tables.size(), "table");
        break;
      case ExternalKind::Memory:
        entry.index = index(module_.memories.size(), "memory");
        break;
      case ExternalKind::Global:
        entry.index = index(module_.globals.size(), "global");
        break;
      case ExternalKind::Tag:
        entry.index = index(module_.tags.size(), "tag");
        break;
    }
    module_.exports.push_back(entry);
  }

  // --- Constant expressions ----------------------------------------------------------------------

  // Reads the expression at the cursor and stores where it is.
  Constant constantExpression(Range& range) {
    range.begin = position();
    Constant constant;
    InstructionReader instructions(module_, {position(), static_cast<std::uint32_t>(reader_.end())},
                                   InstructionReader::Ending::Anywhere);
    Instruction instruction;
    std::uint32_t count = 0;
    while (instructions.next(instruction)) {
      if (++count == 1) {
        constant = asConstant(instruction);
      }
    }
    if (instructions.failed()) {
      reader_.fail(instructions.error().message, *instructions.error().offset);
      return {};
    }
    if (count != 2) {  // the instruction and the end
      constant = {};
    }
    range.end = instructions.position();
    reader_.skip(range.end - range.begin);
    return constant;
  }

  static Constant asConstant(const Instruction& instruction) {
    switch (instruction.opcode) {
      case Op::I32Const:
        return {Constant::Kind::I32, instruction.value, 0};
      case Op::I64Const:
        return {Constant::Kind::I64, instruction.value, 0};
      case Op::F32Const:
        return {Constant::Kind::F32, instruction.value, 0};
      case Op::F64Const:
        return {Constant::Kind::F64, instruction.value, 0};
      case Op::GlobalGet:
        return {Constant::Kind::GlobalGet, 0, instruction.index};
      case Op::RefFunc:
        return {Constant::Kind::RefFunc, 0, instruction.index};
      case Op::RefNull:
        return {Constant::Kind::RefNull, 0, 0};
      default:
        return {};
    }
  }

  // --- Segments ----------------------------------------------------------------------------------

  void readElementSegment() {
    ElementSegment segment;
    const std::uint32_t at = position();
    const std::uint32_t flags = reader_.leb32();
    if (flags > 7) {
      reader_.fail("unknown flags " + support::hex(flags) + " of an element segment", at);
      return;
    }
    segment.type = kFuncRef;
    if ((flags & kNotActive) == 0) {
      const std::uint32_t table = (flags & kExplicit) != 0 ? reader_.leb32() : 0;
      if (table >= module_.tables.size()) {
        reader_.fail("table " + std::to_string(table) + " does not exist", at);
        return;
      }
      segment.table = table;
      Range unused;
      segment.offset = constantExpression(unused);
    } else {
      segment.mode = (flags & kExplicit) != 0 ? SegmentMode::Declarative : SegmentMode::Passive;
    }
    if ((flags & (kNotActive | kExplicit)) != 0) {
      if ((flags & kExpressions) != 0) {
        segment.type = referenceType();
      } else if (reader_.u8() != 0) {
        reader_.fail("unknown kind of elements", position() - 1);
      }
    }
    if ((flags & kExpressions) != 0) {
      forEach(2, [&] { segment.functions.push_back(elementExpression()); });
    } else {
      const std::uint32_t count = reader_.count();
      segment.functions.reserve(count);
      for (std::uint32_t i = 0; i < count && !reader_.failed(); ++i) {
        segment.functions.push_back(index(module_.functions.size(), "function"));
      }
    }
    module_.elements.push_back(std::move(segment));
  }

  std::uint32_t elementExpression() {
    Range unused;
    const Constant constant = constantExpression(unused);
    return constant.kind == Constant::Kind::RefFunc ? constant.index : kNoIndex;
  }

  void readDataSegment() {
    DataSegment segment;
    const std::uint32_t at = position();
    const std::uint32_t flags = reader_.leb32();
    if (flags > 2) {
      reader_.fail("unknown flags " + support::hex(flags) + " of a data segment", at);
      return;
    }
    if (flags == 1) {
      segment.mode = SegmentMode::Passive;
    } else {
      const std::uint32_t memory = flags == 2 ? reader_.leb32() : 0;
      if (memory >= module_.memories.size()) {
        reader_.fail("memory " + std::to_string(memory) + " does not exist", at);
        return;
      }
      segment.memory = memory;
      Range unused;
      segment.offset = constantExpression(unused);
    }
    const std::uint32_t size = reader_.leb32();
    segment.bytes.begin = position();
    reader_.skip(size);
    segment.bytes.end = position();
    module_.data.push_back(segment);
  }

  // --- Code --------------------------------------------------------------------------------------

  void readCode() {
    const std::size_t defined = module_.functions.size() - module_.importedFunctionCount;
    const std::uint32_t at = position();
    const std::uint32_t count = reader_.leb32();
    if (count != defined && !reader_.failed()) {
      reader_.fail(std::to_string(count) + " bodies for " + std::to_string(defined) + " functions",
                   at);
    }
    hasCode_ = true;
    for (std::uint32_t i = 0; i < count && !reader_.failed(); ++i) {
      const std::uint32_t number = module_.importedFunctionCount + i;
      readBody(module_.functions[number]);
      if (reader_.failed()) {
        context_ = "code section, function " + std::to_string(number);
      }
    }
  }

  void readBody(Function& function) {
    function.entry = position();
    const std::uint32_t size = reader_.leb32();
    if (size > reader_.remaining()) {
      reader_.fail("a body of " + std::to_string(size) + " bytes, but only " +
                       std::to_string(reader_.remaining()) + " follow",
                   function.entry);
    }
    if (reader_.failed()) {
      return;
    }
    function.body = {position(), position() + size};
    ByteReader body(module_.bytes, function.body.begin, function.body.end);
    const std::uint32_t groups = body.count(2);
    std::uint64_t locals = 0;
    for (std::uint32_t i = 0; i < groups && !body.failed(); ++i) {
      locals += body.leb32();
      readValueType(body, typeLimit_);
      if (locals > 0xFFFFFFFF) {
        body.fail("more than 2^32-1 locals");
      }
    }
    function.localCount = static_cast<std::uint32_t>(locals);
    function.code = {static_cast<std::uint32_t>(body.position()), function.body.end};
    if (!body.failed() && (body.atEnd() || module_.bytes[function.body.end - 1] != kEnd)) {
      body.fail("the body does not finish with an end", function.body.end - std::uint64_t{1});
    }
    if (body.failed()) {
      reader_.fail(body.error().message, *body.error().offset);
      return;
    }
    reader_.skip(size);
  }

  // --- The whole ---------------------------------------------------------------------------------

  void checkCounts() {
    const std::size_t defined = module_.functions.size() - module_.importedFunctionCount;
    if (!hasCode_ && defined != 0) {
      reader_.fail(std::to_string(defined) + " functions, but no code section");
    }
    if (module_.dataCount && *module_.dataCount != module_.data.size()) {
      reader_.fail("a data count of " + std::to_string(*module_.dataCount) + ", but " +
                   std::to_string(module_.data.size()) + " segments");
    }
  }

  std::uint32_t index(std::uint64_t limit, std::string_view what) {
    const std::uint32_t at = position();
    const std::uint32_t value = reader_.leb32();
    if (value >= limit) {
      reader_.fail(std::string(what) + " " + std::to_string(value) + " does not exist", at);
      return 0;
    }
    return value;
  }

  std::uint32_t functionTypeIndex() {
    const std::uint32_t at = position();
    const std::uint32_t type = index(module_.types.size(), "type");
    if (!reader_.failed() && module_.types[type].form != TypeForm::Function) {
      reader_.fail("type " + std::to_string(type) + " is not of a function", at);
    }
    return type;
  }

  std::uint32_t position() const { return static_cast<std::uint32_t>(reader_.position()); }

  ByteReader reader_;
  Module module_;
  std::string context_;
  std::uint8_t lastRank_ = 0;
  std::uint32_t typeLimit_ = 0;
  std::uint32_t groups_ = 0;
  bool hasCode_ = false;
};

}  // namespace

support::Result<Module> readModule(std::span<const std::uint8_t> bytes) {
  return ModuleReader(bytes).read();
}

}  // namespace asyncscope::wasm
