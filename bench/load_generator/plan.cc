#include "plan.h"

#include <istream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "packet.h"

namespace anchor_bench {

namespace {

constexpr uint64_t kMillisecond = 1'000'000;
constexpr size_t kMaxPayload = 1400;
constexpr uint64_t kMaxBurst = 32;

// The words of one line; complains with the line's number.
class Line {
 public:
  Line(const std::string& text, size_t number) : words_(text), number_(number) {}

  std::string Word() {
    std::string word;
    if (!(words_ >> word)) Fail("too few words");
    return word;
  }

  uint64_t Number(uint64_t most) {
    const std::string word = Word();
    size_t used = 0;
    uint64_t value = 0;
    try {
      value = std::stoull(word, &used);
    } catch (const std::logic_error&) {
      Fail("not a number: " + word);
    }
    if (used != word.size() || value > most) Fail("out of range: " + word);
    return value;
  }

  double Rate() {
    const std::string word = Word();
    const double value = std::strtod(word.c_str(), nullptr);
    if (!(value > 0) || value > 1e8) Fail("not a rate: " + word);
    return value;
  }

  SocketAddress Address() {
    const std::string address = Word();
    const auto port = static_cast<uint16_t>(Number(65535));
    const auto parsed = SocketAddress::Parse(address, port);
    if (!parsed) Fail("not an address: " + address);
    return *parsed;
  }

  std::optional<SuiteKey> Key() {
    const std::string name = Word();
    const std::string hex = Word();
    if (name == "-") return std::nullopt;
    const CryptoSuite* suite = FindCryptoSuite(name);
    if (suite == nullptr) Fail("unknown suite: " + name);
    // The key's text must not reach an error message.
    if (hex.size() != 2 * (suite->key_length + suite->salt_length))
      Fail("key of the wrong length for " + name);
    SuiteKey key{suite, {}};
    for (size_t i = 0; i < hex.size(); i += 2) {
      key.key_salt.push_back(static_cast<uint8_t>(std::strtoul(hex.substr(i, 2).c_str(), nullptr, 16)));
    }
    return key;
  }

  [[noreturn]] void Fail(const std::string& reason) const {
    throw std::runtime_error("plan line " + std::to_string(number_) + ": " + reason);
  }

 private:
  std::istringstream words_;
  size_t number_;
};

void Set(Plan& plan, Line& line) {
  const std::pair<const char*, uint64_t*> fields[] = {
      {"warmup_ms", &plan.warmup_ms},
      {"duration_ms", &plan.duration_ms},
      {"drain_ms", &plan.drain_ms},
      {"verify_every", &plan.verify_every},
      {"batch", &plan.batch},
      {"spin_below_us", &plan.spin_below_us},
      {"kernel_stamps", &plan.kernel_stamps},
      {"preencrypt_mb", &plan.preencrypt_mb},
      {"threads", &plan.threads},
      {"sender_cpu", &plan.sender_cpu},
      {"receiver_cpu", &plan.receiver_cpu},
      {"buffer_kb", &plan.buffer_kb},
      {"progress", &plan.progress},
  };
  const std::string name = line.Word();
  for (const auto& [field, value] : fields) {
    if (name == field) {
      *value = line.Number(1'000'000'000);
      return;
    }
  }
  line.Fail("unknown setting: " + name);
}

GroupPlan ReadGroup(Line& line) {
  GroupPlan group{};
  group.name = line.Word();
  group.rtcp = line.Word() == "rtcp";
  group.rate = line.Rate();
  group.start_ns = line.Number(1'000'000'000) * kMillisecond;
  group.stop_ns = line.Number(1'000'000'000) * kMillisecond;
  group.payload = line.Number(kMaxPayload);
  group.counted = line.Number(1) == 1;
  group.burst = line.Number(kMaxBurst);
  return group;
}

StreamPlan ReadStream(Line& line, size_t endpoints) {
  if (endpoints == 0) line.Fail("a stream needs endpoints");
  StreamPlan stream{};
  stream.ssrc = static_cast<uint32_t>(line.Number(0xffffffff));
  stream.first_sequence = static_cast<uint16_t>(line.Number(0xffff));
  stream.from_endpoint = line.Number(endpoints - 1);
  stream.target = line.Address();
  stream.send = line.Key();
  stream.to_endpoint = line.Number(endpoints - 1);
  stream.receive = line.Key();
  return stream;
}

EndpointPlan ReadEndpoint(Line& line) {
  const std::string address = line.Word();
  const auto rtp = SocketAddress::Parse(address, static_cast<uint16_t>(line.Number(65535)));
  const auto rtcp = SocketAddress::Parse(address, static_cast<uint16_t>(line.Number(65535)));
  if (!rtp || !rtcp) line.Fail("not an address: " + address);
  return {*rtp, *rtcp};
}

void ReadStatement(Plan& plan, Line& line) {
  const std::string verb = line.Word();
  if (verb == "set") {
    Set(plan, line);
  } else if (verb == "watch") {
    plan.watched.push_back(static_cast<pid_t>(line.Number(0x7fffffff)));
  } else if (verb == "endpoint") {
    plan.endpoints.push_back(ReadEndpoint(line));
  } else if (verb == "group") {
    plan.groups.push_back(ReadGroup(line));
  } else if (verb == "stream") {
    if (plan.groups.empty()) line.Fail("a stream needs a group");
    plan.groups.back().streams.push_back(ReadStream(line, plan.endpoints.size()));
  } else {
    line.Fail("unknown statement: " + verb);
  }
}

void Check(const Plan& plan) {
  if (plan.groups.empty()) throw std::runtime_error("plan: no group");
  if (plan.batch < 1 || plan.batch > 256) throw std::runtime_error("plan: batch is 1 to 256");
  if (plan.threads < 1 || plan.threads > 2) throw std::runtime_error("plan: threads is 1 or 2");
  for (const auto& group : plan.groups) {
    if (group.streams.empty()) throw std::runtime_error("plan: group without streams: " + group.name);
    if (group.burst < 1 || group.burst > plan.batch) throw std::runtime_error("plan: burst is 1 to batch");
    if (group.stop_ns < group.start_ns)
      throw std::runtime_error("plan: group ends before it starts: " + group.name);
  }
}

}  // namespace

Plan Plan::Read(std::istream& from) {
  Plan plan;
  std::string text;
  if (!std::getline(from, text) || text != "anchor-load 1")
    throw std::runtime_error("plan: not an anchor-load 1 plan");
  for (size_t number = 2; std::getline(from, text); ++number) {
    if (text.empty() || text[0] == '#') continue;
    Line line(text, number);
    ReadStatement(plan, line);
  }
  Check(plan);
  return plan;
}

}  // namespace anchor_bench
