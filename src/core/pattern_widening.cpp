#include "pattern_widening.hpp"

#include "pattern_pieces.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace mutation {

namespace {

bool is_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter & '\x80') != 0;
}

bool is_repeat(std::string_view piece) {
    return piece == "*" || piece == "+" || piece == "?" || (piece.size() > 1 && piece.front() == '{');
}

/// Whether the piece matches one character of a number: `\d`, or a class such as `[0-9.eE+-]`.
bool matches_digits(std::string_view piece) {
    if (piece == "\\d") {
        return true;
    }
    const bool is_class = piece.size() > 2 && piece.front() == '[' && piece.back() == ']';
    return is_class && piece.find_first_not_of("0123456789.,eE+-\\d", 1) == piece.size() - 1 &&
           (piece.find("0-9") != std::string_view::npos || piece.find("\\d") != std::string_view::npos);
}

/// Copies a pattern piece by piece and inserts the alternatives for its numbers.
class Widener {
public:
    Widener(std::string_view pattern, const NumberStandIn& stand_in)
        : text_(pattern), pieces_(pattern_pieces(pattern)), stand_in_(stand_in) {}

    std::optional<std::string> run() {
        for (std::size_t i = 0; i < pieces_.size() && is_known_; ++i) {
            const std::size_t end = i + 1 < pieces_.size() ? pieces_[i + 1] : text_.size();
            if (pieces_[i] >= at_) { // else it belongs to the head of a group, which is copied
                take(text_.substr(pieces_[i], end - pieces_[i]));
            }
        }
        close_number();
        return is_known_ && has_group_ ? std::optional(std::move(result_)) : std::nullopt;
    }

private:
    /// An open group of the pattern.
    struct Group {
        bool is_reset = false; ///< `(?|`: each alternative counts its groups anew
        bool is_lookaround = false;
        bool has_letters_before = false;
        bool has_letters_within = false; ///< in an earlier alternative
        int first = 0;                   ///< capture groups before it
        int most = 0;                    ///< capture groups up to the end of its longest alternative
    };

    void take(std::string_view piece) {
        if (number_begin_ && is_repeat(piece)) {
            return copy(piece.size());
        }
        if (matches_digits(piece) || (number_begin_ && piece == "\\.")) {
            number_begin_ = number_begin_.value_or(result_.size());
            return copy(piece.size());
        }
        close_number();
        switch (piece.front()) {
        case '(':
            return open_group();
        case ')':
            return close_group();
        case '|':
            return next_alternative();
        default:
            has_letters_ = has_letters_ || is_letter(piece.front()) || piece.starts_with("\\Q");
            return copy(piece.size());
        }
    }

    /// A number before or after the first group may be replaced too, unless it comes first: that is a counter or a
    /// time.
    void close_number() {
        const std::optional<std::size_t> begin = std::exchange(number_begin_, std::nullopt);
        if (!begin) {
            return;
        }
        const bool is_before = count_ == 0 && (has_letters_ || has_number_);
        if (lookarounds_ == 0 && (is_before || is_after_group_)) {
            result_.insert(*begin, "(?:");
            result_ += "|" + stand_in_.beside_group + ")";
        }
        has_number_ = true;
    }

    void open_group() {
        const std::string_view rest = text_.substr(at_);
        if (!rest.starts_with("(?") && !rest.starts_with("(*")) {
            return open_capture(1);
        }
        const auto through = [&](char letter, std::size_t from) { return rest.find(letter, from) + 1; };
        if (rest.starts_with("(?#") || rest.starts_with("(*") || rest.starts_with("(?P=")) {
            return copy(through(')', 0));
        }
        if (rest.starts_with("(?=") || rest.starts_with("(?!")) {
            return push({false, true, false, false, 0, 0}, 3);
        }
        if (rest.starts_with("(?<=") || rest.starts_with("(?<!")) {
            return push({false, true, false, false, 0, 0}, 4);
        }
        if (rest.starts_with("(?P<") || rest.starts_with("(?<")) {
            return open_capture(through('>', 0));
        }
        if (rest.starts_with("(?'")) {
            return open_capture(through('\'', 3));
        }
        if (rest.starts_with("(?(")) {
            return push({}, rest.starts_with("(?(?") ? 2 : through(')', 0));
        }
        if (rest.starts_with("(?|") || rest.starts_with("(?>")) {
            return push({rest[2] == '|', false, false, false, 0, 0}, 3);
        }
        open_flags(rest);
    }

    /// `(?flags)` or `(?flags:`.
    void open_flags(std::string_view rest) {
        const std::size_t end = std::min(rest.find_first_not_of("imnsxUJ^-", 2), rest.size());
        is_known_ = end < rest.size() && (rest[end] == ')' || rest[end] == ':');
        if (is_known_ && rest[end] == ':') {
            return push({}, end + 1);
        }
        copy(end + 1);
    }

    void open_capture(std::size_t head) {
        push({}, head);
        if (++count_ != 1 || lookarounds_ > 0) {
            return;
        }
        has_group_ = true;
        group_depth_ = groups_.size();
        result_ += stand_in_.in_group + (has_letters_ ? "(*ACCEPT)|" : "|");
    }

    void push(Group group, std::size_t head) {
        group.first = count_;
        group.has_letters_before = has_letters_;
        lookarounds_ += group.is_lookaround ? 1 : 0;
        groups_.push_back(group);
        copy(head);
    }

    void close_group() {
        copy(1);
        if (groups_.empty()) {
            is_known_ = false;
            return;
        }
        is_after_group_ = is_after_group_ || groups_.size() == group_depth_;
        const Group group = groups_.back();
        groups_.pop_back();
        lookarounds_ -= group.is_lookaround ? 1 : 0;
        has_letters_ = has_letters_ || group.has_letters_within;
        count_ = std::max(count_, group.most);
    }

    void next_alternative() {
        copy(1);
        is_after_group_ = false; // it may be an alternative to the group
        if (groups_.empty()) {
            has_letters_ = false;
            return;
        }
        Group& group = groups_.back();
        group.has_letters_within = group.has_letters_within || has_letters_;
        has_letters_ = group.has_letters_before;
        if (group.is_reset) {
            group.most = std::max(group.most, count_);
            count_ = group.first;
        }
    }

    void copy(std::size_t count) {
        const std::string_view copied = text_.substr(at_, count);
        result_ += copied;
        at_ += copied.size();
    }

    std::string_view text_;
    std::vector<std::size_t> pieces_;
    const NumberStandIn& stand_in_;
    std::size_t at_ = 0; ///< copied up to here
    std::string result_;
    std::vector<Group> groups_;
    std::optional<std::size_t> number_begin_; ///< in `result_`, of the number that is being copied
    int count_ = 0;                           ///< capture groups up to here
    int lookarounds_ = 0;                     ///< that are open
    bool has_letters_ = false;                ///< in this alternative up to here
    bool has_number_ = false;
    bool has_group_ = false;
    std::size_t group_depth_ = 0; ///< open groups in the first one; 0: it has not begun
    bool is_after_group_ = false; ///< the first group has ended
    bool is_known_ = true;
};

} // namespace

std::optional<std::string> widen_pattern(const std::string& pattern, const NumberStandIn& stand_in) {
    return Widener(pattern, stand_in).run();
}

} // namespace mutation
