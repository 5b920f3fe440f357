#include "mutation/cli/doctor.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <ostream>

namespace mutation::cli {

namespace {

std::string_view status_name(Check::Status status) {
    switch (status) {
    case Check::Status::ok:
        return "ok";
    case Check::Status::warning:
        return "warning";
    case Check::Status::failure:
        break;
    }
    return "failure";
}

} // namespace

void print_checks(std::ostream& out, const std::vector<Check>& checks) {
    std::size_t width = 0;
    for (const Check& check : checks) {
        width = std::max(width, check.name.size());
    }
    for (const Check& check : checks) {
        out << fmt::format("{:<{}}  {:<7}  {}\n", check.name, width, status_name(check.status), check.value);
        if (!check.remedy.empty()) {
            out << fmt::format("{:<{}}           -> {}\n", "", width, check.remedy);
        }
    }
}

Json checks_to_json(const std::vector<Check>& checks) {
    Json list = Json::array();
    for (const Check& check : checks) {
        list.push_back(Json{{"name", check.name},
                            {"status", status_name(check.status)},
                            {"value", check.value},
                            {"remedy", check.remedy.empty() ? Json(nullptr) : Json(check.remedy)}});
    }
    return Json{{"checks", std::move(list)}};
}

} // namespace mutation::cli
