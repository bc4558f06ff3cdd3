// A column of numbers, one for each cycle, made small enough to travel inside a page.
//
// The column is written as differences from one number to the next (the first from 0), zigzag coded
// so that small negative ones stay small, each as a LEB128 varint. A run of differences that are 0
// is the byte 0 and then the length of the run, as a varint. Columns of a real run hardly change,
// so a million cycles take a few bytes to a few megabytes. The result is base64 text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace asyncscope::html {

class Column {
 public:
  // Up to 2^53 in size, which is what the page can count to; larger ones are cut to that.
  void add(std::uint64_t value);
  std::string base64();

 private:
  void flushRun();
  void putVarint(std::uint64_t value);

  std::string bytes_;
  std::int64_t last_ = 0;
  std::uint64_t run_ = 0;  // differences of 0 not written yet
};

// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace asyncscope::html
