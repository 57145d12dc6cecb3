#include "process_watch.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace anchor_bench {

namespace {

ThreadUsage ReadThread(const std::filesystem::path& task) {
  ThreadUsage usage{static_cast<pid_t>(std::stol(task.filename().string())), "", 0, 0, 0};
  std::ifstream(task / "schedstat") >> usage.cpu_ns >> usage.wait_ns >> usage.timeslices;
  std::getline(std::ifstream(task / "comm"), usage.name);
  return usage;
}

}  // namespace

ProcessUsage ReadProcessUsage(pid_t pid) {
  ProcessUsage usage{pid, {}, 0};
  const std::filesystem::path process = "/proc/" + std::to_string(pid);
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(process / "task", gone)) {
    usage.threads.push_back(ReadThread(task.path()));
  }
  uint64_t size_pages = 0;
  uint64_t resident_pages = 0;
  std::ifstream(process / "statm") >> size_pages >> resident_pages;
  usage.resident_kb = resident_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) / 1024;
  return usage;
}

ProcessUsage Difference(const ProcessUsage& before, const ProcessUsage& after) {
  ProcessUsage difference = after;
  for (auto& thread : difference.threads) {
    for (const auto& earlier : before.threads) {
      if (earlier.tid != thread.tid) continue;
      thread.cpu_ns -= earlier.cpu_ns;
      thread.wait_ns -= earlier.wait_ns;
      thread.timeslices -= earlier.timeslices;
    }
  }
  return difference;
}

}  // namespace anchor_bench
