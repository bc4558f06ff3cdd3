// Prints what a trace file holds, as read_trace.py does: the two readers are held against each
// other by tests.

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tracer/record/event_cursor.h"
#include "tracer/record/slot.h"
#include "tracer/record/trace_file.h"

int main(int argc, char** argv) {
  using namespace asyncscope::record;
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
  const auto trace = readTrace({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  if (!trace) {
    std::cerr << trace.error().message << "\n";
    return 3;
  }
  nlohmann::json out;
  out["chunks"]["RUN "] = 1;
  if (trace->exit) out["chunks"]["EXIT"] = 1;
  if (trace->end) out["chunks"]["END "] = 1;
  if (!trace->notes.empty()) out["chunks"]["NOTE"] = trace->notes.size();
  if (!trace->modules.empty()) out["chunks"]["MODL"] = trace->modules.size();
  out["threads"] = nlohmann::json::object();
  std::size_t pieces = 0;
  for (const ThreadEvents& events : trace->threads) {
    auto& thread = out["threads"][std::to_string(events.thread)];
    thread["written"] = events.written;
    thread["lost"] = events.lost;
    pieces += events.pieces.size();
    std::map<std::string, std::uint64_t> kinds;
    EventCursor cursor(events);
    while (const auto event = cursor.next()) ++kinds[std::to_string(event->slot.kind)];
    const std::uint64_t payloads = cursor.payloadSlots() + cursor.strayPayloads();
    if (payloads != 0) kinds["255"] = payloads;
    thread["events"] = kinds;
  }
  if (pieces != 0) out["chunks"]["EVTS"] = pieces;
  std::cout << out.dump() << "\n";
  return 0;
}
