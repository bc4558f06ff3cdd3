// Function types as call_indirect sees them: types that it cannot tell apart get one number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "instrument/module/module.h"

namespace asyncscope::callgraph {

class TypeClasses {
 public:
  // What is no function type gets a number too, as bodies are not validated.
  explicit TypeClasses(const wasm::Module& module);

  std::size_t count() const { return numbers_.size(); }
  std::uint32_t of(std::uint32_t type) const { return classes_[type]; }
  // The class of the type that "viij" means in the names of Emscripten: result, then parameters.
  // wasm::kNoIndex: no type of the module is spelled so, or the letters mean none.
  std::uint32_t ofLetters(std::string_view letters) const;

  // Calls visit(class) for the type of the function and all its supertypes: the types of the
  // call_indirect that may lead to it.
  template <class Visit>
  void forEachOf(std::uint32_t function, Visit visit) const {
    std::uint32_t type = module_.functions[function].type;
    for (int depth = 0; depth < kSubtypeDepth && type != wasm::kNoIndex; ++depth) {
      visit(classes_[type]);
      const std::uint32_t super = module_.types[type].supertype;
      const bool isFunction =
          super != wasm::kNoIndex && module_.types[super].form == wasm::TypeForm::Function;
      type = isFunction ? super : wasm::kNoIndex;
    }
  }

 private:
  // The deepest chain of supertypes that the format allows.
  static constexpr int kSubtypeDepth = 64;

  const wasm::Module& module_;
  std::vector<std::uint32_t> classes_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

// The letters of an import by which Emscripten's glue calls through the table: "vi" of `invoke_vi`
// and `dynCall_vi`; nothing for any other import.
std::optional<std::string_view> tableCallLetters(const wasm::Import& import);

}  // namespace asyncscope::callgraph
