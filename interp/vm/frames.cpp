// Frames: their memory, the binding of arguments to parameters, and the call of bytecode functions.
#include <cstring>

#include "vm/runtime.h"

size_t py_frame_bytes(const CodeObj* c) {
  size_t n_slots = size_t{c->n_locals} + c->n_cells + c->n_free + c->n_stack;
  return sizeof(Frame) + n_slots * sizeof(Value) + c->n_blocks * sizeof(Block);
}

void py_frame_setup(Frame* f, FunObj* fun, CodeObj* c) {
  std::memset(static_cast<void*>(f), 0, py_frame_bytes(c));
  f->code = c;
  f->fun = fun;
  f->globals = fun ? fun->globals : nullptr;
  f->slots = reinterpret_cast<Value*>(f + 1);
  f->n_slots = c->n_locals + c->n_cells + c->n_free + c->n_stack;
  f->blocks = reinterpret_cast<Block*>(f->slots + f->n_slots);
  f->sp = f->slots + c->n_locals + c->n_cells + c->n_free;
  f->pool_base = gc_pool_top();
}

namespace {
[[noreturn]] void missing_arguments(Frame* f, FunObj* fun, uint32_t from, uint32_t to,
                                    const char* kind) {
  BufObj* names = py_new_buf();
  int count = 0, total = 0;
  for (uint32_t i = from; i < to; i++) total += f->slots[i] == nullptr;
  for (uint32_t i = from; i < to; i++) {
    if (f->slots[i]) continue;
    if (count) buf_cstr(names, count + 1 < total ? ", " : total > 2 ? ", and " : " and ");
    py_print_helper(names, fun->code->varnames->items[i], kPrintRepr);
    count++;
  }
  py_raise(&exc_TypeError, "%S() missing %d required %s argument%s: %S", fun->qualname, total, kind,
           total == 1 ? "" : "s", buf_finish(names));
}

[[noreturn]] void too_many_arguments(FunObj* fun, size_t given) {
  CodeObj* c = fun->code;
  size_t n_defaults = fun->defaults ? fun->defaults->n : 0;
  auto most = static_cast<int>(c->n_args);
  const char* were = given == 1 ? "was" : "were";
  if (n_defaults) {
    py_raise(&exc_TypeError, "%S() takes from %d to %d positional arguments but %d %s given",
             fun->qualname, most - static_cast<int>(n_defaults), most, static_cast<int>(given),
             were);
  }
  py_raise(&exc_TypeError, "%S() takes %d positional argument%s but %d %s given", fun->qualname,
           most, most == 1 ? "" : "s", static_cast<int>(given), were);
}

Frame* new_frame(FunObj* fun, CodeObj* code) {
  size_t bytes = (py_frame_bytes(code) + 15) & ~size_t{15};
  if (vm.depth >= vm.depth_limit || vm.arena_top + bytes > vm.arena_size) {
    py_raise(&exc_RecursionError, "maximum recursion depth exceeded");
  }
  auto* f = reinterpret_cast<Frame*>(vm.arena + vm.arena_top);
  vm.arena_top += bytes;
  vm.depth++;
  py_frame_setup(f, fun, code);
  f->prev = vm.frame;
  return f;
}

Value run(Frame* f) {
  Value r = f->code->flags & kCodeHasHandlers ? py_execute_guarded(f) : py_execute_bytecode(f);
  vm.frame = f->prev;
  vm.depth--;
  vm.arena_top = static_cast<size_t>(reinterpret_cast<char*>(f) - vm.arena);
  gc_pool_reset(f->pool_base);
  if (!is_small(r)) gc_pool_push(r);
  return r;
}
}  // namespace

// The frame must be reachable by the collector or empty; the arguments are rooted by the caller.
void py_bind_args(Frame* f, FunObj* fun, size_t n_args, size_t n_kw, const Value* args) {
  CodeObj* c = fun->code;
  uint32_t n_named = c->n_args + c->n_kwonly;
  size_t n_direct = n_args < c->n_args ? n_args : c->n_args;
  for (size_t i = 0; i < n_direct; i++) f->slots[i] = args[i];
  uint32_t extra = n_named;
  if (c->flags & kCodeVarArgs) {
    f->slots[extra++] = val(py_new_tuple(n_args - n_direct, args + n_direct));
  } else if (n_args > c->n_args) {
    too_many_arguments(fun, n_args);
  }
  DictObj* kw = nullptr;
  if (c->flags & kCodeVarKw) {
    kw = py_new_dict(&type_dict);
    f->slots[extra] = val(kw);
  }
  for (size_t k = 0; k < n_kw; k++) {
    StrObj* name = to_str(args[n_args + 2 * k]);
    Value v = args[n_args + 2 * k + 1];
    uint32_t i = 0;
    while (i < n_named && !str_equal(to_str(c->varnames->items[i]), name)) i++;
    if (i < n_named) {
      if (f->slots[i]) {
        py_raise(&exc_TypeError, "%S() got multiple values for argument '%S'", fun->qualname, name);
      }
      f->slots[i] = v;
    } else if (kw) {
      dict_set(kw, val(name), v);
    } else {
      py_raise(&exc_TypeError, "%S() got an unexpected keyword argument '%S'", fun->qualname, name);
    }
  }
  size_t n_defaults = fun->defaults ? fun->defaults->n : 0;
  bool missing = false;
  for (uint32_t i = static_cast<uint32_t>(n_direct); i < c->n_args; i++) {
    if (f->slots[i]) continue;
    if (i + n_defaults >= c->n_args) {
      f->slots[i] = fun->defaults->items[i + n_defaults - c->n_args];
    } else {
      missing = true;
    }
  }
  if (missing) missing_arguments(f, fun, 0, c->n_args, "positional");
  for (uint32_t i = c->n_args; i < n_named; i++) {
    if (f->slots[i]) continue;
    Value v = fun->kw_defaults ? dict_get(fun->kw_defaults, c->varnames->items[i]) : nullptr;
    if (!v) missing = true;
    f->slots[i] = v;
  }
  if (missing) missing_arguments(f, fun, c->n_args, n_named, "keyword-only");
  Value* cells = f->slots + c->n_locals;
  for (uint32_t i = 0; i < c->n_cells; i++) {
    int32_t arg = c->cell_args[i];
    cells[i] = val(py_new_cell(arg >= 0 ? f->slots[arg] : nullptr));
  }
  for (uint32_t i = 0; i < c->n_free; i++) cells[c->n_cells + i] = fun->closure->items[i];
}

// The call slot of bytecode functions.
PY_NOINLINE Value fun_bc_call(Value self, size_t n_args, size_t n_kw, const Value* args) {
  auto* fun = as<FunObj>(self);
  if (fun->code->flags & kCodeGenerator) return py_new_generator(fun, n_args, n_kw, args);
  Frame* f = new_frame(fun, fun->code);
  py_bind_args(f, fun, n_args, n_kw, args);
  f->pool_base = gc_pool_top();
  vm.frame = f;
  return run(f);
}

// Runs the body of a module or class in the namespace `ns`.
Value py_run_code(CodeObj* code, DictObj* globals, DictObj* ns, TupleObj* closure) {
  FunObj* fun = py_new_function(code, globals);
  fun->closure = closure;
  Frame* f = new_frame(fun, code);
  f->ns = ns;
  Value* cells = f->slots + code->n_locals;
  for (uint32_t i = 0; i < code->n_cells; i++) cells[i] = val(py_new_cell(nullptr));
  for (uint32_t i = 0; i < code->n_free; i++) cells[code->n_cells + i] = closure->items[i];
  f->pool_base = gc_pool_top();
  vm.frame = f;
  return run(f);
}

int32_t py_frame_line(const Frame* f) {
  return f->ip < f->code->n_code ? f->code->lines[f->ip] : 0;
}
