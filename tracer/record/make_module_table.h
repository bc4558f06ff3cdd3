// Fills a ModuleTable from what the reader, the recogniser and the rewriter have found out. Names
// are taken from the name section; nothing is measured twice.
#pragma once

#include "instrument/asyncify/info.h"
#include "instrument/module/module.h"
#include "instrument/module/offset_map.h"
#include "tracer/record/module_table.h"

namespace asyncscope::record {

// `info` must be of this module. `offsets` is that of the probed module, nullptr when there is
// none: the table then maps every offset to itself.
ModuleTable makeModuleTable(const wasm::Module& module, const asyncify::AsyncifyInfo& info,
                            const wasm::OffsetMap* offsets = nullptr);

}  // namespace asyncscope::record
