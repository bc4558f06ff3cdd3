// Generators. The frame lives in the generator object, so it survives between two resumes.
#include "vm/runtime.h"

Value py_new_generator(FunObj* fun, size_t n_args, size_t n_kw, const Value* args) {
  auto* g = gc_new<GenObj>(&type_generator, py_frame_bytes(fun->code));
  auto* f = reinterpret_cast<Frame*>(g + 1);
  py_frame_setup(f, fun, fun->code);
  f->gen = g;
  g->frame = f;
  g->name = fun->qualname;
  py_bind_args(f, fun, n_args, n_kw, args);
  return val(g);
}

Value py_gen_resume(GenObj* g, Value sent, Value thrown) {
  if (g->running) py_raise(&exc_ValueError, "generator already executing");
  Frame* f = g->frame;
  if (!f) {
    g->result = nullptr;
    if (thrown) py_raise_object(thrown, nullptr, false);
    return nullptr;
  }
  if (vm.depth >= vm.depth_limit) {
    py_raise(&exc_RecursionError, "maximum recursion depth exceeded");
  }
  if (!g->started) {
    if (sent && sent != py_none) {
      py_raise(&exc_TypeError, "can't send non-None value to a just-started generator");
    }
    g->started = true;
  } else if (!thrown) {
    *f->sp++ = sent ? sent : py_none;
  }
  f->pending_throw = thrown;
  f->prev = vm.frame;
  f->yielded = false;
  f->pool_base = gc_pool_top();
  g->running = true;
  vm.depth++;
  vm.frame = f;
  Value r = f->code->flags & kCodeHasHandlers ? py_execute_guarded(f) : py_execute_bytecode(f);
  vm.frame = f->prev;
  vm.depth--;
  g->running = false;
  gc_pool_reset(f->pool_base);
  if (!is_small(r)) gc_pool_push(r);
  if (f->yielded) return r;
  g->frame = nullptr;
  g->result = r;
  return nullptr;
}

// The iternext slot of generators.
PY_NOINLINE Value gen_instance_iternext(Value self) {
  return py_gen_resume(as<GenObj>(self), nullptr, nullptr);
}

namespace {
GenObj* self(const Value* a) { return as<GenObj>(a[0]); }

Value finish(GenObj* g, Value yielded) {
  if (yielded) return yielded;
  Value r = g->result;
  g->result = nullptr;
  py_raise_value(&exc_StopIteration, r == py_none ? nullptr : r);
}

Value make_exception(size_t n, const Value* a) {  // of throw(type[, value]) or throw(value)
  if (py_is_exc(a[0])) return a[0];
  if (py_is_type(a[0]) && (as<Type>(a[0])->flags & kTypeException)) {
    if (n > 1 && a[1] != py_none) {
      return py_is_exc(a[1]) ? a[1] : py_call_1(a[0], a[1]);
    }
    return py_call_0(a[0]);
  }
  py_raise(&exc_TypeError,
           "exceptions must be classes or instances deriving from BaseException, not %N", a[0]);
}

Value gen_send(size_t, size_t, const Value* a) {
  return finish(self(a), py_gen_resume(self(a), a[1], nullptr));
}
Value gen_throw(size_t n, size_t, const Value* a) {
  Value e = make_exception(n - 1, a + 1);
  return finish(self(a), py_gen_resume(self(a), nullptr, e));
}

struct Close {
  GenObj* g;
  Value exception, yielded;
};
void close_body(void* context) {
  auto* c = static_cast<Close*>(context);
  c->yielded = py_gen_resume(c->g, nullptr, c->exception);
}
Value gen_close(size_t, size_t, const Value* a) {
  GenObj* g = self(a);
  if (!g->frame) return py_none;
  if (!g->started) {
    g->frame = nullptr;
    return py_none;
  }
  Close c = {g, py_new_exc(&exc_GeneratorExit, nullptr), nullptr};
  Value e = py_try(close_body, &c);
  if (!e && c.yielded) py_raise(&exc_RuntimeError, "generator ignored GeneratorExit");
  if (e && !py_exc_matches(e, type_value(&exc_GeneratorExit)) &&
      !py_exc_matches(e, type_value(&exc_StopIteration))) {
    nlr_jump(e);
  }
  return py_none;
}

void gen_print(BufObj* b, Value v, PrintKind) {
  char text[40];
  buf_cstr(b, "<generator object ");
  buf_str(b, as<GenObj>(v)->name);
  std::snprintf(text, sizeof text, " at %p>", static_cast<void*>(v));
  buf_cstr(b, text);
}

void gen_trace(Obj* o) {
  auto* g = reinterpret_cast<GenObj*>(o);
  gc_mark(val(g->name));
  gc_mark(g->result);
  Frame* f = g->frame;
  if (!f) return;
  gc_mark(val(f->code));
  gc_mark(val(f->fun));
  gc_mark(val(f->globals));
  gc_mark(f->handled);
  gc_mark(f->pending_throw);
  for (uint32_t i = 0; i < f->n_slots; i++) gc_mark(f->slots[i]);
  for (uint32_t i = 0; i < f->n_blocks; i++) gc_mark(f->blocks[i].handled);
}

struct Step {
  Value it, sent, thrown, result, returned;
};
void yield_from_body(void* context) {
  auto* s = static_cast<Step*>(context);
  if (s->thrown) {
    Value method = py_load_attr_maybe(s->it, py_names.throw_);
    if (!method) py_raise_object(s->thrown, nullptr, false);
    s->result = py_call_1(method, s->thrown);
  } else if (!s->sent || s->sent == py_none) {
    s->result = py_call_method_n(s->it, py_names.next, 0, nullptr);
  } else {
    s->result = py_call_method_n(s->it, py_names.send, 1, &s->sent);
  }
}
}  // namespace

// One step of `yield from`: the yielded value, or null with *result set when `it` is finished.
Value py_yield_from_step(Value it, Value sent, Value thrown, Value* result) {
  Type* t = type_of(it);
  if (t == &type_generator) {
    GenObj* g = as<GenObj>(it);
    if (thrown && py_exc_matches(thrown, type_value(&exc_GeneratorExit))) {
      gen_close(1, 0, &it);
      py_raise_object(thrown, nullptr, false);
    }
    if (thrown && !g->frame) py_raise_object(thrown, nullptr, false);
    Value r = py_gen_resume(g, sent, thrown);
    if (r) return r;
    *result = g->result ? g->result : py_none;
    g->result = nullptr;
    return nullptr;
  }
  if (!thrown && t->iternext && (!sent || sent == py_none)) {
    Value r = py_iternext(it);
    if (!r) *result = py_none;
    return r;
  }
  if (thrown && py_exc_matches(thrown, type_value(&exc_GeneratorExit))) {
    if (Value close = py_load_attr_maybe(it, py_names.close)) py_call_0(close);
    py_raise_object(thrown, nullptr, false);
  }
  Step s = {it, sent, thrown, nullptr, nullptr};
  Value e = py_try(yield_from_body, &s);
  if (!e) return s.result;
  if (!py_exc_matches(e, type_value(&exc_StopIteration))) nlr_jump(e);
  auto* args = as<ExcObj>(e)->args;
  *result = args->n ? args->items[0] : py_none;
  return nullptr;
}

void py_init_gen() {
  Type* t = &type_generator;
  py_type_setup(t, "generator", &type_object);
  t->getiter = [](Value v) { return v; };
  t->iternext = gen_instance_iternext;
  t->print = gen_print;
  t->hash = type_object.hash;
  t->trace = gen_trace;
  py_type_method(t, "send", gen_send, 2, 2);
  py_type_method(t, "throw", gen_throw, 2, 4);
  py_type_method(t, "close", gen_close, 1, 1);
}
