// The state of the VM, and its set-up in the one order in which the parts can be made.
#include "vm/runtime.h"

#include <cstdlib>

VmState vm;

namespace {
// Native frames are large, and a page's stack is small: the limit that the host's stack bears.
#ifdef __EMSCRIPTEN__
constexpr int kDepthLimit = 400;
constexpr size_t kArenaBytes = 256 * 1024;
#else
constexpr int kDepthLimit = 1000;
constexpr size_t kArenaBytes = 1024 * 1024;
#endif
}  // namespace

void py_vm_init(size_t heap_bytes) {
  vm = VmState{};
  gc_init(heap_bytes);
  vm.arena_size = kArenaBytes;
  vm.arena = static_cast<char*>(std::malloc(kArenaBytes));
  vm.depth_limit = kDepthLimit;
  vm.hook_interval = 1;
  vm.hook_countdown = 1;
  type_str.hash = py_str_hash;
  // Objects made before their type is set up only need its address.
  py_init_names();
  vm.builtins = py_new_dict(&type_dict);
  vm.modules = py_new_dict(&type_dict);
  py_init_types();
  py_init_str();
  py_init_int();
  py_init_float();
  py_init_list();
  py_init_tuple();
  py_init_dict();
  py_init_set();
  py_init_range();
  py_init_iter();
  py_init_fun();
  py_init_gen();
  py_init_descriptors();
  py_true_obj.type = py_false_obj.type = &type_bool;
  py_init_exc();
  py_init_modules();
  py_init_builtins();
  py_init_object_methods();
}

void py_vm_shutdown() {
  gc_shutdown();
  gc_free_interned();
  std::free(vm.arena);
  vm = VmState{};
}
