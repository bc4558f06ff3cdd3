// The recorder as Node's JavaScript sees it. One copy per process, used by all its threads:
//
//   open(path, runJson) → path   addRing(thread, bytes)   drain(thread)
//   writeChunk(type, thread, bytes)   setExit(json)
//
// `bytes` are Uint8Arrays; that of a ring lies in shared memory. Errors are thrown.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "tracer/runtime/addon/napi.h"
#include "tracer/runtime/addon/recorder.h"
#include "tracer/runtime/addon/signals.h"

namespace {

using asyncscope::runtime::Recorder;

template <std::size_t N>
struct Arguments {
  Arguments(napi_env environment, napi_callback_info info) : env(environment) {
    std::size_t count = N;
    valid = napi_get_cb_info(env, info, &count, values, nullptr, nullptr) == 0 && count >= N;
  }

  std::uint32_t number(std::size_t i) {
    unsigned value = 0;
    valid = valid && napi_get_value_uint32(env, values[i], &value) == 0;
    return value;
  }

  std::string text(std::size_t i) {
    std::size_t length = 0;
    valid = valid && napi_get_value_string_utf8(env, values[i], nullptr, 0, &length) == 0;
    std::string value(valid ? length + 1 : 0, '\0');  // Node-API wants room for a zero
    if (valid) napi_get_value_string_utf8(env, values[i], value.data(), value.size(), &length);
    value.resize(valid ? length : 0);
    return value;
  }

  std::span<std::uint8_t> bytes(std::size_t i) {
    int type = 0;
    std::size_t length = 0;
    void* data = nullptr;
    constexpr int kUint8Array = 1;
    valid =
        valid &&
        napi_get_typedarray_info(env, values[i], &type, &length, &data, nullptr, nullptr) == 0 &&
        type == kUint8Array;
    if (!valid) return {};
    return {static_cast<std::uint8_t*>(data), length};
  }

  // Throws when an argument was not what it should be.
  bool check() {
    if (!valid) napi_throw_error(env, "ASYNCSCOPE", "asyncscope: bad argument");
    return valid;
  }

  napi_env env;
  napi_value values[N] = {};
  bool valid = false;
};

void atProcessExit() { Recorder::instance().finish(); }

napi_value open(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  const std::string path = arguments.text(0);
  const std::string run = arguments.text(1);
  if (!arguments.check()) return nullptr;
  static bool opened = false;  // the main thread of Node is the first, and alone
  const auto opening = Recorder::instance().open(path, run);
  if (!opening) {
    napi_throw_error(env, "ASYNCSCOPE", ("asyncscope: " + opening.error().message).c_str());
    return nullptr;
  }
  if (!opened) {
    opened = true;
    std::atexit(atProcessExit);
    asyncscope::runtime::armSignals(Recorder::instance());
  }
  napi_value result = nullptr;
  napi_create_string_utf8(env, opening->data(), opening->size(), &result);
  return result;
}

// Runs when the thread of Node ends, while its memories are still there.
void atThreadExit(void* thread) {
  Recorder::instance().removeRing(
      static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(thread)));
}

napi_value addRing(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  const std::uint32_t thread = arguments.number(0);
  const auto memory = arguments.bytes(1);
  if (!arguments.check()) return nullptr;
  if (auto added = Recorder::instance().addRing(thread, memory); !added) {
    napi_throw_error(env, "ASYNCSCOPE", ("asyncscope: " + added.error().message).c_str());
    return nullptr;
  }
  napi_ref reference = nullptr;  // for ever: the recorder reads the memory until the thread ends
  napi_create_reference(env, arguments.values[1], 1, &reference);
  napi_add_env_cleanup_hook(env, atThreadExit,
                            reinterpret_cast<void*>(static_cast<std::uintptr_t>(thread)));
  return nullptr;
}

napi_value drain(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const std::uint32_t thread = arguments.number(0);
  if (arguments.check()) Recorder::instance().drainOwn(thread);
  return nullptr;
}

napi_value writeChunk(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  const std::uint32_t type = arguments.number(0);
  const std::uint32_t thread = arguments.number(1);
  const auto payload = arguments.bytes(2);
  if (arguments.check()) Recorder::instance().writeChunk(type, thread, payload);
  return nullptr;
}

napi_value setExit(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  std::string json = arguments.text(0);
  if (arguments.check()) Recorder::instance().setExit(std::move(json));
  return nullptr;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(
    napi_env env, napi_value exports) {
  const struct {
    const char* name;
    napi_callback function;
  } functions[] = {{"open", open},
                   {"addRing", addRing},
                   {"drain", drain},
                   {"setExit", setExit},
                   {"writeChunk", writeChunk}};
  for (const auto& [name, function] : functions) {
    napi_value value = nullptr;
    napi_create_function(env, name, static_cast<std::size_t>(-1), function, nullptr, &value);
    napi_set_named_property(env, exports, name, value);
  }
  return exports;
}
