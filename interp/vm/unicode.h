// What the VM knows of Unicode beyond UTF-8.
#pragma once
#include <cstddef>
#include <cstdint>

bool unicode_printable(uint32_t c);
// Whether the case mappings and classes of str_methods.cpp are right for this character; elsewhere
// the methods raise NotImplementedError rather than guess.
bool unicode_case_known(uint32_t c);
