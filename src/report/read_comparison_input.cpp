#include "mutation/report/read_comparison_input.hpp"

#include "make_groups.hpp"
#include "mutation/report/find_flags.hpp"
#include "read_sessions.hpp"

#include <utility>

namespace mutation::report {

ComparisonInput read_comparison_input(const std::vector<std::filesystem::path>& sessions,
                                      const config::Registry* registry) {
    ComparisonInput input;
    std::vector<ReadSession> read = read_sessions(sessions);
    for (const ReadSession& session : read) {
        input.sessions.push_back(session.source);
    }
    input.groups = make_groups(std::move(read), registry);
    for (Group& group : input.groups) {
        find_flags(group);
    }
    return input;
}

} // namespace mutation::report
