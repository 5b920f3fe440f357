#include "mutation/record/session_layout.hpp"

#include "mutation/core/numbers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::record {

namespace {

constexpr std::string_view kAttemptPrefix = "attempt_";

/// The number in an experiment's id; 0 if it has none.
std::int64_t number_of(std::string_view id) {
    constexpr std::string_view kParallelTail = "_parallel";
    constexpr std::size_t kMostDigits = 18; // what an integer holds
    if (id.ends_with(kParallelTail)) {
        id.remove_suffix(kParallelTail.size());
    }
    std::size_t digits = 0;
    while (digits < id.size() && digits < kMostDigits && id[id.size() - 1 - digits] >= '0' &&
           id[id.size() - 1 - digits] <= '9') {
        ++digits;
    }
    return parse_integer(id.substr(id.size() - digits)).value_or(0);
}

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
    return name != kBackgroundLogs && name != kBaseline && name != kReport && !name.starts_with('.') &&
           !ExperimentLayout::is_attempt_name(name);
}

bool comes_before(std::string_view a, std::string_view b) {
    return std::pair(number_of(a), a) < std::pair(number_of(b), b);
}

std::string explain_no_session(const std::filesystem::path& folder, std::string_view reason) {
    const auto is_record_in = [](const std::filesystem::path& place) {
        std::error_code status;
        return std::filesystem::is_regular_file(ExperimentLayout(place).record(), status);
    };
    if (is_record_in(folder)) {
        return fmt::format("{} is one experiment, not a session; name the folder above it: {}", folder.string(),
                           folder.parent_path().string());
    }
    std::string newest;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(folder, status)) {
        const std::string name = entry.path().filename().string();
        std::error_code unreadable;
        if (name.starts_with(SessionLayout::kPrefix) && entry.is_directory(unreadable)) {
            newest = std::max(newest, name); // names of sessions sort by time
        }
    }
    return newest.empty() ? fmt::format("{} is not a session: {}; name a folder such as results/run_20251112_150000",
                                        folder.string(), reason)
                          : fmt::format("{} is not a session, but contains sessions; name one of them, such as {}",
                                        folder.string(), (folder / newest).string());
}

} // namespace mutation::record
