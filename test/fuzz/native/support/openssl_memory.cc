// OpenSSL's own memory, while fuzzing: not from the sanitizer's allocator but from free lists.
//
// A session derives a handful of keys, and OpenSSL makes a few dozen small blocks for each; with the
// sanitizer watching them that is where most of the time goes, and it is not OpenSSL that is fuzzed. libsrtp
// and the engine allocate as always. Leaks of OpenSSL's contexts are looked for where the corpora are
// replayed. OpenSSL finds its parameters by name, too, and libFuzzer would learn from each comparison.
#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace {

constexpr size_t kClassOctets = 64;
constexpr size_t kClasses = 64;
constexpr size_t kArenaOctets = size_t{1} << 20;

struct alignas(16) Header {
  size_t size;  // As asked for.
  Header* next;
};

std::array<Header*, kClasses> free_lists{};
char* arena = nullptr;
size_t arena_left = 0;

size_t ClassOf(size_t size) { return size / kClassOctets; }

Header* Carve(size_t octets) {
  if (arena_left < octets) {
    arena = static_cast<char*>(std::malloc(kArenaOctets));
    arena_left = kArenaOctets;
  }
  Header* header = reinterpret_cast<Header*>(arena);
  arena += octets;
  arena_left -= octets;
  return header;
}

void* Allocate(size_t size, const char*, int) {
  const size_t which = ClassOf(size);
  Header* header;
  if (which >= kClasses) {
    header = static_cast<Header*>(std::malloc(sizeof(Header) + size));
  } else if (free_lists[which] != nullptr) {
    header = free_lists[which];
    free_lists[which] = header->next;
  } else {
    header = Carve(sizeof(Header) + (which + 1) * kClassOctets);
  }
  if (header == nullptr) return nullptr;
  header->size = size;
  return header + 1;
}

void Free(void* block, const char*, int) {
  if (block == nullptr) return;
  Header* header = static_cast<Header*>(block) - 1;
  const size_t which = ClassOf(header->size);
  if (which >= kClasses) return std::free(header);
  header->next = free_lists[which];
  free_lists[which] = header;
}

void* Reallocate(void* block, size_t size, const char* file, int line) {
  if (block == nullptr) return Allocate(size, file, line);
  void* larger = Allocate(size, file, line);
  const size_t before = (static_cast<Header*>(block) - 1)->size;
  if (larger != nullptr) std::memcpy(larger, block, before < size ? before : size);
  Free(block, file, line);
  return larger;
}

}  // namespace

extern "C" int strcmp(const char* left, const char* right) noexcept {
  while (*left != '\0' && *left == *right) ++left, ++right;
  return static_cast<unsigned char>(*left) - static_cast<unsigned char>(*right);
}

// libFuzzer calls it first.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return CRYPTO_set_mem_functions(Allocate, Reallocate, Free) == 1 ? 0 : 1;
}
