// The yield policy, the counters, the position mark, and the entry points for a host.
#include "port/port.h"

#include <cstring>

#include "vm/runtime.h"

namespace {
struct Policy {
  int32_t kind;
  double amount;
  int32_t step_us;
  double last_ms;        // real time of the last yield
  uint32_t since_yield;  // hooks
  double virtual_us, last_virtual_us;
  uint32_t hooks, yields, sleeps;
};
Policy policy = {kPolicyNever, 0, 10, 0, 0, 0, 0, 0, 0, 0};
AsyncscopePosition position = {1, 0, 0, 0, 0, 0, 0, 0};

bool due() {
  switch (policy.kind) {
    case kPolicyHooks:
      return policy.since_yield >= policy.amount;
    case kPolicyReal:
      return port_time_ms() - policy.last_ms >= policy.amount;
    case kPolicyVirtual:
      return policy.virtual_us - policy.last_virtual_us >= policy.amount * 1000;
    default:
      return false;
  }
}

uint32_t address(const void* p) { return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(p)); }
}  // namespace

void port_init() { port_register_position(&position); }

void port_update_position() {
  uint32_t depth = 0;
  for (Frame* f = vm.frame; f; f = f->prev) depth++;
  position.depth = depth;
  Frame* f = vm.frame;
  if (!f) return;
  position.code_name_ptr = address(f->code->qualname->data);
  position.code_name_len = f->code->qualname->bytes;
  position.file_name_ptr = address(f->code->filename->data);
  position.file_name_len = f->code->filename->bytes;
  position.bytecode_offset = f->ip;
  position.line = static_cast<uint32_t>(py_frame_line(f));
}

// Called from the dispatch loop and from py_call_function_n_kw when the countdown has run out.
PY_NOINLINE void py_vm_hook() {
  vm.hook_countdown = vm.hook_interval;
  policy.hooks++;
  policy.since_yield++;
  policy.virtual_us += policy.step_us;
  if (!due()) return;
  policy.since_yield = 0;
  policy.last_virtual_us = policy.virtual_us;
  policy.yields++;
  port_update_position();
  port_yield();
  policy.last_ms = port_time_ms();
}

void port_reset_counters() {
  policy.hooks = policy.yields = policy.sleeps = 0;
  policy.since_yield = 0;
  policy.virtual_us = policy.last_virtual_us = 0;
  policy.last_ms = port_time_ms();
  vm.hook_countdown = vm.hook_interval;
}

void port_count_sleep() {
  policy.sleeps++;
  port_update_position();
}

namespace {
void write_error(const char* text, size_t n) { port_write(2, text, n); }

struct Run {
  const char* source;
  const char* filename;
};

void run_body(void* context) {
  auto* r = static_cast<Run*>(context);
  DictObj* globals = py_new_dict(&type_dict);
  dict_set(globals, val(py_names.name), val(py_names.main));
  CodeObj* code = py_compile(r->source, std::strlen(r->source), r->filename);
  py_call_function_n_kw(val(py_new_function(code, globals)), 0, 0, nullptr);
}

// The exit status that an exception means, after reporting it.
int32_t exit_status(Value exception) {
  if (!py_exc_matches(exception, type_value(&exc_SystemExit))) {
    py_print_exception(exception, write_error);
    return 1;
  }
  auto* args = as<ExcObj>(exception)->args;
  Value code = args->n ? args->items[0] : py_none;
  if (code == py_none) return 0;
  int64_t n;
  if (py_is_int(code) && int_to_i64(code, &n)) return static_cast<int32_t>(n & 0xff);
  StrObj* text = py_str(code);
  write_error(text->data, text->bytes);
  write_error("\n", 1);
  return 1;
}

struct Report {
  Value exception;
  int32_t status;
};
void report_body(void* context) {
  auto* r = static_cast<Report*>(context);
  r->status = exit_status(r->exception);
}
}  // namespace

void port_set_policy(int32_t kind, double amount) {
  policy.kind = kind;
  policy.amount = amount;
}
void port_set_hook_interval(int32_t hook_points) {
  vm.hook_interval = hook_points > 0 ? hook_points : 1;
  vm.hook_countdown = vm.hook_interval;
}
void port_set_virtual_step(int32_t microseconds) { policy.step_us = microseconds; }
uint32_t port_yields() { return policy.yields; }
uint32_t port_hooks() { return policy.hooks; }
uint32_t port_sleeps() { return policy.sleeps; }
double port_virtual_ms() { return policy.virtual_us / 1000; }

int32_t py_init(uint32_t heap_bytes) {
  py_vm_init(heap_bytes);
  port_init();
  return 0;
}

int32_t py_run_source(const char* source, const char* filename) {
  port_reset_counters();
  Run r = {source, filename};
  Value exception = py_try(run_body, &r);
  int32_t status = 0;
  if (exception) {
    Report report = {exception, 1};
    py_try(report_body, &report);
    status = report.status;
  }
  port_write(-1, "", 0);  // flush
  gc_pool_reset(0);
  return status;
}
