// Included ahead of every file of mlx-c, to fill in what a plain Linux compiler lacks.
#pragma once

#if __has_include(<format>)
#include <format>
#else
// g++ 12 has no <format>. mlx-c calls std::format in five places, always with bare {} placeholders.
#include <sstream>
#include <string>
#include <string_view>
namespace std {
inline string format(string_view text) { return string(text); }
template <typename First, typename... Rest>
string format(string_view text, const First& first, const Rest&... rest) {
  const auto hole = text.find("{}");
  if (hole == string_view::npos) return string(text);
  ostringstream out;
  out << text.substr(0, hole) << first;
  return out.str() + format(text.substr(hole + 2), rest...);
}
} // namespace std
#endif

#if !defined(__aarch64__)
// mlx-c offers its half-precision accessors on ARM only, and mlx-rs calls them everywhere: off ARM,
// MLX's own classes take the place of the compiler's types.
#include <mlx/types/half_types.h>
#define HAS_FLOAT16
#define HAS_BFLOAT16
using mlx::core::float16_t;
using mlx::core::bfloat16_t;
#endif
