#include "tracer/record/event_cursor.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace asyncscope::record {

static_assert(std::endian::native == std::endian::little, "slots are read as they lie in the file");

bool hasPayload(EventKind kind) {
  return kind == EventKind::Stack || kind == EventKind::Snapshot ||
         kind == EventKind::ExportThrew || kind == EventKind::Mark ||
         kind == EventKind::StressEnded || kind == EventKind::MemoryGrown ||
         kind == EventKind::BufferHeld || kind == EventKind::GlobalChanged ||
         kind == EventKind::OracleFound || kind == EventKind::RewindOnStack ||
         kind == EventKind::Aborted || kind == EventKind::ResultDiffers ||
         kind == EventKind::GlueBodyRanTwice;
}

std::string_view eventName(EventKind kind) {
  switch (kind) {
#define ASYNCSCOPE_EVENT(name, value, function, detail, position, sp) \
  case EventKind::name:                                               \
    return #name;
#include "tracer/record/event.def"
#undef ASYNCSCOPE_EVENT
  }
  return {};
}

bool EventCursor::atEnd() {
  while (piece_ < events_->pieces.size()) {
    if (slot_ < events_->pieces[piece_].slots.size() / sizeof(Slot)) return false;
    ++piece_;
    slot_ = 0;
  }
  return true;
}

Slot EventCursor::peek() const {
  Slot slot;
  std::memcpy(&slot, events_->pieces[piece_].slots.data() + slot_ * sizeof(Slot), sizeof(Slot));
  return slot;
}

// The payload ends where its length says, or before the next event, or before a loss.
void EventCursor::readPayload(Event& event) {
  payload_.clear();
  while (payload_.size() < event.slot.detail && !atEnd()) {
    const EventPiece& piece = events_->pieces[piece_];
    if (piece.lostBefore != lostSeen_) break;
    const std::uint8_t* data = piece.slots.data() + slot_ * sizeof(Slot);
    std::uint16_t head[2];
    std::memcpy(head, data, sizeof head);
    if (head[0] != static_cast<std::uint16_t>(EventKind::Payload)) break;
    const std::size_t length =
        std::min<std::size_t>({head[1], kPayloadBytesPerSlot, event.slot.detail - payload_.size()});
    payload_.insert(payload_.end(), data + 4, data + 4 + length);
    ++slot_;
    ++payloadSlots_;
    if (length == 0) break;
  }
  event.payloadCut = payload_.size() < event.slot.detail;
  event.payload = payload_;
}

std::optional<Event> EventCursor::next() {
  while (!atEnd()) {
    const EventPiece& piece = events_->pieces[piece_];
    Event event;
    event.slot = peek();
    event.number = piece.first + slot_;
    event.lostBefore = piece.lostBefore - lostSeen_;
    ++slot_;
    if (event.slot.kind == static_cast<std::uint16_t>(EventKind::Payload)) {
      // The loss is reported with the next event, so lostSeen_ stays.
      ++strayPayloads_;
      continue;
    }
    lostSeen_ = piece.lostBefore;
    if (hasPayload(static_cast<EventKind>(event.slot.kind))) readPayload(event);
    return event;
  }
  return std::nullopt;
}

}  // namespace asyncscope::record
