#pragma once

#include "mutation/config/setting.hpp"
#include "mutation/core/units.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::config {

enum class Order { as_written, interleaved, random };
/// The words for `Order`, in its order.
inline constexpr std::array<std::string_view, 3> kOrders{"as_written", "interleaved", "random"};

/// More runs than this are a typing error.
constexpr std::int64_t kMostRuns = 1000000;
/// `timeout_seconds` and `stall_seconds`: up to a year.
constexpr Bounds kTimeLimit{0.001, 31536000};

/// What an experiment config says for its session as a whole. session.json keeps it. `session_settings` has the name,
/// the bounds and the meaning of each member.
struct SessionSettings {
    std::string name;
    std::string description;
    std::string governor; ///< "" : left as it is
    std::uint64_t seed = 0;
    bool seed_was_drawn = false; ///< no seed was given: print it
    int max_retries = 2;
    Order order = Order::as_written;
    int replicates = 1;
    Seconds cooldown{60};
    std::optional<Celsius> cooldown_until;
    Seconds cooldown_max{600};
    std::optional<Seconds> timeout; ///< of experiments that name none
    std::optional<Seconds> stall;
    Seconds baseline{10};
    Seconds sample_interval{0.1};
    int control_every = 0; ///< 0: no control runs
    Percent control_tolerance{2};
    std::vector<std::string> on_finish;
    std::vector<std::string> on_failure;
    bool report = true; ///< written when the session ends
};

/// How a background training is started beside the measured ones.
struct BackgroundSettings {
    bool reuse = false;
    Seconds startup_wait{30};
    Seconds restart_delay{2};

    bool operator==(const BackgroundSettings&) const = default;
};

/// Every key at the top level of an experiment config, in the order of the documentation, and what else session.json
/// keeps. Adding a setting is a line in this table and a member of `SessionSettings`.
[[nodiscard]] const std::vector<Setting<SessionSettings>>& session_settings();

/// The same for the keys of `background`.
[[nodiscard]] const std::vector<Setting<BackgroundSettings>>& background_settings();

} // namespace mutation::config
