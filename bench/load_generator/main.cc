// anchor_load: offers RTP and SRTP to a relay and measures what comes back. Reads a plan (plan.h) on standard
// input, writes one JSON object on standard output.
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>

#include "plan.h"
#include "report.h"
#include "run.h"
#include "self_test.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--self-test") == 0) return anchor_bench::SelfTest() ? 0 : 1;
  if (argc != 1) {
    std::fputs("usage: anchor_load < PLAN > REPORT.json\n       anchor_load --self-test\n", stderr);
    return 2;
  }
  try {
    const auto plan = anchor_bench::Plan::Read(std::cin);
    anchor_bench::Run run(plan);
    run.Execute();
    std::puts(anchor_bench::WriteReport(run).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "anchor_load: %s\n", error.what());
    return 1;
  }
  return 0;
}
