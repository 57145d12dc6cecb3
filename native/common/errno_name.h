#ifndef NATIVE_COMMON_ERRNO_NAME_H_
#define NATIVE_COMMON_ERRNO_NAME_H_

#include <string_view>

namespace anchor {

// `EADDRINUSE` for EADDRINUSE; `EUNKNOWN` for a number without a name.
std::string_view ErrnoName(int error);

}  // namespace anchor

#endif  // NATIVE_COMMON_ERRNO_NAME_H_
