#ifndef BENCH_LOAD_GENERATOR_JSON_WRITER_H_
#define BENCH_LOAD_GENERATOR_JSON_WRITER_H_

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace anchor_bench {

// Writes JSON front to back; the caller opens and closes in order.
class JsonWriter {
 public:
  JsonWriter& Open(char bracket) {
    Separate();
    text_ += bracket;
    first_ = true;
    return *this;
  }

  JsonWriter& Close(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
  }

  JsonWriter& Key(std::string_view name) {
    String(name);
    text_ += ':';
    first_ = true;
    return *this;
  }

  JsonWriter& String(std::string_view value) {
    Separate();
    text_ += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    text_ += '"';
    return *this;
  }

  JsonWriter& Integer(uint64_t value) { return Raw(std::to_string(value)); }
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }

  JsonWriter& Number(double value) {
    char digits[40];
    std::snprintf(digits, sizeof(digits), "%.6g", std::isfinite(value) ? value : 0.0);
    return Raw(digits);
  }

  const std::string& text() const { return text_; }

 private:
  JsonWriter& Raw(std::string_view value) {
    Separate();
    text_ += value;
    return *this;
  }

  void Separate() {
    if (!first_) text_ += ',';
    first_ = false;
  }

  std::string text_;
  bool first_ = true;
};

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_JSON_WRITER_H_
