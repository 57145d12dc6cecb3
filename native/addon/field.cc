#include "addon/field.h"

#include <array>
#include <cmath>

namespace anchor {
namespace {

// UTF-8 octets; a text that was cut short ends before a character that had no room.
constexpr size_t kLongestCharacter = 4;

}  // namespace

void Conversion::Fail(std::string_view path, std::string_view expected) {
  if (!ok_) return;
  ok_ = false;
  std::string message(path);
  message.append(": expected ").append(expected);
  Napi::TypeError::New(env_, message).ThrowAsJavaScriptException();
}

bool Conversion::Check(napi_status status) {
  if (status == napi_ok) return true;
  if (!ok_) return false;
  ok_ = false;
  if (!env_.IsExceptionPending()) Napi::Error::New(env_).ThrowAsJavaScriptException();
  return false;
}

Field Field::Get(const char* name) const& {
  napi_value value = nullptr;
  if (Is(napi_object, "object")) {
    conversion_->Check(napi_get_named_property(conversion_->env(), value_, name, &value));
  }
  return Field(this, value, name, 0);
}

Field Field::At(uint32_t index) const& {
  napi_value value = nullptr;
  if (conversion_->ok()) conversion_->Check(napi_get_element(conversion_->env(), value_, index, &value));
  return Field(this, value, nullptr, index);
}

std::string Field::Path() const {
  if (parent_ == nullptr) return name_;
  return parent_->Path() + (name_ == nullptr ? "[" + std::to_string(index_) + "]" : std::string(".") + name_);
}

bool Field::IsNull() const { return conversion_->ok() && Type() == napi_null; }

bool Field::Boolean() const {
  bool result = false;
  if (Is(napi_boolean, "boolean")) {
    conversion_->Check(napi_get_value_bool(conversion_->env(), value_, &result));
  }
  return result;
}

uint64_t Field::Integer(uint64_t min, uint64_t max) const {
  if (!conversion_->ok()) return 0;
  // Not a number compares false with everything, so the comparisons are written to catch it.
  double number = std::nan("");
  if (Type() == napi_number) conversion_->Check(napi_get_value_double(conversion_->env(), value_, &number));
  const bool in_range = number >= static_cast<double>(min) && number <= static_cast<double>(max);
  if (in_range && std::trunc(number) == number) return static_cast<uint64_t>(number);
  Fail("integer from " + std::to_string(min) + " to " + std::to_string(max));
  return 0;
}

std::string Field::String() const {
  if (!Is(napi_string, "string")) return {};
  // Names and addresses fit here; a longer text is asked for its length first.
  std::array<char, 64> buffer;
  size_t length = 0;
  conversion_->Check(
      napi_get_value_string_utf8(conversion_->env(), value_, buffer.data(), buffer.size(), &length));
  std::string text = length + kLongestCharacter < buffer.size()
                         ? std::string(buffer.data(), length)
                         : Napi::String(conversion_->env(), value_).Utf8Value();
  // Behind a NUL, C functions would see another string than we do.
  if (text.find('\0') != std::string::npos) Fail("string without NUL");
  return text;
}

uint32_t Field::ArrayLength(uint32_t max) const {
  if (!conversion_->ok()) return 0;
  bool is_array = false;
  uint32_t length = 0;
  if (!conversion_->Check(napi_is_array(conversion_->env(), value_, &is_array))) return 0;
  if (is_array) conversion_->Check(napi_get_array_length(conversion_->env(), value_, &length));
  if (is_array && length <= max) return length;
  Fail("array of at most " + std::to_string(max));
  return 0;
}

std::span<const uint8_t> Field::Bytes(size_t min, size_t max) const {
  if (!conversion_->ok()) return {};
  bool is_typed_array = false;
  if (!conversion_->Check(napi_is_typedarray(conversion_->env(), value_, &is_typed_array))) return {};
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void* data = nullptr;
  if (is_typed_array) {
    conversion_->Check(
        napi_get_typedarray_info(conversion_->env(), value_, &type, &length, &data, nullptr, nullptr));
  }
  if (is_typed_array && type == napi_uint8_array && length >= min && length <= max)
    return {static_cast<const uint8_t*>(data), length};
  Fail("Uint8Array of " + std::string(min == max ? "" : "at most ") + std::to_string(max) + " octets");
  return {};
}

Napi::Function Field::Function() const {
  if (!Is(napi_function, "function")) return {};
  return Napi::Function(conversion_->env(), value_);
}

napi_valuetype Field::Type() const {
  napi_valuetype type = napi_undefined;
  conversion_->Check(napi_typeof(conversion_->env(), value_, &type));
  return type;
}

bool Field::Is(napi_valuetype type, std::string_view expected) const {
  if (!conversion_->ok()) return false;
  if (Type() == type) return true;
  Fail(expected);
  return false;
}

}  // namespace anchor
