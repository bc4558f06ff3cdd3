#include "instrument/callgraph/type_classes.h"

namespace asyncscope::callgraph {
namespace {

std::string spell(const wasm::FunctionType& type) {
  std::string text;
  for (const auto values : {type.params, type.results}) {
    for (const wasm::ValueType value : values) {
      text += wasm::toString(value);
      text += ' ';
    }
    text += '>';
  }
  return text;
}

std::optional<std::string> spellLetters(std::string_view letters) {
  std::string params;
  std::string result;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    std::string_view type;
    switch (letters[i]) {
      case 'i':
        type = "i32 ";
        break;
      case 'j':
        type = "i64 ";
        break;
      case 'f':
        type = "f32 ";
        break;
      case 'd':
        type = "f64 ";
        break;
      case 'v':
        break;
      default:
        return std::nullopt;
    }
    (i == 0 ? result : params) += type;
  }
  return params + '>' + result + '>';
}

}  // namespace

TypeClasses::TypeClasses(const wasm::Module& module) : module_(module) {
  classes_.reserve(module.types.size());
  for (std::uint32_t type = 0; type < module.types.size(); ++type) {
    const bool isFunction = module.types[type].form == wasm::TypeForm::Function;
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    classes_.push_back(
        numbers_.try_emplace(isFunction ? spell(module.signature(type)) : std::string(), next)
            .first->second);
  }
}

std::uint32_t TypeClasses::ofLetters(std::string_view letters) const {
  const auto spelling = spellLetters(letters);
  const auto found = spelling ? numbers_.find(*spelling) : numbers_.end();
  return found == numbers_.end() ? wasm::kNoIndex : found->second;
}

std::optional<std::string_view> tableCallLetters(const wasm::Import& import) {
  for (const std::string_view prefix : {"invoke_", "dynCall_"}) {
    if (import.kind == wasm::ExternalKind::Function && import.name.starts_with(prefix)) {
      return import.name.substr(prefix.size());
    }
  }
  return std::nullopt;
}

}  // namespace asyncscope::callgraph
