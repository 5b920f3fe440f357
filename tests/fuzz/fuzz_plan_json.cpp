#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/plan/plan_json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

/// A stored plan is either refused with a reason, or a plan that is stored again as itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mutation;
    const ParsedJson parsed = parse_json({reinterpret_cast<const char*>(data), size});
    if (!parsed.ok()) {
        return 0;
    }
    try {
        const Json stored = plan::plan_to_json(plan::plan_from_json(parsed.value));
        if (plan::plan_to_json(plan::plan_from_json(stored)) != stored) {
            std::abort();
        }
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage || error.message().empty()) {
            std::abort();
        }
    }
    return 0;
}
