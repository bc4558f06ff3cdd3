// The greatest depth of the value stack, by following every path of the finished code once. A
// depth that differs between two paths to one instruction is a defect of the compiler and aborts.
#include <cstdio>
#include <cstdlib>

#include "compile/unit.h"
#include "vm/runtime.h"

namespace {
constexpr int V = 1000;
const int16_t kEffects[] = {
#define OP(name, effect) effect,
#include "vm/opcodes.def"
#undef OP
};

int call_operands(uint32_t arg) { return static_cast<int>((arg & 0xfff) + 2 * (arg >> 12)); }

int effect(uint32_t op, uint32_t arg) {
  auto n = static_cast<int>(arg);
  if (kEffects[op] != V) return kEffects[op];
  switch (op) {
    case OP_BUILD_SLICE:
    case OP_BUILD_TUPLE:
    case OP_BUILD_LIST:
    case OP_BUILD_SET:
    case OP_BUILD_STRING:
      return 1 - n;
    case OP_BUILD_MAP:
      return 1 - 2 * n;
    case OP_JUMP_IF_FALSE_OR_POP:
    case OP_JUMP_IF_TRUE_OR_POP:
      return -1;
    case OP_FOR_ITER:
    case OP_SETUP_WITH:
      return 1;
    case OP_FORMAT_VALUE:
      return arg & kFormatSpec ? -1 : 0;
    case OP_UNPACK_SEQUENCE:
      return n - 1;
    case OP_UNPACK_EX:
      return static_cast<int>((arg & 0xfff) + (arg >> 12));
    case OP_CALL_FUNCTION:
      return -call_operands(arg);
    case OP_CALL_METHOD:
      return -call_operands(arg) - 1;
    case OP_CALL_EX:
      return arg ? -2 : -1;
    case OP_MAKE_FUNCTION:
      return -__builtin_popcount(arg);
    case OP_BUILD_CLASS:
      return -3;
    default:
      return 0;
  }
}

struct State {
  int16_t depth, blocks;
};
}  // namespace

void measure_stacks(Unit* u, uint32_t* stack, uint32_t* blocks) {
  uint32_t n = u->code.n;
  auto* seen = static_cast<State*>(arena_alloc(u->arena, n * sizeof(State)));
  for (uint32_t i = 0; i < n; i++) seen[i] = {-1, 0};
  Vec<uint32_t> work;
  int most = 0, most_blocks = 0;
  auto reach = [&](uint32_t at, int depth, int nested) {
    if (depth < 0 || nested < 0 || at >= n || (seen[at].depth >= 0 && seen[at].depth != depth)) {
      std::fprintf(stderr, "compiler defect: stack depth %d/%d at %u of %s\n", depth,
                   at < n ? seen[at].depth : -2, at, u->name->data);
      std::abort();
    }
    if (seen[at].depth >= 0) return;
    seen[at] = {static_cast<int16_t>(depth), static_cast<int16_t>(nested)};
    if (depth > most) most = depth;
    if (nested > most_blocks) most_blocks = nested;
    work.push(u->arena, at);
  };
  reach(0, 0, 0);
  while (work.n) {
    uint32_t at = work[--work.n];
    uint32_t op = u->code[at] & 0xff, arg = u->code[at] >> 8;
    int depth = seen[at].depth, nested = seen[at].blocks;
    int next = depth + effect(op, arg);
    if (next > most) most = next;
    switch (op) {
      case OP_JUMP:
      case OP_JUMP_BACK:
        reach(arg, depth, nested);
        continue;
      case OP_RETURN_VALUE:
      case OP_RERAISE:
      case OP_RAISE:
        continue;
      case OP_POP_JUMP_IF_FALSE:
      case OP_POP_JUMP_IF_TRUE:
        reach(arg, next, nested);
        break;
      case OP_JUMP_IF_FALSE_OR_POP:
      case OP_JUMP_IF_TRUE_OR_POP:
        reach(arg, depth, nested);
        break;
      case OP_FOR_ITER:
        reach(arg, depth - 1, nested);
        break;
      case OP_SETUP_TRY:
      case OP_SETUP_WITH:
        reach(arg, depth + 2, nested);
        nested++;
        break;
      case OP_POP_BLOCK:
        nested--;
        break;
      default:
        break;
    }
    reach(at + 1, next, nested);
  }
  *stack = static_cast<uint32_t>(most);
  *blocks = static_cast<uint32_t>(most_blocks);
}
