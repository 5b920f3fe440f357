#if MUTATION_CATCH_VERSION < 3
#define CATCH_CONFIG_MAIN
#endif
#include "catch.hpp"
