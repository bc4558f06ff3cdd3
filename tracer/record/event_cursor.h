// Walks the events of one thread in order and puts payloads back together.
//
//   EventCursor cursor(events);
//   while (auto event = cursor.next()) { … event->slot.kind, event->payload … }
//
// After a loss it goes on with the next whole event: Payload slots without their event are counted
// (strayPayloads), an event whose payload was lost is given out with what is left of it and
// `payloadCut` set. Nothing is dropped silently: events + payload slots + strays = slots written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tracer/record/slot.h"
#include "tracer/record/trace.h"

namespace asyncscope::record {

// Whether `detail` of this kind counts the bytes of a payload that follows.
bool hasPayload(EventKind kind);
// The enumerator's name; empty for a number that event.def does not have.
std::string_view eventName(EventKind kind);

struct Event {
  Slot slot{};
  std::uint64_t number = 0;               // of its slot on the thread, from 0
  std::uint64_t lostBefore = 0;           // slots lost between the event before and this one
  bool payloadCut = false;                // the payload is shorter than slot.detail says
  std::span<const std::uint8_t> payload;  // valid until the next call of next()

  std::string_view text() const {
    return {reinterpret_cast<const char*>(payload.data()), payload.size()};
  }
};

class EventCursor {
 public:
  // `events`, and the bytes that it points into, must outlive the cursor.
  explicit EventCursor(const ThreadEvents& events) : events_(&events) {}

  std::optional<Event> next();

  std::uint64_t strayPayloads() const { return strayPayloads_; }  // so far
  std::uint64_t payloadSlots() const { return payloadSlots_; }    // so far, strays not counted

 private:
  bool atEnd();       // moves to the next piece where one is used up
  Slot peek() const;  // the slot under the cursor
  void readPayload(Event& event);

  const ThreadEvents* events_;
  std::size_t piece_ = 0;
  std::size_t slot_ = 0;  // within the piece
  std::uint64_t lostSeen_ = 0;
  std::uint64_t strayPayloads_ = 0;
  std::uint64_t payloadSlots_ = 0;
  std::vector<std::uint8_t> payload_;
};

}  // namespace asyncscope::record
