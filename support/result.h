// The one way a library of asyncscope says that something went wrong.
//
// Libraries return errors as values and never print or exit; only the command does. An error says
// what is wrong, where (a byte offset, when the trouble is in a file) and what to do about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace asyncscope::support {

struct Error {
  std::string message;                  // one line, no trailing full stop
  std::optional<std::uint64_t> offset;  // byte offset in the input that was read, if there is one
  std::string hint;                     // what to do; may be empty
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string message,
                                  std::optional<std::uint64_t> offset = std::nullopt,
                                  std::string hint = {}) {
  return tl::unexpected<Error>(Error{std::move(message), offset, std::move(hint)});
}

}  // namespace asyncscope::support
