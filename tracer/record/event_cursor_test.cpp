#include "tracer/record/event_cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tracer/record/test_support.h"

namespace asyncscope::record {
namespace {

using namespace testing;

std::vector<Event> all(EventCursor& cursor) {
  std::vector<Event> events;
  while (const auto event = cursor.next()) events.push_back(*event);
  return events;
}

std::uint16_t number(EventKind kind) { return static_cast<std::uint16_t>(kind); }

TEST(EventCursor, PutsAPayloadTogether) {
  const Bytes slots = sampleEvents();
  const ThreadEvents events{0, {{0, 0, slots}}, slots.size() / sizeof(Slot), 0};
  EventCursor cursor(events);
  cursor.next();
  cursor.next();
  const auto stack = cursor.next();
  ASSERT_TRUE(stack);
  EXPECT_EQ(stack->text(), "at run (wasm-function[3]:0xd2) and so on");
  EXPECT_FALSE(stack->payloadCut);
  EXPECT_EQ(stack->number, 2u);
  const auto saved = cursor.next();
  EXPECT_EQ(saved->slot.kind, number(EventKind::UnwindSaved));
  EXPECT_EQ(saved->number, 5u);
  EXPECT_EQ(saved->slot.position, 44u);
}

TEST(EventCursor, CountsEverySlotOnce) {
  const Bytes slots = sampleEvents();
  const ThreadEvents events{0, {{0, 0, slots}}, slots.size() / sizeof(Slot), 0};
  EventCursor cursor(events);
  const std::size_t count = all(cursor).size();
  EXPECT_EQ(count + cursor.payloadSlots() + cursor.strayPayloads(), events.written);
  EXPECT_EQ(cursor.strayPayloads(), 0u);
}

TEST(EventCursor, JoinsAPayloadThatAChunkBorderSplits) {
  const Bytes slots = sampleEvents();
  const std::span<const std::uint8_t> bytes(slots);
  const std::size_t border = 4 * sizeof(Slot);
  const ThreadEvents events{0, {{0, 0, bytes.first(border)}, {4, 0, bytes.subspan(border)}}, 7, 0};
  EventCursor cursor(events);
  const auto found = all(cursor);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_FALSE(found[2].payloadCut);
  EXPECT_EQ(cursor.payloadSlots(), 2u);
}

TEST(EventCursor, FindsTheNextWholeEventAfterALoss) {
  // The loss takes the Stack event and the first half of its payload.
  const Bytes slots = sampleEvents();
  const std::span<const std::uint8_t> bytes(slots);
  const ThreadEvents events{
      0, {{0, 0, bytes.first(2 * sizeof(Slot))}, {4, 2, bytes.subspan(4 * sizeof(Slot))}}, 5, 2};
  EventCursor cursor(events);
  const auto found = all(cursor);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[2].slot.kind, number(EventKind::UnwindSaved));
  EXPECT_EQ(found[2].lostBefore, 2u);
  EXPECT_EQ(found[3].lostBefore, 0u);
  EXPECT_EQ(cursor.strayPayloads(), 1u);
}

TEST(EventCursor, SaysThatALossCutAPayload) {
  const Bytes slots = sampleEvents();
  const std::span<const std::uint8_t> bytes(slots);
  const ThreadEvents events{
      0, {{0, 0, bytes.first(4 * sizeof(Slot))}, {5, 1, bytes.subspan(5 * sizeof(Slot))}}, 6, 1};
  EventCursor cursor(events);
  cursor.next();
  cursor.next();
  const auto stack = cursor.next();
  EXPECT_TRUE(stack->payloadCut);
  EXPECT_EQ(stack->text(), "at run (wasm-function[3]:0xd");
  EXPECT_EQ(cursor.next()->lostBefore, 1u);
}

TEST(EventCursor, BelievesNoLengthThatThePayloadSlotsDoNotHave) {
  Bytes slots = slotBytes(slot(EventKind::Snapshot, 0, 0xffffffff));
  Bytes wild(sizeof(Slot), 0xee);
  wild[0] = 0xff;
  wild[1] = 0;
  append(slots, wild);
  const ThreadEvents events{0, {{0, 0, slots}}, 2, 0};
  EventCursor cursor(events);
  const auto snapshot = cursor.next();
  EXPECT_EQ(snapshot->payload.size(), kPayloadBytesPerSlot);
  EXPECT_TRUE(snapshot->payloadCut);
  EXPECT_FALSE(cursor.next());
}

TEST(EventName, KnowsTheListAndNothingElse) {
  EXPECT_EQ(eventName(EventKind::StartUnwind), "StartUnwind");
  EXPECT_EQ(eventName(EventKind::Payload), "Payload");
  EXPECT_EQ(eventName(static_cast<EventKind>(200)), "");
}

}  // namespace
}  // namespace asyncscope::record
