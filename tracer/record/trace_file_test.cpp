#include "tracer/record/trace_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "tracer/record/event_cursor.h"
#include "tracer/record/test_support.h"

namespace asyncscope::record {
namespace {

using namespace testing;
using ::testing::HasSubstr;

std::string hexLines(const Bytes& bytes) {
  std::string out;
  constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
    out += i % 16 == 15 ? '\n' : ' ';
  }
  return out;
}

// The format, byte for byte: a change here is a new version.
TEST(TraceFile, IsLaidOutAsDrawn) {
  Bytes out = traceHeader();
  const Bytes slots = slotBytes({1, 2, 3, 4, 5, 6, 7});
  append(out, eventsChunk(9, {10, 11, slots}));
  append(out, chunk(kChunkExit, 0, std::vector<std::uint8_t>{'{', '}'}));
  EXPECT_EQ(hexLines(out),
            "41 54 52 41 43 45 0d 0a 01 00 00 00 10 00 00 00\n"
            "45 56 54 53 09 00 00 00 30 00 00 00 00 00 00 00\n"
            "0a 00 00 00 00 00 00 00 0b 00 00 00 00 00 00 00\n"
            "01 00 02 00 03 00 00 00 04 00 00 00 05 00 00 00\n"
            "06 00 00 00 00 00 00 00 07 00 00 00 00 00 00 00\n"
            "45 58 49 54 00 00 00 00 02 00 00 00 00 00 00 00\n"
            "7b 7d 00 00 00 00 00 00 ");
}

TEST(TraceFile, ComesBackAsItWas) {
  const Bytes bytes = sampleTrace();
  const auto trace = readTrace(bytes);
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_EQ(trace->run.argv, (std::vector<std::string>{"node", "app.js"}));
  EXPECT_EQ(trace->run.pid, 4711u);
  EXPECT_EQ(trace->run.environment.at("v8"), "11.3");
  ASSERT_EQ(trace->modules.size(), 1u);
  EXPECT_EQ(trace->module(0, 0)->name, "app");
  EXPECT_EQ(trace->module(0, 1), nullptr);
  ASSERT_NE(trace->events(0), nullptr);
  EXPECT_EQ(trace->events(0)->written, 7u);
  EXPECT_EQ(trace->events(1), nullptr);
  ASSERT_TRUE(trace->exit);
  EXPECT_EQ(trace->exit->code, 1);
  EXPECT_EQ(trace->exit->error->message, "unreachable");
  ASSERT_TRUE(trace->end);
  EXPECT_EQ(trace->end->milliseconds, 321.5);
  EXPECT_EQ(trace->end->signal, "");
}

TEST(TraceFile, RefusesEveryTruncationWithItsOffset) {
  const Bytes bytes = sampleTrace();
  std::vector<std::size_t> borders;  // of whole chunks: a file that ends there is short, not cut
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::span<const std::uint8_t> cut(bytes.data(), size);
    const auto whole = wholeChunksLength(cut);
    const auto trace = readTrace(cut);
    if (whole && *whole == size && size > traceHeader().size()) {
      EXPECT_TRUE(trace) << size;
      borders.push_back(size);
      continue;
    }
    ASSERT_FALSE(trace) << size;
    ASSERT_TRUE(trace.error().offset) << size;
    EXPECT_EQ(*trace.error().offset, size);
    EXPECT_FALSE(trace.error().hint.empty());
  }
  EXPECT_EQ(borders.size(), 4u);
}

TEST(TraceFile, AcceptsACutEndWhenAsked) {
  const Bytes bytes = sampleTrace();
  const Bytes kept = [&] {
    Bytes out = traceHeader();
    append(out, runChunk(sampleRun()));
    return out;
  }();
  for (std::size_t size = kept.size(); size <= bytes.size(); ++size) {
    const std::span<const std::uint8_t> cut(bytes.data(), size);
    const auto trace = readTrace(cut, {.allowPartial = true});
    ASSERT_TRUE(trace) << size;
    EXPECT_EQ(trace->cutBytes, size - *wholeChunksLength(cut));
  }
}

TEST(TraceFile, SurvivesEveryChangedByte) {
  const Bytes bytes = sampleTrace();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const std::uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      Bytes changed = bytes;
      changed[at] = value;
      const auto trace = readTrace(changed);
      if (!trace) {
        EXPECT_FALSE(trace.error().message.empty());
        continue;
      }
      for (const ThreadEvents& events : trace->threads) {
        EventCursor cursor(events);
        std::uint64_t count = 0;
        while (cursor.next()) ++count;
        EXPECT_EQ(count + cursor.payloadSlots() + cursor.strayPayloads(), events.written);
      }
    }
  }
}

TEST(TraceFile, SurvivesRandomBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    Bytes bytes = traceHeader();
    const std::size_t size = random() % 200;
    for (std::size_t k = 0; k < size; ++k) bytes.push_back(static_cast<std::uint8_t>(random()));
    (void)readTrace(bytes, {.allowPartial = true}).has_value();
  }
}

TEST(TraceFile, SkipsAndCountsChunksOfLaterVersions) {
  Bytes bytes = sampleTrace();
  append(bytes, chunk(fourcc("NEWS"), 3, std::vector<std::uint8_t>(13, 7)));
  const auto trace = readTrace(bytes);
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->unknownChunks, 1u);
}

TEST(TraceFile, RefusesEventsThatDoNotAddUp) {
  const Bytes slots = slotBytes(slot(EventKind::StartUnwind, 0));
  const EventPiece wrong[] = {{2, 0, slots}, {1, 1, slots}, {1, 0, slots}};
  for (const EventPiece& piece : wrong) {
    Bytes bytes = traceHeader();
    append(bytes, runChunk(sampleRun()));
    append(bytes, eventsChunk(0, {0, 0, slots}));
    append(bytes, eventsChunk(0, piece));
    const auto trace = readTrace(bytes);
    const bool fits = piece.first == 1 && piece.lostBefore == 0;
    EXPECT_EQ(trace.has_value(), fits);
    if (!trace) {
      EXPECT_THAT(trace.error().message, HasSubstr("do not add up"));
    }
  }
}

TEST(TraceFile, KeepsLossesInTheCount) {
  const Bytes slots = slotBytes(slot(EventKind::StartUnwind, 0));
  Bytes bytes = traceHeader();
  append(bytes, runChunk(sampleRun()));
  append(bytes, eventsChunk(0, {100, 100, slots}));
  append(bytes, eventsChunk(0, {103, 102, slots}));
  const auto trace = readTrace(bytes);
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_EQ(trace->threads[0].written, 2u);
  EXPECT_EQ(trace->threads[0].lost, 102u);
}

TEST(TraceFile, SaysWhatIsNotATrace) {
  const std::string text = "#!/bin/sh\necho this is no trace\n";
  const auto trace = readTrace({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  ASSERT_FALSE(trace);
  EXPECT_THAT(trace.error().message, HasSubstr("not a trace"));
  EXPECT_EQ(trace.error().offset, 0u);
}

TEST(TraceFile, RefusesHostileJson) {
  for (const std::string& text :
       {std::string("[1]"), std::string("{\"code\":"), std::string("\xff"),
        std::string(100000, '['), std::string(100000, '{')}) {
    Bytes bytes = traceHeader();
    append(bytes,
           chunk(kChunkRun, 0, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    EXPECT_FALSE(readTrace(bytes)) << text.substr(0, 10);
  }
  const std::string odd = R"({"argv":[1,{}],"pid":-3,"environment":[],"cwd":7})";
  Bytes bytes = traceHeader();
  append(bytes,
         chunk(kChunkRun, 0, {reinterpret_cast<const std::uint8_t*>(odd.data()), odd.size()}));
  const auto trace = readTrace(bytes);
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->run.pid, 0u);
  EXPECT_EQ(trace->run.argv.size(), 2u);
}

TEST(TraceFile, RefusesAnExitCodeThatIsNone) {
  for (const char* text : {R"({"code":18446744073709551615})", R"({"code":-9223372036854775808})",
                           R"({"code":1.5})", R"({"code":null})"}) {
    Bytes fresh = traceHeader();
    append(fresh, runChunk(sampleRun()));
    append(fresh,
           chunk(kChunkExit, 0, {reinterpret_cast<const std::uint8_t*>(text), std::strlen(text)}));
    const auto trace = readTrace(fresh);
    ASSERT_TRUE(trace) << text;
    EXPECT_FALSE(trace->exit->code) << text;
  }
}

}  // namespace
}  // namespace asyncscope::record
