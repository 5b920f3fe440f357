#pragma once

// The one place that knows which Catch2 the distribution ships.
#if MUTATION_CATCH_VERSION >= 3
#include <catch2/catch_all.hpp>
#include <string>

using Catch::Approx;
namespace Catch {
/// Catch2 2's name and meaning.
inline auto Contains(const std::string& text) {
    return Matchers::ContainsSubstring(text);
}
} // namespace Catch
#else
#include <catch2/catch.hpp>
#endif
