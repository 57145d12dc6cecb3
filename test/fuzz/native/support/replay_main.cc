// Runs a target over files instead of a fuzzer: corpora and former crashers, in every build and under every
// sanitizer.
//
//   replay_TARGET FOLDER…
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "support/check.h"

namespace {

size_t ReplayFolder(const std::filesystem::path& folder) {
  size_t count = 0;
  if (!std::filesystem::exists(folder)) return count;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const std::vector<uint8_t> octets(content.begin(), content.end());
    LLVMFuzzerTestOneInput(octets.data(), octets.size());
    ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  size_t count = 0;
  for (int i = 1; i < argc; ++i) count += ReplayFolder(argv[i]);
  std::printf("%zu inputs\n", count);
  // A folder that moved must not pass for one that was replayed.
  return count == 0 ? 1 : 0;
}
