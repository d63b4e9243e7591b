// mlx-rs seeds its random keys from this function, which only macOS has.
#include <cstdint>
#include <ctime>

extern "C" std::uint64_t mach_approximate_time() {
  std::timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::uint64_t(now.tv_sec) * 1'000'000'000 + std::uint64_t(now.tv_nsec);
}
