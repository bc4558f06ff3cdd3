// Writes the trace of one process: a native thread drains the rings of all traced threads into the
// file every 50 ms, so that even SIGKILL loses no more than that.
//
// Native, and not a worker of Node: it costs the program no second isolate and no thread number,
// and it goes on while every JS thread is stuck in a loop, which is when signals need it most.
// All functions may be called from any thread. Chunks are appended by one write(2) each.
#pragma once

#include <semaphore.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"
#include "tracer/record/ring.h"

namespace asyncscope::runtime {

class Recorder {
 public:
  // The one of this process. It is never destroyed: threads may use it to the last moment.
  static Recorder& instance();

  // Creates the file, writes its header and the RUN chunk, and starts the thread. Where `path` is
  // taken, by an earlier process of the same recording, the file is `path`.<pid>. Called again (by
  // another thread of Node), it does nothing. Returns the path of the file.
  support::Result<std::string> open(const std::string& path, std::string_view runJson);

  // The memory must live until removeRing.
  support::Result<void> addRing(std::uint32_t thread, std::span<std::uint8_t> memory);
  // Drains the ring a last time and forgets it. To be called by the ring's own thread.
  void removeRing(std::uint32_t thread);
  // Drains the ring of the calling thread.
  void drainOwn(std::uint32_t thread);

  void writeChunk(std::uint32_t type, std::uint32_t thread, std::span<const std::uint8_t> payload);

  // What EXIT shall say when the process ends by itself.
  void setExit(std::string json);
  // Drains all rings and writes EXIT: what setExit has left. Only the first call of the two does
  // anything; nothing is written after it.
  void finish();
  // The same for a process that dies of a signal, its threads still running.
  void finishBySignal(std::string json);
  bool finished() const { return finished_.load(); }

  // Async-signal-safe: has the recorder's thread call `signalled` (signals.h) soon.
  void wake();

 private:
  struct Ring {
    std::uint32_t thread;
    record::RingReader reader;
  };

  Recorder();
  static void* runThread(void* self);
  void run();
  void finish(std::string_view json, record::Writer writer);
  void drainAll(record::Writer writer);
  void drain(Ring& ring, record::Writer writer);
  void append(std::uint32_t type, std::uint32_t thread,
              std::initializer_list<std::span<const std::uint8_t>> parts);

  std::mutex mutex_;  // guards all below but the atomics and the semaphore
  int file_ = -1;
  std::string path_;
  std::string exit_;
  std::vector<Ring> rings_;
  std::vector<std::uint8_t> slots_, bytes_;  // kept to spare allocations
  std::atomic<bool> finished_ = false;
  std::atomic<bool> hasRings_ = false;
  sem_t wake_;
};

}  // namespace asyncscope::runtime
