// The pieces of JSON that the writers share: strings, function names, and output in blocks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "analyzer/cycles/run.h"
#include "analyzer/export/exporter.h"

namespace asyncscope::exports {

// The text as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
std::string jsonString(std::string_view text);

// What a frame is called, as a JSON string; each function is looked up once.
class FrameNames {
 public:
  explicit FrameNames(const analyzer::Run& run) : run_(run) {}

  const std::string& of(std::uint32_t thread, const analyzer::Frame& frame);
  const std::string& of(std::uint32_t thread, std::uint32_t instance, std::uint32_t function);

 private:
  const analyzer::Run& run_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::string> functions_;
  std::map<std::string, std::string> scripts_;
};

// Collects small pieces and hands them on in blocks of some 64 KiB; the rest when it goes.
class BlockWriter {
 public:
  explicit BlockWriter(const Sink& sink) : sink_(sink) {}
  ~BlockWriter();
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  BlockWriter& operator<<(std::string_view text);

 private:
  const Sink& sink_;
  std::string block_;
};

// "saved", "not saved", "not reached", "javascript"
const char* fateName(analyzer::Frame::Fate fate);
// "saved", "passed", "left", "entered"
const char* stepName(analyzer::Step::Kind kind);

}  // namespace asyncscope::exports
