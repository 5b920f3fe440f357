#include "mutation/core/error.hpp"
#include "mutation/core/pattern.hpp"
#include "mutation/trainlog/log_metrics.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace {

using namespace mutation;

/// What a reader promises of any log: numbers are finite, texts are short and fit for JSON.
void check_promises(const trainlog::LogFindings& findings) {
    for (const auto& [name, value] : findings.metrics) {
        if (value && (!std::isfinite(*value) || findings.missing_metrics.count(name) != 0)) {
            std::abort();
        }
    }
    nlohmann::json texts(findings.remarks);
    texts.push_back(findings.failure_matches);
    texts.push_back(findings.last_line);
    texts.push_back(findings.missing_metrics);
    const std::string written = texts.dump(); // throws for text that is no UTF-8
    constexpr std::size_t kLongestTexts = 64 << 10U;
    if (written.size() > kLongestTexts) {
        std::abort();
    }
}

/// The log behind so much else that the window moves on within the part that the fuzzer makes up. A pattern that
/// matches the empty text would match at every byte of that, for a hundred times as long: it gets one now and then
/// only.
std::string make_room(std::string_view log, std::size_t size, bool matches_everywhere) {
    constexpr std::size_t kNowAndThen = 16;
    if (log.empty() || (matches_everywhere && size % kNowAndThen != 0)) {
        return std::string(log);
    }
    static const std::string before = std::string(Pattern::kLongestMatch + 5000, '\xff') + '\n'; // no UTF-8: no match
    return before + std::string(log);
}

} // namespace

/// The first line of the input is a pattern, the rest a log.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t newline = input.find('\n');
    const std::string pattern(input.substr(0, newline));
    const std::string_view log = newline == std::string_view::npos ? std::string_view() : input.substr(newline + 1);
    try {
        constexpr std::size_t kSmallBlock = 1024;
        const trainlog::LogReader whole({{"m", pattern, {}}}, {pattern}, {pattern});
        const trainlog::LogReader pieces({{"m", pattern, {}}}, {pattern}, {pattern}, kSmallBlock);
        check_promises(whole.read_text(log));
        check_promises(pieces.read_text(make_room(log, size, whole.read_text("").has_success_match)));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage || error.message().empty()) {
            std::abort();
        }
    }
    return 0;
}
