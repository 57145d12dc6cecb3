#ifndef BENCH_LOAD_GENERATOR_REPORT_H_
#define BENCH_LOAD_GENERATOR_REPORT_H_

#include <string>

#include "run.h"

namespace anchor_bench {

// One JSON object: counts by group, the window, the generator's own state, and CPU time of the watched
// processes.
std::string WriteReport(const Run& run);

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_REPORT_H_
