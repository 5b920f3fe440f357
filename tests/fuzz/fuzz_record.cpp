#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/rollup/summary_table.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace mutation;

namespace {

/// Line ends of a CSV that stand between rows, not in a cell.
std::size_t count_rows(std::string_view csv) {
    std::size_t rows = 0;
    bool is_quoted = false;
    for (const char byte : csv) {
        is_quoted = is_quoted != (byte == '"');
        rows += byte == '\n' && !is_quoted ? 1 : 0;
    }
    return is_quoted ? 0 : rows;
}

} // namespace

/// Whatever a session's folder holds as a record is refused in words or becomes one row of the table.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ParsedJson parsed = parse_json({reinterpret_cast<const char*>(data), size});
    if (!parsed.ok()) {
        return 0;
    }
    rollup::SummaryTable table;
    try {
        const record::ExperimentRecord record = record::record_from_json(parsed.value);
        (void)record::record_from_json(record::record_to_json(record));
        table.add(record, "run_20260101_000000");
    } catch (const Error& error) {
        return error.message().empty() ? (std::abort(), 1) : 0;
    }
    std::string csv;
    table.write_csv([&csv](std::string_view text) { csv += text; });
    if (count_rows(csv) != 2) {
        std::abort();
    }
    return 0;
}
