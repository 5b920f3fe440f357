#pragma once

#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mutation::fakes {

using Json = nlohmann::json;

/// How this stand-in is to behave: the JSON file `<executable>.conf` beside it (tests hard-link a stand-in into
/// a folder of their own and write one there), else the JSON text in the variable `variable`, else nothing special.
/// The file comes first because the tool may give its children a clean environment.
[[nodiscard]] Json load_conf(const char* variable);
/// Where that file is, whether it exists or not.
[[nodiscard]] std::filesystem::path conf_file();

/// Seconds of CLOCK_MONOTONIC / CLOCK_REALTIME.
[[nodiscard]] double clock_now(clockid_t clock);
[[nodiscard]] inline double monotonic_now() {
    return clock_now(CLOCK_MONOTONIC);
}

void sleep_until(double monotonic);
inline void sleep_seconds(double seconds) {
    sleep_until(monotonic_now() + seconds);
}

/// Writes all of `text`, whatever the descriptor takes at once; false when nobody reads it any more.
bool write_all(int fd, std::string_view text);

/// What a stand-in saw and did, for the test to read: one JSON object a line, appended to the file that the conf's
/// `journal` names.
class Journal {
public:
    explicit Journal(const Json& conf) : file_(conf.value("journal", std::string())) {}

    /// Adds pid and both clocks to `entry` and appends it.
    void write(Json entry) const;
    /// How many entries with this `event` there are: the number of calls before this one.
    [[nodiscard]] int count(const std::string& event) const;

private:
    std::filesystem::path file_;
};

} // namespace mutation::fakes
