#ifndef NATIVE_ADDON_FIELD_H_
#define NATIVE_ADDON_FIELD_H_

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace anchor {

// One conversion from JavaScript. The first field that is wrong leaves an exception pending; from then on
// every field reads as zero, so that a caller reads on and looks once, at the end.
class Conversion {
 public:
  explicit Conversion(Napi::Env env) : env_(env) {}
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;

  Napi::Env env() const { return env_; }
  bool ok() const { return ok_; }

  // Throws TypeError `path: expected …`. Says what was expected and never what came: it may be a key.
  void Fail(std::string_view path, std::string_view expected);
  // False, and the conversion is over, when the call did not succeed (a getter threw).
  bool Check(napi_status status);

 private:
  const Napi::Env env_;
  bool ok_ = true;
};

// A value that knows the path that led to it, e.g. `config.inbound.keys[0].mki`; the path is put into words
// only for an error. Borrows the Conversion, its name, and the Field that it was taken from.
class Field {
 public:
  Field(Conversion* conversion, napi_value value, const char* name)
      : conversion_(conversion), value_(value), name_(name) {}

  Conversion* conversion() const { return conversion_; }

  // A member of an object; a missing one reads as undefined and so fails where it is converted.
  Field Get(const char* name) const&;
  Field Get(const char* name) const&& = delete;
  Field At(uint32_t index) const&;
  Field At(uint32_t index) const&& = delete;

  bool IsNull() const;
  bool Boolean() const;
  // A whole number in [min, max]; max is at most 2^53.
  uint64_t Integer(uint64_t min, uint64_t max) const;
  // UTF-8, without NUL.
  std::string String() const;
  // Length of an array, at most `max`.
  uint32_t ArrayLength(uint32_t max) const;
  // The octets of a Uint8Array, `min` to `max` of them, lent until JavaScript runs again.
  std::span<const uint8_t> Bytes(size_t min, size_t max) const;
  Napi::Function Function() const;

  void Fail(std::string_view expected) const { conversion_->Fail(Path(), expected); }

 private:
  Field(const Field* parent, napi_value value, const char* name, uint32_t index)
      : conversion_(parent->conversion_), value_(value), parent_(parent), name_(name), index_(index) {}

  std::string Path() const;
  napi_valuetype Type() const;
  bool Is(napi_valuetype type, std::string_view expected) const;

  Conversion* conversion_;
  napi_value value_;
  const Field* parent_ = nullptr;
  const char* name_;  // Null for an element, which has an index.
  uint32_t index_ = 0;
};

}  // namespace anchor

#endif  // NATIVE_ADDON_FIELD_H_
