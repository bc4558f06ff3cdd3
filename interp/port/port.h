// The border between the VM and its host: yielding, sleeping, output, calls to the host.
//
// The hook of the VM asks the yield policy whether it is time to yield; how the yield reaches the
// event loop differs per variant (see port_yield in port_wasm.cpp). Counters are per run.
#pragma once
#include <cstdint>

#include "vm/objects.h"

enum PortPolicy : int32_t {
  kPolicyNever = 0,
  kPolicyHooks = 1,   // every `amount` hooks
  kPolicyReal = 2,    // every `amount` milliseconds of real time
  kPolicyVirtual = 3  // every `amount` milliseconds of the virtual clock
};

// Where the interpreted program stands. All fields are 32-bit little-endian in WebAssembly; kept up
// to date before each yield and sleep, for a tracer that was given its address.
struct AsyncscopePosition {
  uint32_t version;  // 1
  uint32_t depth;    // Python frames on the stack
  uint32_t code_name_ptr, code_name_len;
  uint32_t file_name_ptr, file_name_len;
  uint32_t bytecode_offset;  // in instructions
  uint32_t line;
};

void port_init();
void port_reset_counters();
void port_update_position();

// Supplied by port_native.cpp or port_wasm.cpp.
void port_yield();
void port_sleep(double ms);
double port_time_ms();
Value port_host_call(StrObj* name, size_t n, const Value* args);
void port_register_position(AsyncscopePosition* position);

extern "C" {
void port_set_policy(int32_t kind, double amount);
void port_set_hook_interval(int32_t hook_points);  // the N of "a hook every N calls and jumps back"
void port_set_virtual_step(int32_t microseconds);  // what one hook adds to the virtual clock
uint32_t port_yields();
uint32_t port_hooks();
uint32_t port_sleeps();
double port_virtual_ms();
int32_t py_init(uint32_t heap_bytes);
int32_t py_run_source(const char* source, const char* filename);
}
