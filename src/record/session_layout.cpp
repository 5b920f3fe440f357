#include "mutation/record/session_layout.hpp"

#include "mutation/core/numbers.hpp"

#include <fmt/format.h>

namespace mutation::record {

namespace {

constexpr std::string_view kAttemptPrefix = "attempt_";

} // namespace

std::array<std::filesystem::path, 4> ExperimentLayout::possible_logs() const {
    return {log(), directory_ / "training.log.gz", directory_ / "terminal_output.txt",
            directory_ / "terminal_output.txt.gz"};
}

std::filesystem::path ExperimentLayout::waiting_record(int number) const {
    return directory_ / fmt::format(".{}.json", attempt_name(number));
}

std::filesystem::path ExperimentLayout::unfinished_attempt(int number) const {
    return directory_ / fmt::format(".{}", attempt_name(number));
}

std::string ExperimentLayout::attempt_name(int number) {
    return fmt::format("{}{}", kAttemptPrefix, number);
}

bool ExperimentLayout::is_attempt_name(std::string_view name) {
    return name.starts_with(kAttemptPrefix) && parse_integer(name.substr(kAttemptPrefix.size())).has_value();
}

bool ExperimentLayout::is_of_earlier_attempts(std::string_view name) {
    return name.substr(name.starts_with('.') ? 1 : 0).starts_with(kAttemptPrefix);
}

bool SessionLayout::is_experiment_name(std::string_view name) {
    return name != kBackgroundLogs && name != kBaseline && !name.starts_with('.') &&
           !ExperimentLayout::is_attempt_name(name);
}

} // namespace mutation::record
