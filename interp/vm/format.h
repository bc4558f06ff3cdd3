// The format mini-language: [[fill]align][sign][z][#][0][width][grouping][.precision][type].
#pragma once
#include "vm/objects.h"

struct FormatSpec {
  uint32_t fill = ' ';
  char align = 0, sign = '-', grouping = 0, type = 0;
  bool alternate = false, zero = false;
  int64_t width = 0, precision = -1;
};

extern "C" void py_parse_spec(StrObj* spec, FormatSpec* out, Value v);
extern "C" void py_format_int(BufObj* b, Value v, const FormatSpec& f);
extern "C" void py_format_float(BufObj* b, double d, const FormatSpec& f);
extern "C" void py_format_text(BufObj* b, StrObj* s, const FormatSpec& f);
