#include "tracer/runtime/addon/recorder.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tracer/record/chunk.h"
#include "tracer/record/slot.h"
#include "tracer/runtime/addon/signals.h"

namespace asyncscope::runtime {

namespace {

constexpr long kDrainNanoseconds = 50'000'000;
constexpr std::size_t kSlotsPerChunk = std::size_t{1} << 15;  // 1 MiB

void append32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void append64(std::vector<std::uint8_t>& out, std::uint64_t value) {
  append32(out, static_cast<std::uint32_t>(value));
  append32(out, static_cast<std::uint32_t>(value >> 32));
}

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A full disk ends the recording, not the program: what is there stays readable up to the cut.
bool writeAll(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Recorder& Recorder::instance() {
  static Recorder* const recorder = new Recorder;
  return *recorder;
}

Recorder::Recorder() { sem_init(&wake_, 0, 0); }

support::Result<std::string> Recorder::open(const std::string& path, std::string_view runJson) {
  const std::lock_guard lock(mutex_);
  if (!path_.empty()) return path_;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC;
  std::string name = path;
  file_ = ::open(name.c_str(), kFlags, 0666);
  if (file_ < 0 && errno == EEXIST) {
    name += "." + std::to_string(::getpid());
    file_ = ::open(name.c_str(), kFlags, 0666);
  }
  if (file_ < 0) return support::fail("cannot create " + name + ": " + std::strerror(errno));
  path_ = name;

  bytes_.assign(record::kTraceMagic, record::kTraceMagic + 8);
  append32(bytes_, record::kTraceVersion);
  append32(bytes_, record::kTraceHeaderSize);
  writeAll(file_, bytes_);
  append(record::kChunkRun, 0, {bytesOf(runJson)});

  // The thread takes no signals: they are for the threads of the program.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int failed = pthread_create(&thread, nullptr, runThread, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failed) return support::fail(std::string("cannot start a thread: ") + std::strerror(failed));
  pthread_detach(thread);
  return path_;
}

support::Result<void> Recorder::addRing(std::uint32_t thread, std::span<std::uint8_t> memory) {
  auto reader = record::RingReader::open(memory);
  if (!reader) return tl::unexpected(reader.error());
  const std::lock_guard lock(mutex_);
  rings_.push_back({thread, *reader});
  hasRings_ = true;
  wake();  // from now on it looks every 50 ms
  return {};
}

void Recorder::removeRing(std::uint32_t thread) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    if (rings_[i].thread != thread) continue;
    drain(rings_[i], record::Writer::Waiting);
    rings_.erase(rings_.begin() + static_cast<std::ptrdiff_t>(i));
    hasRings_ = !rings_.empty();
    return;
  }
}

void Recorder::drainOwn(std::uint32_t thread) {
  const std::lock_guard lock(mutex_);
  for (Ring& ring : rings_) {
    if (ring.thread == thread) drain(ring, record::Writer::Waiting);
  }
}

void Recorder::writeChunk(std::uint32_t type, std::uint32_t thread,
                          std::span<const std::uint8_t> payload) {
  const std::lock_guard lock(mutex_);
  append(type, thread, {payload});
}

void Recorder::setExit(std::string json) {
  const std::lock_guard lock(mutex_);
  exit_ = std::move(json);
}

void Recorder::finish() {
  const std::lock_guard lock(mutex_);
  finish(exit_.empty() ? "{}" : std::string_view(exit_), record::Writer::Waiting);
}

void Recorder::finishBySignal(std::string json) {
  const std::lock_guard lock(mutex_);
  finish(json, record::Writer::Running);
}

void Recorder::finish(std::string_view json, record::Writer writer) {
  if (finished_ || file_ < 0) return;
  drainAll(writer);
  append(record::kChunkExit, 0, {bytesOf(json)});
  ::close(file_);
  file_ = -1;
  finished_ = true;
}

void Recorder::wake() { sem_post(&wake_); }

void* Recorder::runThread(void* self) {
  static_cast<Recorder*>(self)->run();
  return nullptr;
}

void Recorder::run() {
  while (!finished_) {
    if (hasRings_) {
      timespec until;
      clock_gettime(CLOCK_REALTIME, &until);
      until.tv_nsec += kDrainNanoseconds;
      until.tv_sec += until.tv_nsec / 1'000'000'000;
      until.tv_nsec %= 1'000'000'000;
      sem_timedwait(&wake_, &until);
    } else {
      sem_wait(&wake_);
    }
    if (handlePendingSignal(*this)) continue;
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    drainAll(record::Writer::Running);
    if (hasRings_) rearmSignals();
  }
}

void Recorder::drainAll(record::Writer writer) {
  for (Ring& ring : rings_) drain(ring, writer);
}

void Recorder::drain(Ring& ring, record::Writer writer) {
  while (const auto drained = ring.reader.drain(slots_, kSlotsPerChunk, writer)) {
    std::uint64_t header[2] = {drained->first, drained->lostBefore};
    append(record::kChunkEvents, ring.thread,
           {{reinterpret_cast<const std::uint8_t*>(header), sizeof header}, slots_});
  }
}

void Recorder::append(std::uint32_t type, std::uint32_t thread,
                      std::initializer_list<std::span<const std::uint8_t>> parts) {
  if (file_ < 0) return;
  std::uint64_t length = 0;
  for (const auto part : parts) length += part.size();
  bytes_.clear();
  append32(bytes_, type);
  append32(bytes_, thread);
  append64(bytes_, length);
  for (const auto part : parts) bytes_.insert(bytes_.end(), part.begin(), part.end());
  bytes_.insert(bytes_.end(), record::chunkPadding(length), 0);
  if (writeAll(file_, bytes_)) return;
  ::close(file_);
  file_ = -1;
}

}  // namespace asyncscope::runtime
