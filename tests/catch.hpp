#pragma once

// The one place that knows which Catch2 the distribution ships.
#if MUTATION_CATCH_VERSION >= 3
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
