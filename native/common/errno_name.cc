#include "common/errno_name.h"

#include <cstring>

namespace anchor {

std::string_view ErrnoName(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : "EUNKNOWN";
}

}  // namespace anchor
