#include "contract.hpp"

#include "mutation/core/error.hpp"

namespace mutation::stats {

void require(bool condition, const char* message) {
    if (!condition) {
        throw Error(ErrorKind::internal, message);
    }
}

void require_rows(const Columns& columns, std::size_t rows) {
    for (const auto& column : columns) {
        require(column.size() == rows, "stats: columns differ in length");
    }
}

} // namespace mutation::stats
