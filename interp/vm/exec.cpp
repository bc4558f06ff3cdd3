// The dispatch loop: one computed goto per instruction, the VM hook on every jump backwards.
//
// The value stack, the locals and the instruction counter live in the Frame, which the collector
// scans whole; `sp` and `ip` here are copies. `frame->ip` names the instruction being executed at
// all times, so exceptions and position marks find their line.
#include "vm/exec_helpers.h"
#include "vm/opcodes.h"

#pragma GCC diagnostic ignored "-Wpedantic"  // labels as values

PY_NOINLINE Value py_execute_bytecode(Frame* f) {
  static const void* const labels[] = {
#define OP(name, effect) &&op_##name,
#include "vm/opcodes.def"
#undef OP
  };
  const uint32_t* const code = f->code->code;
  const Value* const consts = f->code->consts->items;
  const Value* const names = f->code->names->items;
  Value* const slots = f->slots;
  Value* const cells = slots + f->code->n_locals;
  Value* sp = f->sp;
  uint32_t ip = f->resume;
  uint32_t arg;
  Value a, b, c;

  if (f->pending_throw) {
    if ((code[ip] & 0xff) == OP_YIELD_FROM) {
      *sp++ = py_none;  // the instruction forwards the exception to its iterator
    } else {
      a = f->pending_throw;
      f->pending_throw = nullptr;
      py_raise_object(a, nullptr, false);
    }
  }

#define NEXT()                          \
  do {                                  \
    f->ip = ip;                         \
    arg = code[ip++];                   \
    const void* l = labels[arg & 0xff]; \
    arg >>= 8;                          \
    goto* l;                            \
  } while (0)
#define NAME(i) to_str(names[i])

  NEXT();

op_NOP:
  NEXT();
op_LOAD_CONST:
  *sp++ = consts[arg];
  NEXT();
op_LOAD_FAST:
  a = slots[arg];
  if (!a) exec_unbound_local(to_str(f->code->varnames->items[arg]));
  *sp++ = a;
  NEXT();
op_STORE_FAST:
  slots[arg] = *--sp;
  NEXT();
op_DELETE_FAST:
  if (!slots[arg]) exec_unbound_local(to_str(f->code->varnames->items[arg]));
  slots[arg] = nullptr;
  NEXT();
op_LOAD_DEREF:
  a = as<CellObj>(cells[arg])->value;
  if (!a) exec_unbound_free(f, arg);
  *sp++ = a;
  NEXT();
op_STORE_DEREF:
  as<CellObj>(cells[arg])->value = *--sp;
  NEXT();
op_DELETE_DEREF:
  if (!as<CellObj>(cells[arg])->value) exec_unbound_free(f, arg);
  as<CellObj>(cells[arg])->value = nullptr;
  NEXT();
op_LOAD_CLOSURE:
  *sp++ = cells[arg];
  NEXT();
op_LOAD_CLASSDEREF:
  a = dict_get_str(
      f->ns, to_str(arg < f->code->n_cells ? f->code->cellnames->items[arg]
                                           : f->code->freenames->items[arg - f->code->n_cells]));
  if (!a) a = as<CellObj>(cells[arg])->value;
  if (!a) exec_unbound_free(f, arg);
  *sp++ = a;
  NEXT();
op_LOAD_GLOBAL:
  *sp++ = exec_load_global(f, NAME(arg));
  NEXT();
op_STORE_GLOBAL:
  dict_set(f->globals, names[arg], sp[-1]);
  sp--;
  NEXT();
op_DELETE_GLOBAL:
  if (!dict_delete(f->globals, names[arg], nullptr)) exec_name_error(NAME(arg));
  NEXT();
op_LOAD_NAME:
  *sp++ = exec_load_name(f, NAME(arg));
  NEXT();
op_STORE_NAME:
  dict_set(f->ns, names[arg], sp[-1]);
  sp--;
  NEXT();
op_DELETE_NAME:
  if (!dict_delete(f->ns, names[arg], nullptr)) exec_name_error(NAME(arg));
  NEXT();
op_LOAD_ATTR:
  sp[-1] = py_load_attr(sp[-1], NAME(arg));
  NEXT();
op_STORE_ATTR:
  py_store_attr(sp[-1], NAME(arg), sp[-2]);
  sp -= 2;
  NEXT();
op_DELETE_ATTR:
  py_store_attr(sp[-1], NAME(arg), nullptr);
  sp--;
  NEXT();
op_LOAD_METHOD:
  py_load_method(sp[-1], NAME(arg), &a, &b);
  sp[-1] = a;
  *sp++ = b;
  NEXT();
op_LOAD_SUBSCR:
  sp[-2] = py_subscr(sp[-2], sp[-1]);
  sp--;
  NEXT();
op_STORE_SUBSCR:  // value, container, index
  py_subscr_store(sp[-2], sp[-1], sp[-3]);
  sp -= 3;
  NEXT();
op_DELETE_SUBSCR:
  py_subscr_delete(sp[-2], sp[-1]);
  sp -= 2;
  NEXT();
op_BUILD_SLICE:
  a = arg == 3 ? sp[-1] : py_none;
  sp -= arg;
  sp[0] = py_new_slice(sp[0], sp[1], a);
  sp++;
  NEXT();
op_BINARY_OP:
  a = py_binary_op(static_cast<BinaryOp>(arg), sp[-2], sp[-1]);
  *(--sp - 1) = a;
  NEXT();
op_INPLACE_OP:
  a = py_inplace_op(static_cast<BinaryOp>(arg), sp[-2], sp[-1]);
  *(--sp - 1) = a;
  NEXT();
op_UNARY_OP:
  sp[-1] = py_unary_op(static_cast<UnaryOp>(arg), sp[-1]);
  NEXT();
op_NOT:
  sp[-1] = py_bool(!py_is_true(sp[-1]));
  NEXT();
op_IS_OP:
  a = py_bool((sp[-2] == sp[-1]) != (arg != 0));
  *(--sp - 1) = a;
  NEXT();
op_CONTAINS_OP:
  a = py_bool(py_contains(sp[-1], sp[-2]) != (arg != 0));
  *(--sp - 1) = a;
  NEXT();
op_POP_TOP:
  sp--;
  NEXT();
op_DUP_TOP:
  sp[0] = sp[-1];
  sp++;
  NEXT();
op_DUP_TWO:
  sp[0] = sp[-2];
  sp[1] = sp[-1];
  sp += 2;
  NEXT();
op_ROT_TWO:
  a = sp[-1];
  sp[-1] = sp[-2];
  sp[-2] = a;
  NEXT();
op_ROT_THREE:  // the top goes below the next two
  a = sp[-1];
  sp[-1] = sp[-2];
  sp[-2] = sp[-3];
  sp[-3] = a;
  NEXT();
op_ROT_FOUR:
  a = sp[-1];
  sp[-1] = sp[-2];
  sp[-2] = sp[-3];
  sp[-3] = sp[-4];
  sp[-4] = a;
  NEXT();
op_JUMP:
  ip = arg;
  NEXT();
op_JUMP_BACK:
  ip = arg;
  gc_safe_point(f->pool_base);
  py_vm_hook_poll();
  NEXT();
op_POP_JUMP_IF_FALSE:
  if (!py_is_true(*--sp)) ip = arg;
  NEXT();
op_POP_JUMP_IF_TRUE:
  if (py_is_true(*--sp)) ip = arg;
  NEXT();
op_JUMP_IF_FALSE_OR_POP:
  if (!py_is_true(sp[-1])) {
    ip = arg;
  } else {
    sp--;
  }
  NEXT();
op_JUMP_IF_TRUE_OR_POP:
  if (py_is_true(sp[-1])) {
    ip = arg;
  } else {
    sp--;
  }
  NEXT();
op_GET_ITER:
  sp[-1] = py_getiter(sp[-1]);
  NEXT();
op_FOR_ITER:
  a = py_iternext(sp[-1]);
  if (a) {
    *sp++ = a;
  } else {
    sp--;
    ip = arg;
  }
  NEXT();
op_BUILD_TUPLE:
  a = val(py_new_tuple(arg, sp - arg));
  sp -= arg;
  *sp++ = a;
  NEXT();
op_BUILD_LIST : {
  ListObj* l = py_new_list(arg);
  sp -= arg;
  for (uint32_t i = 0; i < arg; i++) l->items[i] = sp[i];
  *sp++ = val(l);
  NEXT();
}
op_BUILD_SET:
  a = val(py_new_dict(&type_set));
  sp -= arg;
  for (uint32_t i = 0; i < arg; i++) dict_set(as<DictObj>(a), sp[i], py_none);
  *sp++ = a;
  NEXT();
op_BUILD_MAP:
  a = val(py_new_dict(&type_dict));
  sp -= 2 * arg;
  for (uint32_t i = 0; i < arg; i++) dict_set(as<DictObj>(a), sp[2 * i], sp[2 * i + 1]);
  *sp++ = a;
  NEXT();
op_BUILD_STRING:
  a = exec_build_string(sp - arg, arg);
  sp -= arg;
  *sp++ = a;
  NEXT();
op_LIST_APPEND:
  list_append(as<ListObj>(sp[-1 - static_cast<int32_t>(arg)]), sp[-1]);
  sp--;
  NEXT();
op_SET_ADD:
  dict_set(as<DictObj>(sp[-1 - static_cast<int32_t>(arg)]), sp[-1], py_none);
  sp--;
  NEXT();
op_MAP_ADD:  // key, value
  dict_set(as<DictObj>(sp[-2 - static_cast<int32_t>(arg)]), sp[-2], sp[-1]);
  sp -= 2;
  NEXT();
op_LIST_EXTEND:  // arg 1: of the arguments of a call, the function is below the list
  if (arg) exec_star_argument(sp[-3], sp[-1]);
  list_extend(as<ListObj>(sp[-2]), sp[-1]);
  sp--;
  NEXT();
op_SET_UPDATE : {
  IterScope s = py_iter_begin(sp[-1]);
  while (Value v = py_iter_step(s)) dict_set(as<DictObj>(sp[-2]), v, py_none);
  sp--;
  NEXT();
}
op_DICT_UPDATE:
  if (type_of(sp[-1]) != &type_dict && !py_load_attr_maybe(sp[-1], py_names.keys)) {
    py_raise(&exc_TypeError, "'%N' object is not a mapping", sp[-1]);
  }
  dict_update(as<DictObj>(sp[-2]), sp[-1]);
  sp--;
  NEXT();
op_DICT_MERGE:
  exec_dict_merge(sp[-4], sp[-2], sp[-1]);
  sp--;
  NEXT();
op_LIST_TO_TUPLE:
  sp[-1] = val(py_tuple_from(sp[-1]));
  NEXT();
op_FORMAT_VALUE:
  if (arg & kFormatSpec) {
    a = exec_format(sp[-2], arg, sp[-1]);
    sp--;
  } else {
    a = exec_format(sp[-1], arg, nullptr);
  }
  sp[-1] = a;
  NEXT();
op_UNPACK_SEQUENCE:
  exec_unpack(sp[-1], arg, sp - 1);
  sp += static_cast<int32_t>(arg) - 1;
  NEXT();
op_UNPACK_EX:
  exec_unpack_ex(sp[-1], arg & 0xfff, arg >> 12, sp - 1);
  sp += (arg & 0xfff) + (arg >> 12);
  NEXT();
op_CALL_FUNCTION : {  // arg: positional count, keyword count << 12
  gc_safe_point(f->pool_base);
  uint32_t n = (arg & 0xfff) + 2 * (arg >> 12);
  a = py_call_function_n_kw(sp[-1 - static_cast<int32_t>(n)], arg & 0xfff, arg >> 12, sp - n);
  sp -= n;
  sp[-1] = a;
  NEXT();
}
op_CALL_METHOD : {
  gc_safe_point(f->pool_base);
  uint32_t n = (arg & 0xfff) + 2 * (arg >> 12);
  Value* base = sp - n - 2;
  if (base[1]) {
    a = py_call_function_n_kw(base[0], (arg & 0xfff) + 1, arg >> 12, base + 1);
  } else {
    a = py_call_function_n_kw(base[0], arg & 0xfff, arg >> 12, base + 2);
  }
  sp = base;
  *sp++ = a;
  NEXT();
}
op_CALL_EX:
  gc_safe_point(f->pool_base);
  if (arg) {
    a = exec_call_ex(sp[-3], sp[-2], sp[-1]);
    sp -= 2;
  } else {
    a = exec_call_ex(sp[-2], sp[-1], nullptr);
    sp -= 1;
  }
  sp[-1] = a;
  NEXT();
op_MAKE_FUNCTION:
  a = exec_make_function(arg, sp[-1], f->globals, sp - 1);
  sp -= 1 + __builtin_popcount(arg);
  *sp++ = a;
  NEXT();
op_BUILD_CLASS:
  a = exec_build_class(sp[-4], sp[-3], sp[-2], sp[-1]);
  sp -= 3;
  sp[-1] = a;
  NEXT();
op_RETURN_VALUE:
  return sp[-1];
op_YIELD_VALUE:
  a = *--sp;
  f->sp = sp;
  f->resume = ip;
  f->yielded = true;
  return a;
op_YIELD_FROM:  // iterator, value sent
  b = f->pending_throw;
  f->pending_throw = nullptr;
  c = nullptr;
  gc_safe_point(f->pool_base);
  if (b && !is_small(b)) gc_pool_push(b);
  a = py_yield_from_step(sp[-2], sp[-1], b, &c);
  if (a) {
    f->sp = sp - 1;
    f->resume = ip - 1;
    f->yielded = true;
    return a;
  }
  sp--;
  sp[-1] = c;
  NEXT();
op_SETUP_TRY:
  f->blocks[f->n_blocks++] = {arg, static_cast<uint32_t>(sp - slots), f->handled};
  NEXT();
op_SETUP_WITH:
  exec_with_enter(sp[-1], &a, &b);
  sp[-1] = a;
  f->blocks[f->n_blocks++] = {arg, static_cast<uint32_t>(sp - slots), f->handled};
  *sp++ = b;
  NEXT();
op_POP_BLOCK:
  f->n_blocks--;
  NEXT();
op_POP_EXCEPT:
  f->handled = *--sp;
  NEXT();
op_WITH_EXCEPT:  // exit, previously handled, exception
  a = exec_with_except(sp[-3], sp[-1]);
  *sp++ = a;
  NEXT();
op_RERAISE:  // previously handled, exception
  nlr_jump(sp[-1]);
op_RAISE:
  if (arg == 0) exec_reraise_handled();
  if (arg == 1) exec_raise(f, sp[-1], nullptr, false);
  exec_raise(f, sp[-2], sp[-1], true);
op_EXC_MATCH:  // exception, type
  a = py_bool(py_exc_matches(sp[-2], sp[-1]));
  *(--sp - 1) = a;
  NEXT();
op_LOAD_ASSERTION_ERROR:
  *sp++ = type_value(&exc_AssertionError);
  NEXT();
op_IMPORT_NAME:
  *sp++ = py_import(NAME(arg));
  NEXT();
op_IMPORT_FROM:
  a = exec_import_from(sp[-1], NAME(arg));
  *sp++ = a;
  NEXT();
}

// Runs a frame whose code has handlers: the dispatch loop within a setjmp, started again at the
// handler when an exception arrives.
PY_NOINLINE Value py_execute_guarded(Frame* f) {
  for (;;) {
    NlrBuf buf;
    if (nlr_push(buf) == 0) {
      Value r = py_execute_bytecode(f);
      nlr_pop();
      return r;
    }
    Value e = buf.value;
    if (f->n_blocks == 0) nlr_jump(e);
    exc_add_trace(as<ExcObj>(e), f);
    as<ExcObj>(e)->trace_frame = f;
    Block block = f->blocks[--f->n_blocks];
    f->sp = f->slots + block.sp;
    *f->sp++ = block.handled;
    *f->sp++ = e;
    f->handled = e;
    f->resume = block.handler;
  }
}
