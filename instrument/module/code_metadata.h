// The custom sections metadata.code.*: data that is attached to instructions by their offsets, such
// as branch hints. All share one layout (WebAssembly specification, appendix "Custom Sections"):
//
//   count | function index | count | offset | size | data … | offset | size | data … | function …
//                                    ^ from the beginning of the function's body (its locals)
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "instrument/module/module.h"

namespace asyncscope::wasm {

bool isCodeMetadata(const Section& section);

// Where an offset within a function's body went; nothing when the instruction is gone.
using MoveOffset =
    std::function<std::optional<std::uint32_t>(std::uint32_t function, std::uint32_t offset)>;

// The content of such a section (behind its name) with all offsets moved; entries of instructions
// that are gone are left out. Nothing when the content is malformed: engines ignore it then.
std::optional<std::vector<std::uint8_t>> moveCodeMetadata(const Module& module,
                                                          const Section& section,
                                                          const MoveOffset& move);

}  // namespace asyncscope::wasm
