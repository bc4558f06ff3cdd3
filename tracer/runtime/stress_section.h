// What the runtime must know of a module to force suspends in it: the custom section
// "asyncscope.stress", made with the probes when suspends are to be forced.
//
//   flags                 1: the module makes its control calls itself   2: its memory is shared
//   largest record        bytes that one frame may push at most
//   imported functions:   count, { module, name, 1 when it may suspend, number of parameters,
//                                  result types: count, type… }
//   data segments:        count, { address, length }        the active ones at constant addresses
//   offsets:              count, { probed, original }       as in the module table
//
// Numbers are LEB128, names and the byte codes of number types as in the binary format; any other
// type is 0x6f.
#pragma once

#include <cstdint>
#include <vector>

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "tracer/record/module_table.h"

namespace asyncscope::runtime {

std::vector<std::uint8_t> stressSection(const wasm::Module& module,
                                        const asyncify::AsyncifyInfo& info,
                                        const std::vector<record::OffsetEntry>& offsets);

}  // namespace asyncscope::runtime
