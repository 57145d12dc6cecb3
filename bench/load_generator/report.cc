#include "report.h"

#include <bit>
#include <string>
#include <vector>

#include "json_writer.h"

namespace anchor_bench {

namespace {

constexpr uint64_t kLateNs = 5'000'000;  // a generator this late does not offer the load that it claims
constexpr double kBusyLimit = 0.95;

struct Arrivals {
  uint64_t warmup = 0;
  uint64_t window = 0;
};

// Set bits below and from `boundary` on.
Arrivals CountArrivals(const Stream& stream) {
  Arrivals arrivals;
  for (size_t word = 0; word < stream.seen.size(); ++word) {
    const uint64_t first = word * 64;
    const uint64_t bits = stream.seen[word];
    uint64_t warmup_mask = 0;
    if (first + 64 <= stream.window_first) {
      warmup_mask = ~uint64_t{0};
    } else if (first < stream.window_first) {
      warmup_mask = (uint64_t{1} << (stream.window_first - first)) - 1;
    }
    arrivals.warmup += static_cast<uint64_t>(std::popcount(bits & warmup_mask));
    arrivals.window += static_cast<uint64_t>(std::popcount(bits & ~warmup_mask));
  }
  return arrivals;
}

struct Totals {
  uint64_t sent_warmup = 0;
  uint64_t sent = 0;
  Arrivals received;
  uint64_t streams_with_loss = 0;
};

Totals Count(const Group& group) {
  Totals totals;
  for (size_t s = 0; s < group.streams.size(); ++s) {
    const Stream& stream = group.streams[s];
    const uint64_t sent = group.Share(s, group.next);
    const uint64_t sent_warmup = std::min(sent, stream.window_first);
    const Arrivals arrivals = CountArrivals(stream);
    totals.sent_warmup += sent_warmup;
    totals.sent += sent - sent_warmup;
    totals.received.warmup += arrivals.warmup;
    totals.received.window += arrivals.window;
    totals.streams_with_loss += arrivals.window < sent - sent_warmup ? 1 : 0;
  }
  return totals;
}

double Microseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1000; }

void WriteHistogram(JsonWriter& json, std::string_view name, const Histogram& histogram) {
  json.Key(name).Open('{').Key("samples").Integer(histogram.count());
  json.Key("p50").Number(Microseconds(histogram.Quantile(0.5)));
  json.Key("p90").Number(Microseconds(histogram.Quantile(0.9)));
  json.Key("p99").Number(Microseconds(histogram.Quantile(0.99)));
  json.Key("p999").Number(Microseconds(histogram.Quantile(0.999)));
  json.Key("max").Number(Microseconds(histogram.max()));
  json.Key("mean").Number(histogram.Mean() / 1000).Close('}');
}

void WriteGroup(JsonWriter& json, const Group& group) {
  const Totals totals = Count(group);
  json.Open('{').Key("name").String(group.plan->name);
  json.Key("kind").String(group.plan->rtcp ? "rtcp" : "rtp");
  json.Key("counted").Bool(group.plan->counted);
  json.Key("streams").Integer(group.streams.size());
  json.Key("rate").Number(group.plan->rate);
  json.Key("payload").Integer(group.plan->payload);
  json.Key("sent").Integer(totals.sent);
  json.Key("received").Integer(totals.received.window);
  json.Key("lost").Integer(totals.sent - totals.received.window);
  json.Key("warmup_sent").Integer(totals.sent_warmup);
  json.Key("warmup_lost").Integer(totals.sent_warmup - totals.received.warmup);
  json.Key("streams_with_loss").Integer(totals.streams_with_loss);
  json.Key("unsent").Integer(group.total - group.next);
  json.Key("send_errors").Integer(group.send_errors);
  json.Key("duplicates").Integer(group.duplicates);
  json.Key("reordered").Integer(group.reordered);
  json.Key("wrong_length").Integer(group.wrong_length);
  json.Key("unplanned").Integer(group.unplanned);
  json.Key("verified").Integer(group.verified);
  json.Key("failed_authentication").Integer(group.failed_authentication);
  json.Key("altered").Integer(group.altered);
  WriteHistogram(json, "latency_us", group.latency);
  json.Close('}');
}

double Seconds(const Run& run) {
  return static_cast<double>(run.window_end().at_ns - run.window_begin().at_ns) / 1e9;
}

void WriteWindow(JsonWriter& json, const Run& run) {
  json.Key("window").Open('{').Key("seconds").Number(Seconds(run));
  json.Key("sent").Integer(run.window_end().sent - run.window_begin().sent);
  json.Key("received").Integer(run.window_end().received - run.window_begin().received);
  json.Key("bytes").Integer(run.window_end().bytes - run.window_begin().bytes).Close('}');
}

double BusyShare(const Run& run) {
  const auto busy =
      static_cast<double>(run.window_end().generator_busy_ns - run.window_begin().generator_busy_ns);
  return busy / 1e9 / Seconds(run);
}

// Why the figures of this run may say more about the generator than about what it measures.
std::vector<std::string> Limits(const Run& run) {
  std::vector<std::string> limits;
  uint64_t unsent = 0;
  uint64_t errors = 0;
  for (const auto& group : run.traffic().groups) {
    unsent += group.total - group.next;
    errors += group.send_errors;
  }
  if (run.sender().lateness().Quantile(0.99) > kLateNs) limits.emplace_back("late");
  if (unsent > run.plan().batch * 2) limits.emplace_back("unsent");
  if (errors > 0) limits.emplace_back("send_errors");
  if (run.receiver().Drops() > 0) limits.emplace_back("receive_drops");
  if (BusyShare(run) > kBusyLimit) limits.emplace_back("busy");
  return limits;
}

void WriteGenerator(JsonWriter& json, const Run& run) {
  const auto cpu_ns = run.window_end().generator_cpu_ns - run.window_begin().generator_cpu_ns;
  const auto sent = static_cast<double>(run.window_end().sent - run.window_begin().sent);
  json.Key("generator").Open('{').Key("cpu_seconds").Number(static_cast<double>(cpu_ns) / 1e9);
  // Spinning until a packet is due is not work: what a packet costs, sent and received, is the busy time's
  // share.
  json.Key("busy_share").Number(BusyShare(run));
  json.Key("busy_per_packet_us").Number(sent > 0 ? BusyShare(run) * Seconds(run) * 1e6 / sent : 0);
  json.Key("preencrypted").Bool(run.sender().preencrypted());
  json.Key("receive_drops").Integer(run.receiver().Drops());
  json.Key("unknown_datagrams").Integer(run.receiver().unknown());
  WriteHistogram(json, "lateness_us", run.sender().lateness());
  const auto limits = Limits(run);
  json.Key("limited").Bool(!limits.empty());
  json.Key("limits").Open('[');
  for (const auto& limit : limits) json.String(limit);
  json.Close(']').Close('}');
}

void WriteProcess(JsonWriter& json, const ProcessUsage& usage) {
  uint64_t cpu_ns = 0;
  uint64_t timeslices = 0;
  for (const auto& thread : usage.threads) {
    cpu_ns += thread.cpu_ns;
    timeslices += thread.timeslices;
  }
  json.Open('{').Key("pid").Integer(static_cast<uint64_t>(usage.pid));
  json.Key("cpu_ns").Integer(cpu_ns).Key("timeslices").Integer(timeslices);
  json.Key("resident_kb").Integer(usage.resident_kb);
  json.Key("threads").Open('[');
  for (const auto& thread : usage.threads) {
    json.Open('{').Key("tid").Integer(static_cast<uint64_t>(thread.tid)).Key("name").String(thread.name);
    json.Key("cpu_ns").Integer(thread.cpu_ns).Key("wait_ns").Integer(thread.wait_ns);
    json.Key("timeslices").Integer(thread.timeslices).Close('}');
  }
  json.Close(']').Close('}');
}

}  // namespace

std::string WriteReport(const Run& run) {
  JsonWriter json;
  json.Open('{').Key("version").Integer(1);
  json.Key("groups").Open('[');
  for (const auto& group : run.traffic().groups) WriteGroup(json, group);
  json.Close(']');
  WriteWindow(json, run);
  WriteGenerator(json, run);
  json.Key("watched").Open('[');
  for (size_t i = 0; i < run.window_end().watched.size(); ++i) {
    WriteProcess(json, Difference(run.window_begin().watched[i], run.window_end().watched[i]));
  }
  json.Close(']').Close('}');
  return json.text();
}

}  // namespace anchor_bench
