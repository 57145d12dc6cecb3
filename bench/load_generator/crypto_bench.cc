// anchor_crypto_bench: nanoseconds of one protect or unprotect, by suite and payload size, beside OpenSSL's
// primitives measured in the same process. Writes one JSON object on standard output.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "json_writer.h"
#include "raw_crypto.h"

namespace {

using anchor_bench::CryptoCase;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 5;
constexpr size_t kPayloads[] = {20, 160, 1200};

double RoundNanoseconds(const CryptoCase& measured, double seconds) {
  const auto begin = Clock::now();
  std::chrono::duration<double> spent{};
  uint64_t done = 0;
  do {
    measured.prepare();
    const auto before = Clock::now();
    for (size_t i = 0; i < anchor_bench::kCryptoBatch; ++i) measured.once();
    spent += Clock::now() - before;
    done += anchor_bench::kCryptoBatch;
  } while (std::chrono::duration<double>(Clock::now() - begin).count() < seconds);
  return spent.count() * 1e9 / static_cast<double>(done);
}

void Write(anchor_bench::JsonWriter& json, const CryptoCase& measured, double seconds) {
  std::vector<double> rounds;
  RoundNanoseconds(measured, seconds / 4);
  for (int i = 0; i < kRounds; ++i) rounds.push_back(RoundNanoseconds(measured, seconds));
  std::sort(rounds.begin(), rounds.end());
  json.Open('{').Key("source").String(measured.source).Key("suite").String(measured.suite);
  json.Key("operation").String(measured.operation).Key("payload").Integer(measured.payload);
  json.Key("median_ns").Number(rounds[kRounds / 2]).Key("rounds_ns").Open('[');
  for (const double round : rounds) json.Number(round);
  json.Close(']').Close('}');
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc == 2 ? std::atof(argv[1]) : 0.2;
  if (argc > 2 || !(seconds > 0) || seconds > 10) {
    std::fputs("usage: anchor_crypto_bench [SECONDS-A-ROUND]\n", stderr);
    return 2;
  }
  anchor_bench::JsonWriter json;
  json.Open('{').Key("version").Integer(1).Key("cases").Open('[');
  for (const size_t payload : kPayloads) {
    for (const auto& measured : anchor_bench::RawCases(payload)) Write(json, measured, seconds);
    for (const auto& measured : anchor_bench::ProductCases(payload)) Write(json, measured, seconds);
  }
  json.Close(']').Close('}');
  std::puts(json.text().c_str());
  return 0;
}
