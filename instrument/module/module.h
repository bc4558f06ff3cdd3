// A WebAssembly module as the bytes that it is: every part with its place in the file.
//
// readModule() reads every section but looks neither into function bodies (past their locals) nor
// into names, so that 25 MB take milliseconds; bodies are decoded by instruction.h, names on
// demand. It is no validator: it guarantees that all ranges lie within the bytes, in order, without
// overlap, and that all indices that it read are within bounds; types of operands are not checked.
//
//   | magic, version | section | section | …          section = | id | size LEB | payload        |
//   code payload     = | count | entry | entry | …    entry   = | size LEB | locals | instructions
//   |
//                                                                 ^ body.begin        ^ code.begin
// All offsets are absolute in the file, as engines print them in stack traces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "instrument/module/types.h"
#include "support/result.h"

namespace asyncscope::wasm {

enum class SectionId : std::uint8_t {
  Custom = 0,
  Type = 1,
  Import = 2,
  Function = 3,
  Table = 4,
  Memory = 5,
  Global = 6,
  Export = 7,
  Start = 8,
  Element = 9,
  Code = 10,
  Data = 11,
  DataCount = 12,
  Tag = 13,
};

// The place of a section in the order that the format prescribes, which is not that of the ids; 0
// for custom sections, which may stand anywhere.
constexpr std::uint8_t sectionRank(SectionId id) {
  constexpr std::uint8_t kRanks[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};
  return kRanks[static_cast<std::size_t>(id)];
}

struct Section {
  SectionId id = SectionId::Custom;
  std::uint32_t header = 0;  // offset of the id byte
  Range payload;             // all after the size; for a custom section the name is part of it
  std::string_view name;     // custom sections only
  Range content;             // the payload without a custom section's name
};

enum class TypeForm : std::uint8_t { Function, Struct, Array };

// One defined type; recursion groups are flattened into one index space.
struct Type {
  TypeForm form = TypeForm::Function;
  bool final = true;
  std::uint32_t supertype = kNoIndex;
  std::uint32_t group = 0;       // ordinal of its recursion group
  std::uint32_t firstValue = 0;  // in Module::typeValues: parameters, then results; or the fields
  std::uint32_t paramCount = 0;  // parameters of a function; fields of a struct; 1 for an array
  std::uint32_t resultCount = 0;
};

// Views into a Module; valid as long as it is.
struct FunctionType {
  std::span<const ValueType> params;
  std::span<const ValueType> results;
};

// The values are the codes of the binary format.
enum class ExternalKind : std::uint8_t { Function = 0, Table = 1, Memory = 2, Global = 3, Tag = 4 };

struct Import {
  std::string_view module;
  std::string_view name;
  ExternalKind kind = ExternalKind::Function;
  std::uint32_t index = 0;  // in the index space of its kind
};

struct Export {
  std::string_view name;
  ExternalKind kind = ExternalKind::Function;
  std::uint32_t index = 0;
};

// A run of declared locals of one type.
struct LocalGroup {
  std::uint32_t count = 0;
  ValueType type;
};

struct Function {
  std::uint32_t type = 0;           // index into Module::types, always of a function
  std::uint32_t import = kNoIndex;  // index into Module::imports, or kNoIndex when defined here
  std::uint32_t entry = 0;          // offset of the size that precedes the body
  Range body;                       // the locals and the instructions: what the size counts
  Range code;                       // the instructions, the closing end included
  std::uint32_t localCount = 0;     // declared locals; parameters not counted

  bool isImported() const { return import != kNoIndex; }
};

struct Limits {
  std::uint64_t minimum = 0;
  std::optional<std::uint64_t> maximum;
  bool shared = false;
  bool is64 = false;
};

// What a constant expression says, when it is a single instruction.
struct Constant {
  enum class Kind : std::uint8_t { I32, I64, F32, F64, GlobalGet, RefFunc, RefNull, Other };
  Kind kind = Kind::Other;  // Other: anything longer (extended const), or of another type
  std::int64_t value = 0;   // I32 (sign-extended), I64; the raw bits of F32 and F64
  std::uint32_t index = 0;  // GlobalGet, RefFunc

  bool isInteger() const { return kind == Kind::I32 || kind == Kind::I64; }
};

struct Table {
  ValueType element;
  Limits limits;  // in elements
  std::uint32_t import = kNoIndex;
  Range init;  // expression, with its end; empty when there is none
};

struct Memory {
  Limits limits;  // in pages
  std::uint8_t pageSizeLog2 = 16;
  std::uint32_t import = kNoIndex;
};

struct Global {
  ValueType type;
  bool isMutable = false;
  std::uint32_t import = kNoIndex;
  Range init;         // expression, with its end; empty when imported
  Constant constant;  // of init
};

struct Tag {
  std::uint32_t type = 0;
  std::uint32_t import = kNoIndex;
};

enum class SegmentMode : std::uint8_t { Active, Passive, Declarative };

struct ElementSegment {
  SegmentMode mode = SegmentMode::Active;
  std::uint32_t table = kNoIndex;  // Active only
  Constant offset;                 // Active only
  ValueType type;
  std::vector<std::uint32_t> functions;  // kNoIndex for an item that is not a plain ref.func
};

struct DataSegment {
  SegmentMode mode = SegmentMode::Active;
  std::uint32_t memory = kNoIndex;  // Active only
  Constant offset;                  // Active only
  Range bytes;
};

struct Module {
  std::span<const std::uint8_t> bytes;  // not owned
  std::vector<Section> sections;        // in file order
  std::vector<Type> types;
  std::vector<ValueType> typeValues;  // what Type::firstValue points into
  std::vector<Import> imports;
  std::vector<Export> exports;
  // Each index space holds the imported ones first, as the format numbers them.
  std::vector<Function> functions;
  std::vector<Table> tables;
  std::vector<Memory> memories;
  std::vector<Global> globals;
  std::vector<Tag> tags;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::uint32_t importedFunctionCount = 0;
  std::uint32_t importedGlobalCount = 0;
  std::uint32_t importedTableCount = 0;
  std::uint32_t importedMemoryCount = 0;
  std::uint32_t importedTagCount = 0;
  std::optional<std::uint32_t> start;
  std::optional<std::uint32_t> dataCount;  // of the data count section

  // The type of a function, by function index and by type index; the index must be in bounds.
  FunctionType functionType(std::uint32_t function) const;
  FunctionType signature(std::uint32_t type) const;

  // The declared locals of a defined function, as groups in file order.
  std::vector<LocalGroup> localGroups(std::uint32_t function) const;
  // The type of a local or parameter, by its index in the function; the index must be in bounds.
  ValueType localType(std::uint32_t function, std::uint32_t local) const;
  // Parameters and declared locals together; 64 bits as each may count up to 2^32-1.
  std::uint64_t totalLocals(std::uint32_t function) const;

  // The defined function whose entry (size, locals, instructions) holds the offset, or kNoIndex.
  std::uint32_t functionAt(std::uint32_t offset) const;

  // First section of that id; first custom section of that name; nullptr when there is none.
  const Section* section(SectionId id) const;
  const Section* customSection(std::string_view name) const;
  // First export of that name and kind; nullptr when there is none.
  const Export* findExport(std::string_view name, ExternalKind kind) const;

  // Whether this is the main or a side module of dynamic linking with a dylink section.
  bool isDynamicLibrary() const;

  // From the name section, parsed at each call; as in engines, a malformed one is no error but ends
  // there. The lists are as long as the index space; "" where there is no name.
  std::vector<std::string_view> functionNames() const;
  std::vector<std::string_view> globalNames() const;
  std::string_view moduleName() const;

  std::span<const std::uint8_t> slice(Range range) const {
    return bytes.subspan(range.begin, range.size());
  }
};

// Reads a module. The bytes must outlive the result. Errors carry the offset.
support::Result<Module> readModule(std::span<const std::uint8_t> bytes);

}  // namespace asyncscope::wasm
