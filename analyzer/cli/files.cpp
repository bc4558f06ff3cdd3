#include "analyzer/cli/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace asyncscope::cli {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

support::Result<void> put(const std::string& path, const char* mode,
                          std::span<const std::uint8_t> bytes) {
  File file(std::fopen(path.c_str(), mode));
  if (!file) return support::fail(std::strerror(errno), std::nullopt, "check the path");
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  if (std::fclose(file.release()) != 0 || !written) {
    return support::fail("could not be written whole", std::nullopt, "check the free space");
  }
  return {};
}

}  // namespace

support::Result<std::vector<std::uint8_t>> readFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return support::fail("is a folder, not a file", std::nullopt, "give a file");
  }
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) return support::fail(std::strerror(errno), std::nullopt, "check the path");
  // Room for all of a regular file at once; what has no size (a pipe) grows as it is read.
  const auto size = std::filesystem::file_size(path, ignored);
  constexpr std::size_t kBlock = 1 << 16;
  std::vector<std::uint8_t> bytes(ignored ? kBlock : static_cast<std::size_t>(size) + 1);
  std::size_t length = 0;
  while (true) {
    length += std::fread(bytes.data() + length, 1, bytes.size() - length, file.get());
    if (length < bytes.size()) break;
    bytes.resize(bytes.size() * 2);
  }
  bytes.resize(length);
  if (std::ferror(file.get()) != 0) return support::fail("could not be read to its end");
  return bytes;
}

support::Result<void> writeFile(const std::string& path, std::span<const std::uint8_t> bytes) {
  return put(path, "wb", bytes);
}

support::Result<void> appendFile(const std::string& path, std::span<const std::uint8_t> bytes) {
  return put(path, "ab", bytes);
}

std::string textOf(const std::string& path) {
  const auto bytes = readFile(path);
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

support::Result<void> writeText(const std::string& path, const std::string& text) {
  return writeFile(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace asyncscope::cli
