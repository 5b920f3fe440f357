#include "mutation/core/pattern.hpp"

#include "mutation/core/error.hpp"
#include "pattern_pieces.hpp"
#include "pattern_widening.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <pcre2.h>
#include <utility>

namespace mutation {

namespace {

template <auto free_function>
struct PcreDeleter {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};
using Code = std::unique_ptr<pcre2_code, PcreDeleter<pcre2_code_free>>;
using CompileContext = std::unique_ptr<pcre2_compile_context, PcreDeleter<pcre2_compile_context_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, PcreDeleter<pcre2_match_context_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, PcreDeleter<pcre2_match_data_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, PcreDeleter<pcre2_jit_stack_free>>;

constexpr std::uint32_t kOptions = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_ALT_CIRCUMFLEX |
                                   PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
constexpr std::uint32_t kMatchLimit = 1'000'000;
constexpr std::uint32_t kDepthLimit = 250'000;
constexpr std::uint32_t kHeapLimitKib = 16 << 10;
constexpr std::size_t kJitStackStart = std::size_t{32} << 10U;
constexpr std::size_t kJitStackMax = std::size_t{1} << 20U;
constexpr std::size_t kLongestPattern = std::size_t{64} << 10U;

/// Match starts that one call of PCRE2 tries: small, because its own limits count backtracks of one start, and a
/// pattern that walks to the end of the window from each start would pass them for minutes.
constexpr std::size_t kStartsPerCall = 4096;

/// Notices a pattern that is too slow. It counts processor time, so that a busy machine is not mistaken for a bad
/// pattern; reading that clock is a system call, so it is asked only once the wall clock raised a suspicion.
class Effort {
public:
    /// Times one call. Says whether the pattern is too slow: whether the last stretch took far longer than any sound
    /// pattern does for so many bytes.
    template <class Call>
    bool is_crawling(std::size_t bytes, const Call& call) {
        spent_ += is_suspect_ ? timed(processor_now, call) : timed(wall_now, call);
        bytes_ += bytes;
        if (spent_ < kStretchSeconds) {
            return false;
        }
        const bool is_slow = bytes_ < kLeastPerStretch;
        const bool is_crawl = is_slow && is_suspect_;
        is_suspect_ = is_slow;
        spent_ = 0;
        bytes_ = 0;
        return is_crawl;
    }

private:
    static constexpr double kStretchSeconds = 0.02;
    static constexpr std::size_t kLeastPerStretch = std::size_t{20} << 10U; // 1 MB/s

    template <class Now, class Call>
    static double timed(const Now& now, const Call& call) {
        const double start = now();
        call();
        return now() - start;
    }
    static double wall_now() {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    static double processor_now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

    double spent_ = 0;
    std::size_t bytes_ = 0;
    bool is_suspect_ = false;
};

/// `text` is `source`, or made from it.
Code compile(const std::string& text, const std::string& source) {
    const CompileContext context(pcre2_compile_context_create(nullptr));
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    pcre2_set_max_pattern_length(context.get(), 4 * kLongestPattern);
    int status = 0;
    PCRE2_SIZE offset = 0;
    Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), kOptions, &status, &offset,
                            context.get()));
    if (!code) {
        std::array<char, 256> message{};
        pcre2_get_error_message(status, reinterpret_cast<PCRE2_UCHAR*>(message.data()), message.size());
        throw Error(
            ErrorKind::usage,
            describe_pattern_error(source, std::min<std::size_t>(offset, source.size()),
                                   std::string(message.data()) +
                                       "; a \\ before a special character makes it an ordinary one, and \\x{41} is the "
                                       "character with the hexadecimal number 41"));
    }
    // If the kernel forbids writable code, there is no JIT, and PCRE2 interprets: slower, the same result.
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
    return code;
}

/// Whether matching was given up: a limit, or anything else that is not a plain answer.
bool is_limit(int status) {
    return status < PCRE2_ERROR_PARTIAL;
}

/// One past the newline that ends the line of `offset`.
std::size_t end_of_line(std::string_view text, std::size_t offset) {
    const std::size_t newline = text.find('\n', offset);
    return newline == std::string_view::npos ? text.size() : newline + 1;
}

/// `offset`, moved to where a character begins, so that PCRE2 is not asked to begin within one.
std::size_t align_to_character(std::string_view text, std::size_t offset) {
    constexpr std::size_t kMostContinuationBytes = 3;
    for (std::size_t moved = 0; moved < kMostContinuationBytes && offset < text.size(); ++moved) {
        if ((static_cast<unsigned char>(text[offset]) & 0xC0U) != 0x80U) {
            break;
        }
        ++offset;
    }
    return offset;
}

} // namespace

struct Pattern::Compiled {
    Code code;
    MatchContext context{pcre2_match_context_create(nullptr)};
    MatchData match_data;
    JitStack jit_stack{pcre2_jit_stack_create(kJitStackStart, kJitStackMax, nullptr)};
    Effort effort; ///< over all searches, so that many short ones cannot crawl unseen
    std::size_t group_count = 0;

    explicit Compiled(Code compiled_code)
        : code(std::move(compiled_code)), match_data(pcre2_match_data_create_from_pattern(code.get(), nullptr)) {
        pcre2_set_match_limit(context.get(), kMatchLimit);
        pcre2_set_depth_limit(context.get(), kDepthLimit);
        pcre2_set_heap_limit(context.get(), kHeapLimitKib);
        pcre2_jit_stack_assign(context.get(), nullptr, jit_stack.get());
        std::uint32_t count = 0;
        pcre2_pattern_info(code.get(), PCRE2_INFO_CAPTURECOUNT, &count);
        group_count = count;
    }

    /// Tries the starts in [from, to): PCRE2's status.
    int match(const SearchWindow& window, std::size_t from, std::size_t to) const {
        const bool reaches_end = to + kLongestMatch >= window.text.size();
        const std::size_t end = reaches_end ? window.text.size() : to + kLongestMatch;
        std::uint32_t options = window.is_text_start ? 0 : PCRE2_NOTBOL;
        if (!reaches_end || !window.is_text_end) {
            options |= PCRE2_NOTEOL;
        }
        pcre2_set_offset_limit(context.get(), to - 1); // the last offset at which a match may begin
        return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(window.text.data()), end, from, options,
                           match_data.get(), context.get());
    }

    PatternMatch found() const {
        const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(match_data.get());
        PatternMatch match{offsets[0], std::max(offsets[0], offsets[1]), offsets[0], offsets[1], false};
        if (group_count > 0) {
            match.has_group = offsets[2] != PCRE2_UNSET;
            match.group_begin = match.has_group ? offsets[2] : match.end;
            match.group_end = match.has_group ? offsets[3] : match.end;
        }
        return match;
    }
};

Pattern::Pattern(std::string pattern) : source_(std::move(pattern)) {
    if (source_.size() > kLongestPattern) {
        throw Error(ErrorKind::usage, describe_pattern_error(source_, kLongestPattern,
                                                             "the pattern is longer than 64 KiB; make it shorter"));
    }
    (void)pattern_pieces(source_); // refuses what must not be compiled
    compiled_ = std::make_unique<Compiled>(compile(source_, source_));
}

Pattern::Pattern(std::unique_ptr<Compiled> compiled, std::string source)
    : compiled_(std::move(compiled)), source_(std::move(source)) {}

Pattern::Pattern(Pattern&& other) noexcept = default;
Pattern& Pattern::operator=(Pattern&& other) noexcept = default;
Pattern::~Pattern() = default;

std::optional<Pattern> Pattern::widened(const NumberStandIn& stand_in) const {
    const std::optional<std::string> text = widen_pattern(source_, stand_in);
    if (!text) {
        return std::nullopt;
    }
    try {
        auto compiled = std::make_unique<Compiled>(compile(*text, source_));
        if (compiled->group_count == group_count()) {
            return Pattern(std::move(compiled), source_);
        }
    } catch (const Error&) { // too long, or a construct that the widening does not know
    }
    return std::nullopt;
}

std::size_t Pattern::group_count() const {
    return compiled_->group_count;
}

const std::string& Pattern::source() const {
    return source_;
}

bool Pattern::matches(std::string_view text) const {
    return search({text, 0, text.size() + 1}).match.has_value();
}

SearchResult Pattern::search(const SearchWindow& window) const {
    const std::string_view text = window.text;
    // An empty match may be at the very end of the whole text.
    const std::size_t starts_end = std::min(window.starts_before, text.size() + (window.is_text_end ? 1 : 0));
    std::size_t blamed_until = 0; // up to here lines are tried one by one, to find the one that hits a limit
    for (std::size_t position = align_to_character(text, window.from); position < starts_end;) {
        std::size_t to = std::min(align_to_character(text, position + kStartsPerCall), starts_end);
        if (position < blamed_until) {
            to = std::min(to, std::max(end_of_line(text, position), position + 1));
        }
        int status = 0;
        const bool is_crawling =
            compiled_->effort.is_crawling(to - position, [&] { status = compiled_->match(window, position, to); });
        if (status > 0) {
            const PatternMatch match = compiled_->found();
            if (match.end - match.begin <= kLongestMatch) {
                return {match, false, 0};
            }
            return {std::nullopt, true, end_of_line(text, match.begin)};
        }
        if (is_limit(status) && end_of_line(text, position) < to) {
            blamed_until = to;
            continue;
        }
        if (is_limit(status)) {
            return {std::nullopt, true, std::max(end_of_line(text, position), to)};
        }
        if (is_crawling) {
            const bool is_one_line = end_of_line(text, position) >= to;
            return {std::nullopt, true, is_one_line ? end_of_line(text, to - 1) : to};
        }
        position = to;
    }
    return {};
}

} // namespace mutation
