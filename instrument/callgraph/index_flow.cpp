#include "instrument/callgraph/index_flow.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

#include "instrument/callgraph/first_argument.h"
#include "instrument/callgraph/local_values.h"
#include "instrument/callgraph/type_classes.h"
#include "instrument/module/instruction.h"

namespace asyncscope::callgraph {
namespace {

namespace Op = wasm::Op;
using wasm::Instruction;
using From = Value::From;

// Where linkers begin with static data.
constexpr std::uint64_t kLeastStatic = 1024;
// What following the locals of a function may cost, in changes looked at.
constexpr std::size_t kEffortPerByte = 16;

// What the numeric instructions of one byte take and give.
enum class Shape : std::uint8_t {
  Other,
  UnaryInt,
  UnaryOther,
  BinaryInt,
  BinaryOther,
  Pass,  // the number stays what it is
  LoadInt,
  LoadNarrow,
  LoadOther,
  StoreInt,
  StoreOther,
};

constexpr std::array<Shape, 256> makeShapes() {
  std::array<Shape, 256> shapes{};
  const auto set = [&](std::uint32_t first, std::uint32_t last, Shape shape) {
    for (std::uint32_t opcode = first; opcode <= last; ++opcode) {
      shapes[opcode] = shape;
    }
  };
  set(Op::I32Load, Op::I64Load, Shape::LoadInt);
  set(Op::F32Load, Op::F64Load, Shape::LoadOther);
  set(Op::I32Load8S, Op::I64Load16U, Shape::LoadNarrow);
  set(Op::I64Load32S, Op::I64Load32U, Shape::LoadInt);
  set(Op::I32Store, Op::I64Store, Shape::StoreInt);
  set(Op::I64Store + 1, Op::I64Store + 2, Shape::StoreOther);    // f32, f64
  set(Op::I64Store + 3, Op::MemorySize - 1, Shape::StoreOther);  // narrow
  set(Op::I32Eqz, Op::I32Eqz, Shape::UnaryInt);
  set(Op::I32Eq, Op::I32GeU, Shape::BinaryInt);
  set(Op::I64Eqz, Op::I64Eqz, Shape::UnaryInt);
  set(Op::I64Eq, Op::F64Ge, Shape::BinaryInt);
  set(Op::I32Clz, Op::I32Popcnt, Shape::UnaryInt);
  set(Op::I32Add, Op::I32Rotr, Shape::BinaryInt);
  set(Op::I64Clz, Op::I64Popcnt, Shape::UnaryInt);
  set(Op::I64Add, Op::I64Rotr, Shape::BinaryInt);
  set(Op::F32Abs, Op::F32Sqrt, Shape::UnaryOther);
  set(Op::F32Add, Op::F32Copysign, Shape::BinaryOther);
  set(Op::F64Abs, Op::F64Sqrt, Shape::UnaryOther);
  set(Op::F64Add, Op::F64Copysign, Shape::BinaryOther);
  set(Op::I32WrapI64, Op::I32WrapI64, Shape::Pass);
  set(Op::I32TruncF32S, Op::I32TruncF64U, Shape::UnaryInt);
  set(Op::I64ExtendI32S, Op::I64ExtendI32U, Shape::Pass);
  set(Op::I64TruncF32S, Op::I64TruncF64U, Shape::UnaryInt);
  set(Op::F32ConvertI32S, Op::F64PromoteF32, Shape::UnaryOther);
  set(Op::I32ReinterpretF32, Op::I64ReinterpretF64, Shape::UnaryInt);
  set(Op::F32ReinterpretI32, Op::F64ReinterpretI64, Shape::UnaryOther);
  set(Op::I32Extend8S, Op::I64Extend32S, Shape::UnaryInt);
  return shapes;
}

constexpr std::array<Shape, 256> kShapes = makeShapes();

Value numberOf(std::int64_t value) { return {From::Constant, static_cast<std::uint32_t>(value)}; }

Value truthOf(bool value) { return {From::Truth, value ? 1U : 0U}; }

// What a comparison or a combination says of the state of Asyncify while it is normal, which is 0;
// Arithmetic: nothing.
Value stateTest(std::uint32_t opcode, Value a, Value b) {
  if (a.from != From::State && a.from != From::Truth) {
    std::swap(a, b);
  }
  if (opcode == Op::I32Eq || opcode == Op::I32Ne) {
    if (a.from == From::State && b.from == From::Constant) {
      return truthOf((b.a == 0) == (opcode == Op::I32Eq));
    }
  } else if (opcode == Op::I32Or || opcode == Op::I32And) {
    // One decides: true with or, false with and.
    for (const Value value : {a, b}) {
      if (value.from == From::Truth && (value.a != 0) == (opcode == Op::I32Or)) {
        return value;
      }
    }
  }
  return {From::Arithmetic, 0};
}

// Whether the condition is known; then what it is.
bool isDecided(Value condition, bool& truth) {
  truth = condition.from == From::Truth && condition.a != 0;
  return condition.from == From::Truth || condition.from == From::State;
}

// What a number is to whoever keeps it, rather than uses it as an address.
Value kept(Value value) {
  switch (value.from) {
    case From::OffsetPointer:
      return {From::Interior, value.a, value.base};
    case From::State:
    case From::Truth:
      return {From::Arithmetic, 0};
    case From::RecordCursor:
    case From::Record:
      return {From::Unknown, 0};
    default:
      return value;
  }
}

class Follower final : private Variables {
 public:
  Follower(const wasm::Module& module, const TableLayout& tables, SuspendGlobals globals,
           IndexFlow& result);

  support::Result<void> body(std::uint32_t function);
  void finish();

 private:
  struct Block {
    std::size_t height = 0;  // of the stack below its own values
    std::uint32_t results = 0;
    std::uint32_t params = 0;
    std::uint32_t variable = wasm::kNoIndex;  // of its one integer result
    bool loop = false;
    bool isIf = false;  // and there was no else so far
    bool elseRuns = true;
  };

  std::uint32_t newVariable() override {
    result_.flags.push_back(0);
    return static_cast<std::uint32_t>(result_.flags.size() - 1);
  }
  static bool isInteger(wasm::ValueType type) { return type == wasm::kI32 || type == wasm::kI64; }
  Value unknownOf(wasm::ValueType type) const {
    return {isInteger(type) ? From::Unknown : From::None, 0};
  }

  void push(Value value) { stack_.push_back(value); }
  Value pop() {
    if (stack_.size() <= blocks_.back().height) {
      return {From::Unknown, 0};
    }
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
  }
  void noteComputed(Value value) {
    if (value.from == From::Constant && value.a < result_.computedWith.size()) {
      result_.computedWith[value.a] = true;
    }
  }
  void truncate() { stack_.resize(std::min(stack_.size(), blocks_.back().height)); }
  void clear();
  void keep(Value value);
  void noteAddress(Value value);
  // Where the offset is as large as an address, it is that of an array, and the pointer its index.
  void noteArray(Value pointer, const Instruction& instruction) {
    if (pointer.from == From::Arithmetic ||
        (pointer.from != From::Constant && instruction.memory.offset >= kLeastStatic)) {
      noteAddress({From::Constant, static_cast<std::uint32_t>(instruction.memory.offset)});
    }
  }
  void define(std::uint32_t variable, Value value) override;
  Value place(Value pointer, std::uint64_t offset);
  std::uint32_t baseOf(Value pointer);

  void step(const Instruction& instruction);
  void numeric(const Instruction& instruction, Shape shape);
  void control(const Instruction& instruction);
  void open(const Instruction& instruction);
  void leave(std::uint32_t depth, bool conditional);
  void close();
  void onBranchTable(const Instruction& instruction);
  void onStore(const Instruction& instruction, bool integer);
  void noteFilled(Value pointer);
  void onCall(std::uint32_t callee, std::uint32_t offset, bool tail);
  void onIndirect(const Instruction& instruction);
  void pushResults(const wasm::FunctionType& type);
  Value local(std::uint32_t index);
  void setLocal(std::uint32_t index, Value value);
  Value add(Value a, Value b);

  const wasm::Module& module_;
  const TableLayout& tables_;
  const SuspendGlobals globals_;
  IndexFlow& result_;
  std::vector<std::uint32_t> definedVariables_;  // of each definition
  std::vector<std::uint32_t> resultVariables_;   // by function
  std::uint32_t firstGlobal_ = 0;
  std::vector<bool> callsTable_;  // by imported function
  FirstArgument firstArgument_;
  std::uint32_t frameCount_ = 0;
  // `invoke_vi` calls the export `dynCall_vi` with what it was given.
  std::unordered_map<std::uint32_t, std::uint32_t> thunks_;

  // The function at hand.
  std::uint32_t function_ = 0;
  std::uint32_t firstLocal_ = 0;
  bool tooManyLocals_ = false;
  LocalValues locals_{*this};
  std::vector<Value> stack_;
  std::vector<Block> blocks_;
};

Follower::Follower(const wasm::Module& module, const TableLayout& tables, SuspendGlobals globals,
                   IndexFlow& result)
    : module_(module),
      tables_(tables),
      globals_(globals),
      result_(result),
      callsTable_(module.importedFunctionCount),
      firstArgument_(module) {
  result.heldByCode.resize(tables.size());
  result.computedWith.resize(tables.size());
  result.addresses.resize(staticEnd(module));
  for (const wasm::Import& import : module.imports) {
    if (const auto letters = tableCallLetters(import)) {
      callsTable_[import.index] = true;
      const wasm::Export* thunk =
          module.findExport("dynCall_" + std::string(*letters), wasm::ExternalKind::Function);
      if (thunk != nullptr && !module.functions[thunk->index].isImported()) {
        thunks_.emplace(import.index, thunk->index);
      }
    }
  }
  firstGlobal_ = 0;
  result.flags.resize(module.globals.size());
  for (std::uint32_t global = 0; global < module.globals.size(); ++global) {
    const wasm::Global& entry = module.globals[global];
    if (entry.import != wasm::kNoIndex) {
      result.flags[global] = IndexFlow::kUnknown;
    } else if (entry.constant.isInteger()) {
      keep(numberOf(entry.constant.value));
      define(global, numberOf(entry.constant.value));
    } else {
      result.flags[global] = IndexFlow::kUnknown;
    }
  }
  for (const wasm::Export& entry : module.exports) {
    if (entry.kind == wasm::ExternalKind::Global) {
      result.flags[entry.index] |= IndexFlow::kUnknown;
    }
  }
  resultVariables_.resize(module.functions.size(), wasm::kNoIndex);
  result.parameters.resize(module.functions.size());
  result.paramCounts.resize(module.functions.size());
  for (std::uint32_t function = 0; function < module.functions.size(); ++function) {
    const wasm::FunctionType type = module.functionType(function);
    result.parameters[function] = result.variableCount();
    result.paramCounts[function] = static_cast<std::uint32_t>(type.params.size());
    result.flags.resize(result.flags.size() + type.params.size());
    if (type.results.size() == 1 && isInteger(type.results[0]) &&
        !module.functions[function].isImported()) {
      resultVariables_[function] = newVariable();
    }
  }
}

// A number that is kept somewhere, and not only computed with.
void Follower::keep(Value value) {
  if (value.from == From::Constant && value.a < result_.heldByCode.size()) {
    result_.heldByCode[value.a] = true;
  }
  noteAddress(value);
}

// A number that may be the address of an object: kept, or the start of an array. What is only
// loaded from or stored to is a field.
void Follower::noteAddress(Value value) {
  if (value.from == From::Constant && value.a < result_.addresses.size()) {
    result_.addresses[value.a] = true;
  }
}

void Follower::define(std::uint32_t variable, Value value) {
  value = kept(value);
  switch (value.from) {
    case From::None:
    case From::Saved:
      return;
    case From::Unknown:
      result_.flags[variable] |= IndexFlow::kUnknown;
      return;
    case From::Arithmetic:
      result_.flags[variable] |= IndexFlow::kArithmetic;
      return;
    case From::Constant:
      // What is neither an index nor an address can be neither called nor loaded from.
      if (!tables_.holds(value.a) && (value.a == 0 || value.a >= result_.addresses.size())) {
        return;
      }
      break;
    case From::Variable:
      if (value.a == variable) {
        return;
      }
      break;
    default:
      break;
  }
  definedVariables_.push_back(variable);
  result_.definitions.push_back(value);
}

// An instruction whose operands are not known here: all that lies on the stack may be kept.
void Follower::clear() {
  for (std::size_t i = blocks_.back().height; i < stack_.size(); ++i) {
    keep(stack_[i]);
  }
  truncate();
}

// The pointer, to be looked up when it matters which objects it can mean.
std::uint32_t Follower::baseOf(Value pointer) {
  if (pointer.from == From::Unknown || pointer.from == From::None) {
    return Value::kNoBase;
  }
  result_.bases.push_back(pointer);
  return static_cast<std::uint32_t>(result_.bases.size() - 1);
}

// Where a load through the pointer reads.
Value Follower::place(Value pointer, std::uint64_t offset) {
  switch (pointer.from) {
    case From::Constant:
      return {From::AbsoluteLoad, static_cast<std::uint32_t>(pointer.a + offset)};
    case From::OffsetPointer:
      return {From::Load, static_cast<std::uint32_t>(pointer.a + offset), pointer.base};
    case From::Arithmetic:
      return {From::ArrayLoad, 0};
    case From::RecordCursor:
      return {From::Record, 0};
    case From::Record:
      return {From::Saved, 0};
    default:
      return {From::Load, static_cast<std::uint32_t>(offset), baseOf(pointer)};
  }
}

Value Follower::local(std::uint32_t index) {
  return tooManyLocals_ ? Value{From::Unknown, 0} : locals_.get(index);
}

// What is restored from a record is what the local held, which came in on another way.
void Follower::setLocal(std::uint32_t index, Value value) {
  keep(value);
  if (!tooManyLocals_ && value.from != From::Saved) {
    locals_.set(index, value);
  }
}

Value Follower::add(Value a, Value b) {
  if (a.from == From::Constant) {
    std::swap(a, b);
  }
  if (b.from != From::Constant) {
    // An address in the C stack stays one; what else is computed may be anything.
    if (a.from == From::Frame) return {From::Frame, Value::kAnyPlace, a.base};
    if (b.from == From::Frame) return {From::Frame, Value::kAnyPlace, b.base};
    return {From::Arithmetic, 0};
  }
  switch (a.from) {
    case From::Constant:
    case From::OffsetPointer:
      return {a.from, a.a + b.a, a.base};
    case From::Record:
    case From::Arithmetic:
      return a;
    case From::Frame:
      return {a.from, a.a == Value::kAnyPlace ? a.a : a.a + b.a, a.base};
    default:
      return {From::OffsetPointer, b.a, baseOf(a)};
  }
}

void Follower::numeric(const Instruction& instruction, Shape shape) {
  switch (shape) {
    case Shape::UnaryInt: {
      const Value value = pop();
      push(instruction.opcode != Op::I32Eqz ? Value{From::Arithmetic, 0}
           : value.from == From::State      ? truthOf(true)
           : value.from == From::Truth      ? truthOf(value.a == 0)
                                            : Value{From::Arithmetic, 0});
      break;
    }
    case Shape::UnaryOther:
      pop();
      push({From::None, 0});
      break;
    case Shape::BinaryInt: {
      const Value b = pop();
      const Value a = pop();
      noteAddress(a);
      noteAddress(b);
      noteComputed(a);
      noteComputed(b);
      if (instruction.opcode == Op::I32Add || instruction.opcode == Op::I64Add) {
        push(add(a, b));
      } else if ((instruction.opcode == Op::I32Sub || instruction.opcode == Op::I64Sub) &&
                 b.from == From::Constant) {
        push(add(a, {From::Constant, 0 - b.a}));
      } else if (a.from == From::Frame &&
                 (instruction.opcode == Op::I32And || instruction.opcode == Op::I32Sub)) {
        push({From::Frame, Value::kAnyPlace, a.base});
      } else {
        push(stateTest(instruction.opcode, a, b));
      }
      break;
    }
    case Shape::BinaryOther:
      pop();
      pop();
      push({From::None, 0});
      break;
    case Shape::LoadInt: {
      const Value pointer = pop();
      noteArray(pointer, instruction);
      push(place(pointer, instruction.memory.offset));
      break;
    }
    case Shape::LoadNarrow:
      pop();
      push({From::Arithmetic, 0});
      break;
    case Shape::LoadOther:
      pop();
      push({From::None, 0});
      break;
    case Shape::StoreInt:
      onStore(instruction, true);
      break;
    case Shape::StoreOther:
      onStore(instruction, false);
      break;
    case Shape::Pass:
    case Shape::Other:
      break;
  }
}

void Follower::onStore(const Instruction& instruction, bool integer) {
  const Value value = pop();
  const Value pointer = pop();
  const Value where = place(pointer, instruction.memory.offset);
  noteArray(pointer, instruction);
  keep(value);
  // More than a word at once, as where an object is copied.
  constexpr std::uint32_t kLong = 8;
  constexpr std::uint32_t kVector = 16;
  const bool vector = instruction.opcode == Op::V128Store;
  if (where.from == From::Load && (vector || instruction.opcode == Op::I64Store)) {
    result_.fills.push_back({where, vector ? kVector : kLong});
  }
  if (!integer || where.from == From::Saved || where.from == From::Record) {
    return;
  }
  const bool useful =
      (value.from == From::Constant &&
       (tables_.holds(value.a) || (value.a != 0 && value.a < result_.addresses.size()))) ||
      value.from == From::Variable || value.from == From::Load ||
      value.from == From::AbsoluteLoad || value.from == From::ArrayLoad;
  if (useful) {
    result_.stores.push_back({where, value});
  }
}

void Follower::pushResults(const wasm::FunctionType& type) {
  for (const wasm::ValueType result : type.results) {
    push(unknownOf(result));
  }
}

void Follower::onCall(std::uint32_t callee, std::uint32_t offset, bool tail) {
  const wasm::FunctionType type = module_.functionType(callee);
  const std::size_t count = type.params.size();
  const auto thunk = thunks_.find(callee);
  const std::uint32_t receiver = thunk == thunks_.end() ? callee : thunk->second;
  Value first;
  for (std::size_t i = count; i-- > 0;) {
    const Value argument = pop();
    keep(argument);
    if (!module_.functions[receiver].isImported() && i < result_.paramCounts[receiver]) {
      define(result_.parameters[receiver] + static_cast<std::uint32_t>(i), argument);
    }
    first = argument;
  }
  if (callee < callsTable_.size() && callsTable_[callee]) {
    IndexUse use;
    use.function = function_;
    use.offset = offset;
    use.import = callee;
    use.index = count == 0 || !locals_.reachable() ? Value{From::Unknown, 0} : first;
    result_.uses.push_back(use);
  }
  const std::uint32_t variable = resultVariables_[callee];
  if (tail) {
    if (resultVariables_[function_] != wasm::kNoIndex) {
      define(resultVariables_[function_], variable == wasm::kNoIndex
                                              ? Value{From::Unknown, 0}
                                              : Value{From::Variable, variable});
    }
    truncate();
    locals_.unreachable();
  } else if (const Returns returns = firstArgument_.of(callee); returns != Returns::Other) {
    if (returns == Returns::FirstFilled) noteFilled(first);
    push(first);
  } else if (variable != wasm::kNoIndex) {
    push({From::Variable, variable});
  } else {
    pushResults(type);
  }
}

// Something may be copied to where the pointer leads.
void Follower::noteFilled(Value pointer) {
  const Value where = place(pointer, 0);
  if (where.from == From::Load) result_.fills.push_back({where});
}

void Follower::onIndirect(const Instruction& instruction) {
  const bool reference =
      instruction.opcode == Op::CallRef || instruction.opcode == Op::ReturnCallRef;
  const bool tail =
      instruction.opcode == Op::ReturnCallIndirect || instruction.opcode == Op::ReturnCallRef;
  IndexUse use;
  use.function = function_;
  use.offset = instruction.offset;
  use.type = instruction.index;
  use.table = reference ? 0 : instruction.index2;
  use.reference = reference;
  use.index = pop();
  use.index = locals_.reachable() ? kept(use.index) : Value{From::Unknown, 0};
  if (use.index.from == From::Interior || use.index.from == From::Frame) {
    use.index = {From::Arithmetic, 0};
  }
  result_.uses.push_back(use);
  keep(use.index);
  if (module_.types[instruction.index].form != wasm::TypeForm::Function) {
    clear();
    return;
  }
  const wasm::FunctionType type = module_.signature(instruction.index);
  for (std::size_t i = 0; i < type.params.size(); ++i) {
    keep(pop());
  }
  if (tail) {
    if (resultVariables_[function_] != wasm::kNoIndex) {
      define(resultVariables_[function_], {From::Unknown, 0});
    }
    truncate();
    locals_.unreachable();
  } else {
    pushResults(type);
  }
}

void Follower::open(const Instruction& instruction) {
  Block block;
  block.loop = instruction.opcode == Op::Loop;
  wasm::ValueType result = wasm::kF32;
  if (instruction.blockType.kind == wasm::BlockType::Kind::Value) {
    block.results = 1;
    result = instruction.blockType.value;
  } else if (instruction.blockType.kind == wasm::BlockType::Kind::Type) {
    const wasm::FunctionType type = module_.signature(instruction.blockType.typeIndex);
    block.results = static_cast<std::uint32_t>(type.results.size());
    block.params = static_cast<std::uint32_t>(type.params.size());
    if (block.results == 1) {
      result = type.results[0];
    }
  }
  if (block.results == 1 && isInteger(result)) {
    block.variable = newVariable();
  }
  const std::size_t below = blocks_.back().height;
  block.height = stack_.size() > below + block.params ? stack_.size() - block.params : below;
  block.isIf = instruction.opcode == Op::If;
  blocks_.push_back(block);
  locals_.open(block.loop);
  if (block.loop) {
    for (std::size_t i = block.height; i < stack_.size(); ++i) {
      keep(stack_[i]);
      stack_[i] = {From::Unknown, 0};
    }
  }
}

// A branch to the block that many levels out; an unconditional one leaves nothing behind it.
void Follower::leave(std::uint32_t depth, bool conditional) {
  const Block& target = blocks_[blocks_.size() - 1 - depth];
  if (!target.loop && target.results == 1) {
    const Value value = pop();
    keep(value);
    if (target.variable != wasm::kNoIndex && locals_.reachable()) {
      define(target.variable, value);
    }
    push(value);
  } else {
    const std::size_t available = stack_.size() - std::min(stack_.size(), blocks_.back().height);
    const std::size_t count =
        std::min<std::size_t>(available, target.loop ? target.params : target.results);
    for (std::size_t i = stack_.size() - count; i < stack_.size(); ++i) {
      keep(stack_[i]);
    }
  }
  if (!conditional) {
    truncate();
  }
}

void Follower::close() {
  leave(0, false);
  const Block block = blocks_.back();
  blocks_.pop_back();
  locals_.close(block.isIf && block.elseRuns);
  if (blocks_.empty()) {
    return;
  }
  stack_.resize(std::min(stack_.size(), block.height));
  if (block.variable != wasm::kNoIndex) {
    push({From::Variable, block.variable});
  } else {
    for (std::uint32_t i = 0; i < block.results; ++i) {
      push({From::Unknown, 0});
    }
  }
}

void Follower::onBranchTable(const Instruction& instruction) {
  pop();
  std::vector<std::uint32_t> depths;
  wasm::forEachBranchTarget(module_, instruction,
                            [&](std::uint32_t depth) { depths.push_back(depth); });
  std::sort(depths.begin(), depths.end());
  depths.erase(std::unique(depths.begin(), depths.end()), depths.end());
  for (const std::uint32_t depth : depths) {
    leave(depth, true);
    locals_.branch(depth);
  }
  truncate();
  locals_.unreachable();
}

void Follower::control(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Op::If: {
      bool truth = false;
      const bool decided = isDecided(pop(), truth);
      open(instruction);
      blocks_.back().elseRuns = !decided || !truth;
      if (decided && !truth) {
        locals_.unreachable();
      }
      break;
    }
    case Op::Block:
    case Op::Loop:
    case Op::Try:
    case Op::TryTable:
      open(instruction);
      if (instruction.opcode == Op::Try || instruction.opcode == Op::TryTable) {
        locals_.giveUp();
      }
      if (instruction.opcode == Op::TryTable) {
        wasm::forEachCatchClause(module_, instruction, [&](const wasm::CatchClause& clause) {
          // Counted from outside the try_table, which is open already.
          const Block& target = blocks_[blocks_.size() - 2 - clause.label];
          if (target.variable != wasm::kNoIndex) {
            define(target.variable, {From::Unknown, 0});
          }
        });
      }
      break;
    case Op::Else:
    case Op::Catch:
    case Op::CatchAll: {
      leave(0, false);
      blocks_.back().isIf = false;
      locals_.otherwise(blocks_.back().elseRuns);
      const std::size_t values =
          instruction.opcode == Op::Else ? blocks_.back().params
          : instruction.opcode == Op::Catch
              ? module_.signature(module_.tags[instruction.index].type).params.size()
              : 0;
      for (std::size_t i = 0; i < values; ++i) {
        push({From::Unknown, 0});
      }
      break;
    }
    case Op::End:
    case Op::Delegate:
      close();
      break;
    case Op::Br:
      leave(instruction.index, false);
      locals_.branch(instruction.index);
      locals_.unreachable();
      break;
    case Op::BrIf: {
      bool truth = false;
      const bool decided = isDecided(pop(), truth);
      if (!decided || truth) {
        leave(instruction.index, true);
        locals_.branch(instruction.index);
      }
      if (decided && truth) {
        locals_.unreachable();
      }
      break;
    }
    case Op::BrTable:
      onBranchTable(instruction);
      break;
    case Op::Return:
      leave(static_cast<std::uint32_t>(blocks_.size() - 1), false);
      locals_.unreachable();
      break;
    default:  // unreachable, throw, rethrow
      clear();
      locals_.unreachable();
  }
}

void Follower::step(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Op::Nop:
      break;
    case Op::Drop:
      pop();
      break;
    case Op::Select:
    case Op::SelectTyped: {
      bool truth = false;
      const bool decided = isDecided(pop(), truth);
      const Value second = pop();
      const Value first = pop();
      if (decided) {
        push(truth ? first : second);
        break;
      }
      const Value a = kept(first);
      const Value b = kept(second);
      keep(a);
      keep(b);
      if (a.from == From::None || (a.from == From::Arithmetic && b.from == From::Arithmetic)) {
        push(a);
      } else {
        const std::uint32_t variable = newVariable();
        define(variable, a);
        define(variable, b);
        push({From::Variable, variable});
      }
      break;
    }
    case Op::LocalGet:
      push(local(instruction.index));
      break;
    case Op::LocalSet:
      setLocal(instruction.index, pop());
      break;
    case Op::LocalTee: {
      const Value value = pop();
      setLocal(instruction.index, value);
      push(value);
      break;
    }
    case Op::GlobalGet:
      push(instruction.index == globals_.data           ? Value{From::RecordCursor, 0}
           : instruction.index == globals_.state        ? Value{From::State, 0}
           : instruction.index == globals_.stackPointer ? Value{From::Frame, 0, frameCount_++}
           : isInteger(module_.globals[instruction.index].type)
               ? Value{From::Variable, firstGlobal_ + instruction.index}
               : Value{From::None, 0});
      break;
    case Op::GlobalSet: {
      const Value value = pop();
      keep(value);
      define(firstGlobal_ + instruction.index, value);
      break;
    }
    case Op::I32Const:
    case Op::I64Const: {
      if (instruction.opcode == Op::I64Const) {
        keep(numberOf(instruction.value >> 32));  // two words at once
      }
      push(numberOf(instruction.value));
      break;
    }
    case Op::F32Const:
    case Op::F64Const:
      push({From::None, 0});
      break;
    case Op::MemorySize:
      push({From::Arithmetic, 0});
      break;
    case Op::MemoryGrow:
      pop();
      push({From::Arithmetic, 0});
      break;
    case Op::Call:
    case Op::ReturnCall:
      onCall(instruction.index, instruction.offset, instruction.opcode == Op::ReturnCall);
      break;
    case Op::CallIndirect:
    case Op::CallRef:
    case Op::ReturnCallIndirect:
    case Op::ReturnCallRef:
      onIndirect(instruction);
      break;
    case Op::RefFunc:
      result_.referenced.push_back(instruction.index);
      push({From::None, 0});
      break;
    case Op::MemoryCopy:
      pop();
      pop();
      noteFilled(pop());
      break;
    case Op::MemoryFill:
      pop();
      pop();
      pop();
      break;
    case Op::TableSet:
    case Op::TableInit:
    case Op::TableCopy:
    case Op::TableFill:
    case Op::TableGrow:
      result_.writesTables = true;
      clear();
      break;
    case Op::V128Const:
      for (std::uint32_t at = instruction.payload.begin; at < instruction.payload.end; at += 4) {
        const auto& bytes = module_.bytes;
        keep(numberOf(bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 |
                      static_cast<std::int64_t>(bytes[at + 3]) << 24));
      }
      clear();
      break;
    default:
      if (instruction.opcode < kShapes.size()) {
        const Shape shape = kShapes[instruction.opcode];
        if (shape != Shape::Other) {
          numeric(instruction, shape);
          break;
        }
      }
      clear();
  }
}

support::Result<void> Follower::body(std::uint32_t function) {
  function_ = function;
  const std::uint64_t count = module_.totalLocals(function);
  // To be used, a local needs more bytes than there are here.
  tooManyLocals_ = count > module_.functions[function].code.size() +
                               std::uint64_t{result_.paramCounts[function]};
  // Parameters have their variables already, which calls define: a copy links the two.
  firstLocal_ = result_.variableCount();
  locals_.begin(firstLocal_, tooManyLocals_ ? 0 : static_cast<std::uint32_t>(count),
                result_.parameters[function], result_.paramCounts[function],
                kEffortPerByte * module_.functions[function].code.size());
  if (!tooManyLocals_) {
    result_.flags.resize(result_.flags.size() + count);
    for (std::uint32_t i = 0; i < result_.paramCounts[function]; ++i) {
      define(firstLocal_ + i, {From::Variable, result_.parameters[function] + i});
    }
  }
  stack_.clear();
  blocks_.clear();
  Block outer;
  outer.results = static_cast<std::uint32_t>(module_.functionType(function).results.size());
  outer.variable = resultVariables_[function];
  blocks_.push_back(outer);

  wasm::InstructionReader reader(module_, function);
  Instruction instruction;
  while (reader.next(instruction)) {
    switch (instruction.opcode) {
      case Op::Block:
      case Op::Loop:
      case Op::If:
      case Op::Else:
      case Op::End:
      case Op::Try:
      case Op::TryTable:
      case Op::Catch:
      case Op::CatchAll:
      case Op::Delegate:
      case Op::Br:
      case Op::BrIf:
      case Op::BrTable:
      case Op::Return:
      case Op::Unreachable:
      case Op::Throw:
      case Op::ThrowRef:
      case Op::Rethrow:
        control(instruction);
        break;
      default:
        step(instruction);
    }
  }
  if (reader.failed()) {
    return tl::unexpected(reader.error());
  }
  return {};
}

void Follower::finish() {
  result_.byVariable = Lists(result_.flags.size(), [&](auto add) {
    for (std::uint32_t i = 0; i < definedVariables_.size(); ++i) {
      add(definedVariables_[i], i);
    }
  });
}

}  // namespace

bool IndexFlow::isParameter(std::uint32_t variable, std::uint32_t& function) const {
  if (parameters.empty() || variable < parameters.front()) {
    return false;
  }
  const auto next = std::upper_bound(parameters.begin(), parameters.end(), variable);
  function = static_cast<std::uint32_t>(next - parameters.begin() - 1);
  return variable - parameters[function] < paramCounts[function];
}

support::Result<IndexFlow> followIndices(const wasm::Module& module, const TableLayout& tables,
                                         SuspendGlobals globals) {
  IndexFlow flow;
  Follower follower(module, tables, globals, flow);
  for (std::uint32_t function = module.importedFunctionCount; function < module.functions.size();
       ++function) {
    if (auto done = follower.body(function); !done) {
      return tl::unexpected(done.error());
    }
  }
  follower.finish();
  return flow;
}

}  // namespace asyncscope::callgraph
