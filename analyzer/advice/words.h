// What mends a fault that no flag can: one sentence for each code.
#pragma once

#include <string>
#include <string_view>

namespace asyncscope::analyzer {

// Empty: there is none for that code, or its advice is made from the finding (advice.cpp).
std::string adviceInWords(std::string_view code);

}  // namespace asyncscope::analyzer
