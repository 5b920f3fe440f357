#include "mutation/report/licenses.hpp"

#include "assets.hpp"

namespace mutation::report {

std::string licenses() {
    return std::string(assets::chart_licenses());
}

} // namespace mutation::report
