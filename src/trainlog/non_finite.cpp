#include "non_finite.hpp"

#include <string>

namespace mutation::trainlog {

namespace {

/// nan and inf of C, Python, Java, Julia (NaN32), YAML (.nan) and old Windows libraries (-nan(ind), 1.#QNAN). Keras
/// may print the next line right behind it: `nanEpoch 2/10`.
constexpr const char* kSpelling = R"((?i-x:[+\-\x{2212}]?(?:\.?nan(?:16|32|64)?(?:\((?:[a-z]+|0x[0-9a-f]+)\))?)"
                                  R"(|1[.,]?#(?:qnan|snan|ind|inf)\w*|\.?inf(?:inity|inite)?(?:16|32)?|\x{221e})))"
                                  R"((?-ix:(?!\w)|(?<=nan|inf)(?=[A-Z])))";

/// What may be between a label and the value: blanks, quotes, brackets, `tensor(`, `np.float64(`.
constexpr const char* kOpening = R"((?i-x:(?:[a-z_][\w.]{0,40}[(\[]{1,3}|["'(\[\h]){0,6}))";

} // namespace

const NumberStandIn& non_finite_numbers() {
    static const NumberStandIn stand_in{std::string(kOpening) + kSpelling, kSpelling};
    return stand_in;
}

bool is_non_finite(std::string_view text) {
    static const Pattern pattern("\\A(?:" + std::string(kOpening) + kSpelling + R"([\s)\]"']*)\z)");
    return pattern.matches(text);
}

bool holds_non_finite(std::string_view text) {
    static const Pattern pattern(R"((?<![\w.]))" + std::string(kSpelling));
    return pattern.matches(text);
}

} // namespace mutation::trainlog
