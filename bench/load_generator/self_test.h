#ifndef BENCH_LOAD_GENERATOR_SELF_TEST_H_
#define BENCH_LOAD_GENERATOR_SELF_TEST_H_

namespace anchor_bench {

// The generator's SRTP against RFC 3711 appendix B.3, a packet made elsewhere, and itself. Prints what fails;
// true when nothing.
bool SelfTest();

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_SELF_TEST_H_
