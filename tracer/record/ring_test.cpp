#include "tracer/record/ring.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tracer/record/test_support.h"

namespace asyncscope::record {
namespace {

using namespace testing;

// A ring as the runtime makes it, and its writing end.
class TestRing {
 public:
  explicit TestRing(std::uint32_t capacity) : capacity_(capacity) {
    memory_.resize((kRingSlotsOffset + capacity * sizeof(Slot)) / 8);
    const std::uint32_t header[3] = {kRingMagic, kRingVersion, capacity};
    std::memcpy(memory_.data(), header, sizeof header);
  }

  std::span<std::uint8_t> bytes() {
    return {reinterpret_cast<std::uint8_t*>(memory_.data()), memory_.size() * 8};
  }

  void write(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint64_t& head = memory_[kRingHeadOffset / 8];
      const Slot event = slot(EventKind::UnwindSaved, static_cast<std::uint32_t>(head));
      std::memcpy(bytes().data() + kRingSlotsOffset + head % capacity_ * sizeof(Slot), &event,
                  sizeof event);
      ++head;
    }
  }

 private:
  std::uint32_t capacity_;
  std::vector<std::uint64_t> memory_;  // aligned as a wasm memory is
};

std::uint32_t functionOf(const Bytes& slots, std::size_t i) {
  Slot read;
  std::memcpy(&read, slots.data() + i * sizeof(Slot), sizeof read);
  return read.function;
}

TEST(Ring, GivesWhatWasWrittenOnce) {
  TestRing ring(kRingMinimumCapacity);
  auto reader = RingReader::open(ring.bytes());
  ASSERT_TRUE(reader);
  Bytes slots;
  EXPECT_FALSE(reader->drain(slots, 100, Writer::Waiting));
  ring.write(5);
  const auto drained = reader->drain(slots, 100, Writer::Waiting);
  ASSERT_TRUE(drained);
  EXPECT_EQ(drained->first, 0u);
  EXPECT_EQ(drained->count, 5u);
  EXPECT_EQ(functionOf(slots, 4), 4u);
  EXPECT_FALSE(reader->drain(slots, 100, Writer::Waiting));
}

TEST(Ring, GoesRoundWithoutALoss) {
  TestRing ring(kRingMinimumCapacity);
  auto reader = RingReader::open(ring.bytes());
  Bytes slots;
  std::uint64_t seen = 0;
  for (int round = 0; round < 10; ++round) {
    ring.write(9000);
    while (const auto drained = reader->drain(slots, 1024, Writer::Running)) {
      EXPECT_EQ(drained->first, seen);
      EXPECT_EQ(drained->lostBefore, 0u);
      for (std::size_t i = 0; i < drained->count; ++i) EXPECT_EQ(functionOf(slots, i), seen + i);
      seen += drained->count;
    }
  }
  EXPECT_EQ(seen, 90000u);
}

TEST(Ring, CountsWhatWasOverwritten) {
  TestRing ring(kRingMinimumCapacity);
  auto reader = RingReader::open(ring.bytes());
  ring.write(kRingMinimumCapacity + 1000);
  Bytes slots;
  const auto drained = reader->drain(slots, 1 << 20, Writer::Waiting);
  ASSERT_TRUE(drained);
  EXPECT_EQ(drained->first, 1000u);
  EXPECT_EQ(drained->lostBefore, 1000u);
  EXPECT_EQ(drained->count, kRingMinimumCapacity);
  EXPECT_EQ(functionOf(slots, 0), 1000u);
}

TEST(Ring, DoesNotTrustSlotsThatAWriterMayBeFilling) {
  TestRing ring(kRingMinimumCapacity);
  auto reader = RingReader::open(ring.bytes());
  ring.write(kRingMinimumCapacity);
  Bytes slots;
  const auto drained = reader->drain(slots, 1 << 20, Writer::Running);
  ASSERT_TRUE(drained);
  EXPECT_EQ(drained->lostBefore, kRingInFlight);
  EXPECT_EQ(drained->first + drained->count, kRingMinimumCapacity);
}

TEST(Ring, RefusesMemoryThatHoldsNone) {
  TestRing ring(kRingMinimumCapacity);
  EXPECT_FALSE(RingReader::open(ring.bytes().first(16)));
  EXPECT_FALSE(RingReader::open(ring.bytes().first(4096)));
  ring.bytes()[8] = 3;
  EXPECT_FALSE(RingReader::open(ring.bytes()));
  ring.bytes()[0] = 0;
  EXPECT_FALSE(RingReader::open(ring.bytes()));
}

}  // namespace
}  // namespace asyncscope::record
