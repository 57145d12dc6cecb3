#ifndef NATIVE_COMMON_EXPECTED_H_
#define NATIVE_COMMON_EXPECTED_H_

#include <cassert>
#include <utility>
#include <variant>

namespace anchor {

// A value, or the reason why there is none. Expected failures travel this way; no exception leaves the
// engine.
template <typename T, typename E>
class [[nodiscard]] Expected {
 public:
  static Expected Ok(T value) { return Expected(std::in_place_index<0>, std::move(value)); }
  static Expected Fail(E error) { return Expected(std::in_place_index<1>, std::move(error)); }

  explicit operator bool() const { return state_.index() == 0; }

  // Only when true was seen.
  T& value() {
    assert(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    assert(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  // Only when false was seen.
  const E& error() const {
    assert(state_.index() == 1);
    return *std::get_if<1>(&state_);
  }

 private:
  template <std::size_t I, typename V>
  Expected(std::in_place_index_t<I> index, V&& value) : state_(index, std::forward<V>(value)) {}

  std::variant<T, E> state_;
};

}  // namespace anchor

#endif  // NATIVE_COMMON_EXPECTED_H_
