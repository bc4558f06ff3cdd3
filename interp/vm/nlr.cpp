// See nlr.h.
#include "vm/nlr.h"

#include <cstdlib>

#include "vm/runtime.h"

void nlr_enter(NlrBuf* buf) {
  buf->prev = vm.nlr;
  buf->value = nullptr;
  buf->frame = vm.frame;
  buf->arena_top = vm.arena_top;
  buf->pool_top = gc_pool_top();
  buf->depth = vm.depth;
  buf->printing = vm.printing;
  vm.nlr = buf;
}

void nlr_pop() { vm.nlr = vm.nlr->prev; }

PY_NOINLINE void nlr_jump(Value exception) {
  NlrBuf* buf = vm.nlr;
  if (!buf) std::abort();  // every entry of the VM holds an NlrBuf
  ExcObj* e = py_is_exc(exception) ? as<ExcObj>(exception) : nullptr;
  for (Frame* f = vm.frame; f && f != buf->frame; f = f->prev) {
    if (e) exc_add_trace(e, f);
    if (f->gen) {  // leaving a generator by an exception finishes it
      f->gen->running = false;
      f->gen->frame = nullptr;
      f->gen->result = nullptr;
      if (e && py_exc_matches(exception, type_value(&exc_StopIteration))) {
        Value cause = exception;
        exception =
            py_new_exc(&exc_RuntimeError, val(py_new_cstr("generator raised StopIteration")));
        e = as<ExcObj>(exception);
        e->cause = e->context = cause;
        e->suppress_context = true;
      }
    }
  }
  vm.frame = buf->frame;
  vm.arena_top = buf->arena_top;
  vm.depth = buf->depth;
  vm.printing = buf->printing;
  vm.nlr = buf->prev;
  gc_pool_reset(buf->pool_top);
  if (!is_small(exception)) gc_pool_push(exception);
  buf->value = exception;
  longjmp(buf->jump, 1);
}

PY_NOINLINE Value py_try(void (*fn)(void*), void* context) {
  NlrBuf buf;
  if (nlr_push(buf) == 0) {
    fn(context);
    nlr_pop();
    return nullptr;
  }
  return buf.value;
}
