#include "addon/convert.h"

#include <openssl/crypto.h>
#include <srtp.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/errno_name.h"
#include "counters/counter_slab.h"
#include "counters/port_counters.h"
#include "crypto/crypto_suite.h"

namespace anchor {
namespace {

constexpr uint64_t kMaxSafeInteger = (uint64_t{1} << 53) - 1;
constexpr uint64_t kMaxSocketBufferBytes = uint64_t{1} << 30;
constexpr uint64_t kMaxMilliseconds = 24 * 60 * 60 * 1000;
constexpr uint32_t kMaxCpus = 1024;
constexpr uint32_t kMaxSourceNetworks = 1024;

template <typename T>
struct Choice {
  std::string_view name;
  T value;
};

constexpr std::array<Choice<PortKind>, 2> kPortKinds{{{"rtp", PortKind::kRtp}, {"raw", PortKind::kRaw}}};
constexpr std::array<Choice<LearningMode>, 4> kLearningModes{{{"off", LearningMode::kOff},
                                                              {"immediate", LearningMode::kImmediate},
                                                              {"delayed", LearningMode::kDelayed},
                                                              {"heuristic", LearningMode::kHeuristic}}};

template <typename T, size_t N>
T ToChoice(const Field& field, const std::array<Choice<T>, N>& choices) {
  const std::string name = field.String();
  for (const auto& choice : choices) {
    if (choice.name == name) return choice.value;
  }
  std::string expected = "one of";
  for (const auto& choice : choices) expected.append(" ").append(choice.name);
  field.Fail(expected);
  return choices[0].value;
}

uint32_t ToUint32(const Field& field, uint64_t min, uint64_t max) {
  return static_cast<uint32_t>(field.Integer(min, max));
}

uint8_t ToOctet(const Field& field) { return static_cast<uint8_t>(field.Integer(0, 255)); }

SocketAddress ToSocketAddress(const Field& field) {
  SocketAddress address = ToAddress(field.Get("address"));
  address.port = static_cast<uint16_t>(field.Get("port").Integer(1, 65535));
  return address;
}

std::vector<SourceNetwork> ToSourceNetworks(const Field& field) {
  const uint32_t length = field.ArrayLength(kMaxSourceNetworks);
  std::vector<SourceNetwork> networks;
  networks.reserve(length);
  for (uint32_t i = 0; i < length; ++i) {
    const Field item = field.At(i);
    const auto parsed = SourceNetwork::Parse(item.String());
    if (!parsed) item.Fail("address/prefix");
    networks.push_back(parsed.value_or(SourceNetwork{}));
  }
  return networks;
}

std::bitset<128> ToPayloadTypes(const Field& field) {
  std::bitset<128> types;
  const uint32_t length = field.ArrayLength(128);
  for (uint32_t i = 0; i < length; ++i) types.set(field.At(i).Integer(0, 127));
  return types;
}

const CryptoSuite* ToSuite(const Field& field) {
  const CryptoSuite* suite = FindCryptoSuite(field.String());
  if (suite == nullptr) field.Fail("name of a crypto suite");
  return suite;
}

// Copies from JavaScript's memory straight into the buffer that wipes itself.
MasterKey ToMasterKey(const Field& field, size_t key_salt_length) {
  // The MKI first: reading it may run a getter, after which borrowed octets are not to be trusted.
  std::array<uint8_t, kMaxMkiLength> mki{};
  const auto mki_octets = field.Get("mki").Bytes(0, mki.size());
  const size_t mki_length = mki_octets.size();
  std::copy(mki_octets.begin(), mki_octets.end(), mki.begin());
  const auto key_salt = field.Get("keySalt").Bytes(key_salt_length, key_salt_length);
  if (!field.conversion()->ok()) return MasterKey({}, {});
  return MasterKey(key_salt, std::span(mki).first(mki_length));
}

std::vector<MasterKey> ToMasterKeys(const Field& field, const CryptoSuite* suite) {
  const uint32_t length = field.ArrayLength(kMaxMasterKeys);
  if (length == 0) field.Fail("at least one key");
  std::vector<MasterKey> keys;
  // Reserved, so that growing leaves no copy behind.
  keys.reserve(length);
  for (uint32_t i = 0; i < length && field.conversion()->ok(); ++i) {
    keys.push_back(ToMasterKey(field.At(i), suite->key_salt_length()));
  }
  return keys;
}

std::optional<SrtpKeys> ToSrtpKeys(const Field& field) {
  if (field.IsNull()) return std::nullopt;
  SrtpKeys keys;
  keys.suite = ToSuite(field.Get("suite"));
  keys.keys = ToMasterKeys(field.Get("keys"), keys.suite);
  keys.revision = field.Get("revision").Integer(0, kMaxSafeInteger);
  keys.replay_window = ToUint32(field.Get("replayWindow"), kMinReplayWindow, kMaxReplayWindow);
  keys.srtp_lifetime = field.Get("srtpLifetime").Integer(1, kMaxSrtpLifetime);
  keys.srtcp_lifetime = field.Get("srtcpLifetime").Integer(1, kMaxSrtcpLifetime);
  keys.unencrypted_srtp = field.Get("unencryptedSrtp").Boolean();
  keys.unencrypted_srtcp = field.Get("unencryptedSrtcp").Boolean();
  keys.unauthenticated_srtp = field.Get("unauthenticatedSrtp").Boolean();
  return keys;
}

PortId ToPortIdOrNone(const Field& field) { return field.IsNull() ? PortId::kNone : ToPortId(field); }

Napi::Number FromPortId(Napi::Env env, PortId id) {
  // 53 bits: exact.
  return Napi::Number::New(env, static_cast<double>(static_cast<uint64_t>(id)));
}

Napi::String FromText(Napi::Env env, std::string_view text) {
  return Napi::String::New(env, text.data(), text.size());
}

Napi::Array FromNames(Napi::Env env, std::span<const std::string_view> names) {
  Napi::Array array = Napi::Array::New(env, names.size());
  uint32_t index = 0;
  for (const std::string_view name : names) array.Set(index++, FromText(env, name));
  return array;
}

Napi::Number FromSize(Napi::Env env, size_t size) {
  return Napi::Number::New(env, static_cast<double>(size));
}

}  // namespace

SocketAddress ToAddress(const Field& literal) {
  const auto parsed = SocketAddress::Parse(literal.String(), 0);
  if (!parsed) literal.Fail("IPv4 or IPv6 literal");
  return parsed.value_or(SocketAddress{});
}

RelayOptions ToRelayOptions(const Field& field) {
  RelayOptions options;
  options.workers = ToUint32(field.Get("workers"), 1, kMaxWorkers);
  options.ports_per_worker = ToUint32(field.Get("portsPerWorker"), 2, kMaxPortsPerWorker);
  options.coalesce_microseconds = ToUint32(field.Get("coalesceMicroseconds"), 0, 5000);
  options.receive_buffer_bytes = ToUint32(field.Get("receiveBufferBytes"), 0, kMaxSocketBufferBytes);
  options.send_buffer_bytes = ToUint32(field.Get("sendBufferBytes"), 0, kMaxSocketBufferBytes);
  const Field cpus = field.Get("cpus");
  const uint32_t length = cpus.ArrayLength(kMaxCpus);
  for (uint32_t i = 0; i < length; ++i) options.cpus.push_back(ToUint32(cpus.At(i), 0, kMaxCpus - 1));
  options.rekey_overlap_milliseconds = ToUint32(field.Get("rekeyOverlapMilliseconds"), 0, kMaxMilliseconds);
  options.learning_window_milliseconds =
      ToUint32(field.Get("learningWindowMilliseconds"), 0, kMaxMilliseconds);
  return options;
}

OpenPortOptions ToOpenPortOptions(const Field& field) {
  OpenPortOptions options;
  options.worker = ToUint32(field.Get("worker"), 0, kMaxWorkers - 1);
  options.address = field.Get("address").String();
  options.port = static_cast<uint16_t>(field.Get("port").Integer(0, 65535));
  options.traffic_class = ToOctet(field.Get("trafficClass"));
  return options;
}

PortConfig ToPortConfig(const Field& field) {
  PortConfig config;
  config.kind = ToChoice(field.Get("kind"), kPortKinds);
  const Field remote = field.Get("remote");
  if (!remote.IsNull()) config.remote = ToSocketAddress(remote);
  config.learning = ToChoice(field.Get("learning"), kLearningModes);
  config.strict_source = field.Get("strictSource").Boolean();
  config.media_handover = field.Get("mediaHandover").Boolean();
  config.learning_round = field.Get("learningRound").Integer(0, kMaxSafeInteger);
  config.allowed_sources = ToSourceNetworks(field.Get("allowedSources"));
  config.inbound = ToSrtpKeys(field.Get("inbound"));
  config.outbound = ToSrtpKeys(field.Get("outbound"));
  config.crypto_from = ToPortIdOrNone(field.Get("cryptoFrom"));
  config.rtp_to = ToPortIdOrNone(field.Get("rtpTo"));
  config.rtcp_to = ToPortIdOrNone(field.Get("rtcpTo"));
  config.forward_rtp = field.Get("forwardRtp").Boolean();
  config.blocked_payload_types = ToPayloadTypes(field.Get("blockedPayloadTypes"));
  config.traffic_class = ToOctet(field.Get("trafficClass"));
  return config;
}

PortId ToPortId(const Field& field) { return static_cast<PortId>(field.Integer(1, kMaxSafeInteger)); }

Napi::Object FromOpenedPort(Napi::Env env, const OpenedPort& opened) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("error", env.Null());
  result.Set("id", FromPortId(env, opened.id));
  result.Set("slot", Napi::Number::New(env, opened.slot));
  result.Set("port", Napi::Number::New(env, opened.port));
  return result;
}

Napi::Object FromEvent(Napi::Env env, const RelayEvent& event) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("kind", FromText(env, PortEventName(event.kind)));
  result.Set("port", FromPortId(env, event.port));
  result.Set("slot", Napi::Number::New(env, event.slot));
  result.Set("worker", Napi::Number::New(env, event.worker));
  result.Set("detail", FromText(env, event.detail.text()));
  return result;
}

Napi::Object FromSlabLayout(Napi::Env env) {
  Napi::Object layout = Napi::Object::New(env);
  layout.Set("slotOffset", FromSize(env, kSlotOffsetBytes));
  layout.Set("slotBytes", FromSize(env, kSlotBytes));
  layout.Set("streamsPerPort", FromSize(env, kStreamsPerPort));
  layout.Set("streamBytes", FromSize(env, kStreamBytes));
  layout.Set("workerCounters", FromNames(env, WorkerCounterNames()));
  layout.Set("portCounters", FromNames(env, PortCounterNames()));
  layout.Set("streamCounters", FromNames(env, StreamCounterNames()));
  return layout;
}

Napi::Array FromCryptoSuites(Napi::Env env) {
  Napi::Array rows = Napi::Array::New(env);
  uint32_t index = 0;
  for (const CryptoSuite& suite : CryptoSuites()) {
    Napi::Object row = Napi::Object::New(env);
    row.Set("name", FromText(env, suite.name));
    row.Set("masterKeyLength", FromSize(env, suite.master_key_length));
    row.Set("masterSaltLength", FromSize(env, suite.master_salt_length));
    row.Set("srtpTagLength", FromSize(env, suite.srtp_tag_length));
    row.Set("srtcpTagLength", FromSize(env, suite.srtcp_tag_length));
    row.Set("usable", Napi::Boolean::New(env, CryptoSuiteUsable(suite)));
    rows.Set(index++, row);
  }
  return rows;
}

Napi::Object FromVersions(Napi::Env env) {
  Napi::Object versions = Napi::Object::New(env);
  versions.Set("libsrtp", Napi::String::New(env, srtp_get_version_string()));
  versions.Set("openssl", Napi::String::New(env, OpenSSL_version(OPENSSL_VERSION)));
  return versions;
}

Napi::String FromErrno(Napi::Env env, int error) { return FromText(env, ErrnoName(error)); }

}  // namespace anchor
