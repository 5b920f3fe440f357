#include "mutation/record/experiment_record.hpp"

#include <array>
#include <utility>

namespace mutation::record {

namespace {

constexpr std::array<std::pair<Status, std::string_view>, 6> kNames{{
    {Status::ok, "ok"},
    {Status::ok_without_metrics, "ok_without_metrics"},
    {Status::failed, "failed"},
    {Status::timed_out, "timed_out"},
    {Status::stalled, "stalled"},
    {Status::interrupted, "interrupted"},
}};

} // namespace

std::string_view status_name(Status status) {
    for (const auto& [known, name] : kNames) {
        if (known == status) {
            return name;
        }
    }
    return "failed";
}

std::optional<Status> parse_status(std::string_view name) {
    for (const auto& [status, known] : kNames) {
        if (known == name) {
            return status;
        }
    }
    return std::nullopt;
}

bool is_success(Status status) {
    return status == Status::ok || status == Status::ok_without_metrics;
}

} // namespace mutation::record
