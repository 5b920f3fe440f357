#include "mutation/core/json_cursor.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mutation {

namespace {

constexpr std::size_t kLongestValueShown = 60;
constexpr std::size_t kLongestKnownName = 100;
constexpr std::size_t kMostNamesListed = 20;
constexpr std::size_t kMostGuesses = 1000;
/// Beyond this, doubles skip whole numbers.
constexpr double kLargestExactWhole = 9007199254740992.0;

bool is_bad_in_name(char letter) {
    const bool is_control = static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
    return is_control || std::string_view(" /\\,;\"'`*?<>|").find(letter) != std::string_view::npos;
}

/// What to write instead of a text that contains a number.
std::string unquote_remedy(const Json& value) {
    const bool is_number = value.is_string() && parse_double(value.get_ref<const std::string&>());
    return is_number ? "write it without quotes" : "";
}

} // namespace

JsonCursor JsonSource::root() const {
    return {root_, *this};
}

void JsonSource::report(JsonNote note) const {
    error_count_ += note.severity == JsonSeverity::error ? 1 : 0;
    report_(std::move(note));
}

void JsonSource::add_parents(const Json& container) const {
    std::size_t index = 0;
    for (const Json& child : container) {
        parents_.emplace(&child, Parent{&container, index++});
        if (child.is_structured()) {
            add_parents(child);
        }
    }
}

std::string JsonSource::path_of(const Json& value) const {
    if (parents_.empty() && root_.is_structured()) {
        add_parents(root_);
    }
    const auto found = parents_.find(&value);
    if (found == parents_.end()) {
        return root_path_;
    }
    const auto& [container, index] = found->second;
    const std::string head = path_of(*container);
    if (container->is_array()) {
        return element_path(head, index);
    }
    const auto& members = container->get_ref<const Json::object_t&>();
    return member_path(head, (members.begin() + static_cast<std::ptrdiff_t>(index))->first);
}

void JsonCursor::error(std::string message, std::string remedy) const {
    source_->report({JsonSeverity::error, path(), show_value(*value_), std::move(message), std::move(remedy)});
}

void JsonCursor::warn(std::string message, std::string remedy) const {
    source_->report({JsonSeverity::warning, path(), show_value(*value_), std::move(message), std::move(remedy)});
}

void JsonCursor::remark(std::string message, std::string remedy) const {
    source_->report({JsonSeverity::remark, path(), show_value(*value_), std::move(message), std::move(remedy)});
}

void JsonCursor::error_at_place(std::string message, std::string remedy) const {
    source_->report({JsonSeverity::error, path(), "", std::move(message), std::move(remedy)});
}

void JsonCursor::missing(std::string_view key, std::string remedy) const {
    error_at_place(quote(key) + " is missing", std::move(remedy));
}

bool JsonCursor::is_object(std::string_view remedy) const {
    if (!value_->is_object()) {
        error("must be an object", std::string(remedy));
    }
    return value_->is_object();
}

bool JsonCursor::is_array(std::string_view remedy) const {
    if (!value_->is_array()) {
        error("must be an array", std::string(remedy));
    }
    return value_->is_array();
}

std::optional<JsonCursor> JsonCursor::find(std::string_view key) const {
    for (const auto& [name, value] : value_->get_ref<const Json::object_t&>()) {
        if (name == key) {
            return JsonCursor(value, *source_);
        }
    }
    return std::nullopt;
}

std::optional<JsonCursor> JsonCursor::require(std::string_view key, std::string remedy) const {
    auto found = find(key);
    if (!found) {
        missing(key, std::move(remedy));
    }
    return found;
}

std::vector<JsonMember> JsonCursor::members() const {
    std::vector<JsonMember> members;
    for (const auto& [name, value] : value_->get_ref<const Json::object_t&>()) {
        members.push_back({name, {value, *source_}});
    }
    return members;
}

std::vector<JsonCursor> JsonCursor::elements() const {
    std::vector<JsonCursor> elements;
    for (const Json& value : value_->get_ref<const Json::array_t&>()) {
        elements.emplace_back(value, *source_);
    }
    return elements;
}

std::optional<std::string> JsonCursor::any_text() const {
    if (!value_->is_string()) {
        error("must be text", value_->is_number() ? "write " + quote(show_value(*value_)) : "put it in double quotes");
        return std::nullopt;
    }
    return value_->get<std::string>();
}

std::optional<std::string> JsonCursor::text() const {
    std::optional<std::string> text = any_text();
    if (text && trim(*text).empty()) {
        error("is empty", "write some text, or leave the key out");
        return std::nullopt;
    }
    if (text && text->find('\0') != std::string::npos) {
        error("contains a NUL character, which no command or path can contain", "remove it");
        return std::nullopt;
    }
    return text;
}

bool JsonCursor::check_name(std::string_view name) const {
    const bool is_good = !name.empty() && name.size() <= kLongestKnownName && name.front() != '-' &&
                         name.front() != '.' && std::none_of(name.begin(), name.end(), is_bad_in_name);
    if (!is_good) {
        error_at_place(quote(name) + " cannot be a name",
                       "use up to 100 letters, digits, _, - and ., not beginning with - or .");
    }
    return is_good;
}

std::optional<std::string> JsonCursor::name() const {
    std::optional<std::string> name = text();
    return name && check_name(*name) ? name : std::nullopt;
}

std::optional<std::int64_t> JsonCursor::whole(std::int64_t min, std::int64_t max) const {
    const std::optional<std::int64_t> number = to_whole(*value_);
    if (!number || *number < min || *number > max) {
        error("must be a whole number from " + std::to_string(min) + " to " + std::to_string(max),
              unquote_remedy(*value_));
        return std::nullopt;
    }
    return number;
}

std::optional<std::uint64_t> JsonCursor::count(std::uint64_t max) const {
    const std::optional<std::int64_t> number = to_whole(*value_);
    std::optional<std::uint64_t> count;
    if (value_->is_number_unsigned()) {
        count = value_->get<std::uint64_t>();
    } else if (number && *number >= 0) {
        count = static_cast<std::uint64_t>(*number);
    }
    if (!count || *count > max) {
        error("must be a whole number from 0 to " + std::to_string(max), unquote_remedy(*value_));
        return std::nullopt;
    }
    return count;
}

std::optional<double> JsonCursor::number(Bounds bounds) const {
    const auto number = value_->is_number() ? std::optional(value_->get<double>()) : std::nullopt;
    if (!number || !std::isfinite(*number) || *number < bounds.min || *number > bounds.max) {
        error("must be a number from " + format_shortest(bounds.min) + " to " + format_shortest(bounds.max),
              unquote_remedy(*value_));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> JsonCursor::boolean() const {
    if (!value_->is_boolean()) {
        error("must be true or false", "write it without quotes, in lower case");
        return std::nullopt;
    }
    return value_->get<bool>();
}

std::optional<std::string> JsonCursor::choice(std::span<const std::string_view> choices) const {
    const std::vector<std::string> known(choices.begin(), choices.end());
    if (!value_->is_string()) {
        error("must be one of " + list_names(known), "put one of them in double quotes");
        return std::nullopt;
    }
    const auto& chosen = value_->get_ref<const std::string&>();
    if (std::find(choices.begin(), choices.end(), chosen) == choices.end()) {
        error("must be one of " + list_names(known), guess(chosen, known));
        return std::nullopt;
    }
    return chosen;
}

std::vector<std::string> JsonCursor::texts(std::string_view remedy) const {
    std::vector<std::string> texts;
    if (is_array(remedy)) {
        for (const JsonCursor& element : elements()) {
            if (std::optional<std::string> word = element.text()) {
                texts.push_back(std::move(*word));
            }
        }
    }
    return texts;
}

std::optional<std::string> JsonCursor::text_at(std::string_view key) const {
    const auto member = find(key);
    return member ? member->text() : std::nullopt;
}

std::optional<std::int64_t> JsonCursor::whole_at(std::string_view key, std::int64_t min, std::int64_t max) const {
    const auto member = find(key);
    return member ? member->whole(min, max) : std::nullopt;
}

std::optional<double> JsonCursor::number_at(std::string_view key, Bounds bounds) const {
    const auto member = find(key);
    return member ? member->number(bounds) : std::nullopt;
}

std::optional<bool> JsonCursor::boolean_at(std::string_view key) const {
    const auto member = find(key);
    return member ? member->boolean() : std::nullopt;
}

std::optional<std::string> JsonCursor::choice_at(std::string_view key,
                                                 std::span<const std::string_view> choices) const {
    const auto member = find(key);
    return member ? member->choice(choices) : std::nullopt;
}

std::string JsonCursor::guess(std::string_view name, const std::vector<std::string>& known) const {
    const std::string nearest = source_->error_count() > kMostGuesses ? "" : nearest_name(name, known);
    // "nonparallel" is near to "parallel", and its opposite.
    const bool is_opposite = name.starts_with("no") && name.ends_with(nearest);
    return nearest.empty() || is_opposite ? "" : "did you mean " + quote(nearest) + "?";
}

std::optional<std::int64_t> to_whole(const Json& value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        return std::in_range<std::int64_t>(number) ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
    }
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    if (value.is_number_float()) {
        const auto number = value.get<double>();
        if (std::abs(number) <= kLargestExactWhole && std::trunc(number) == number) {
            return static_cast<std::int64_t>(number);
        }
    }
    return std::nullopt;
}

std::string show_value(const Json& value) {
    return shorten_text(value.dump(-1, ' ', false, Json::error_handler_t::replace), kLongestValueShown);
}

std::string quote(std::string_view name) {
    return Json(shorten_text(name, kLongestValueShown)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string list_names(const std::vector<std::string>& names) {
    std::vector<std::string> shown;
    for (const std::string& name : names) {
        if (shown.size() == kMostNamesListed) {
            shown.push_back("and " + std::to_string(names.size() - kMostNamesListed) + " more");
            break;
        }
        shown.push_back(quote(name));
    }
    return join(shown, ", ");
}

} // namespace mutation
