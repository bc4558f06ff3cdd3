// The few functions of Node-API that the addon calls, declared here so that the build needs no
// headers of Node. Signatures and numbers are those of Node-API version 1 (and 3 for the cleanup
// hook), which is stable across releases of Node by contract; see the "Node-API" chapter of
// Node's documentation.
#pragma once

#include <cstddef>

extern "C" {

using napi_env = struct napi_env__*;
using napi_value = struct napi_value__*;
using napi_ref = struct napi_ref__*;
using napi_callback_info = struct napi_callback_info__*;
using napi_callback = napi_value (*)(napi_env, napi_callback_info);
using napi_status = int;  // 0: napi_ok

napi_status napi_create_function(napi_env, const char* name, std::size_t length, napi_callback,
                                 void* data, napi_value* result);
napi_status napi_set_named_property(napi_env, napi_value object, const char* name, napi_value);
napi_status napi_get_cb_info(napi_env, napi_callback_info, std::size_t* argc, napi_value* argv,
                             napi_value* self, void** data);
napi_status napi_get_value_string_utf8(napi_env, napi_value, char* buffer, std::size_t size,
                                       std::size_t* length);
napi_status napi_get_value_uint32(napi_env, napi_value, unsigned* result);
napi_status napi_get_typedarray_info(napi_env, napi_value, int* type, std::size_t* length,
                                     void** data, napi_value* buffer, std::size_t* offset);
napi_status napi_create_string_utf8(napi_env, const char* text, std::size_t length, napi_value*);
napi_status napi_create_reference(napi_env, napi_value, unsigned count, napi_ref*);
napi_status napi_throw_error(napi_env, const char* code, const char* message);
napi_status napi_add_env_cleanup_hook(napi_env, void (*hook)(void*), void* argument);

}  // extern "C"
