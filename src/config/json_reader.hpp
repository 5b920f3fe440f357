#pragma once

#include "mutation/config/key_tables.hpp"
#include "mutation/config/problem.hpp"
#include "mutation/core/json.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::config {

/// A value of a settings file and where it stands. Points into the document, which must outlive it.
struct Place {
    const Json* value = nullptr;
    std::string path;
};

/// A member of an object.
struct Member {
    std::string key;
    Place place;
};

/// Closed bounds of a number.
struct Bounds {
    double min = 0;
    double max = 0;
};

/// `timeout_seconds` and `stall_seconds`: up to a year.
constexpr Bounds kTimeLimit{0.001, 31536000};

/// `value` as JSON, short enough for one line of an error.
[[nodiscard]] std::string show_value(const Json& value);

/// `name` as JSON text, short enough for one line of an error.
[[nodiscard]] std::string quote(std::string_view name);

/// The names, quoted and joined; the first few when there are many.
[[nodiscard]] std::string list_names(const std::vector<std::string>& names);

/// Reads typed values out of one settings file and notes whatever is wrong. A reading that failed is no value, and
/// its error is noted; so is a member that is not there, without an error.
class JsonReader {
public:
    /// Problems go to `problems`, which must outlive the reader.
    JsonReader(std::string file, Problems& problems) : file_(std::move(file)), problems_(problems) {}

    void error(const Place& place, std::string message, std::string remedy);
    /// An error about what is not there.
    void missing(const Place& object, std::string_view key, std::string remedy);
    void warn(const Place& place, std::string message, std::string remedy);
    /// A warning that only `validate` prints.
    void remark(const Place& place, std::string message, std::string remedy);
    /// Errors of another file that this one depends on.
    void add_errors(const std::vector<Problem>& errors);
    /// How many errors were noted so far: tells whether a part of the file was read without any.
    [[nodiscard]] std::size_t error_count() const { return problems_.errors.size(); }

    /// `did you mean "x"?` for the known name that is nearest, or "". Not tried any more after very many errors: the
    /// search takes its time.
    [[nodiscard]] std::string guess(std::string_view name, const std::vector<std::string>& known) const;

    /// Notes each key that is neither in `table` nor free, and says where it belongs if one of `family` has it.
    void check_keys(const Place& object, const KeyTable& table, std::span<const KeyTable> family);

    [[nodiscard]] bool is_object(const Place& place, std::string_view remedy);
    [[nodiscard]] bool is_array(const Place& place, std::string_view remedy);
    [[nodiscard]] static std::optional<Place> find(const Place& object, std::string_view key);
    /// The members of an object whose keys are names, comments left out.
    [[nodiscard]] static std::vector<Member> members(const Place& object);
    [[nodiscard]] static std::vector<Place> elements(const Place& array);

    /// Text of at least one character.
    [[nodiscard]] std::optional<std::string> text(const Place& place);
    /// Text that names something: short, without blanks, slashes and the like, since it becomes part of folder names,
    /// CSV columns and lists.
    [[nodiscard]] std::optional<std::string> name(const Place& place);
    [[nodiscard]] bool check_name(const Place& place, std::string_view name);
    /// A whole number within bounds; 10.0 is ten.
    [[nodiscard]] std::optional<std::int64_t> integer(const Place& place, std::int64_t min, std::int64_t max);
    [[nodiscard]] std::optional<double> number(const Place& place, Bounds bounds);
    [[nodiscard]] std::optional<bool> boolean(const Place& place);
    /// One of `choices`.
    [[nodiscard]] std::optional<std::string> choice(const Place& place, std::span<const std::string_view> choices);
    /// An array of texts.
    [[nodiscard]] std::vector<std::string> texts(const Place& place, std::string_view remedy);

    [[nodiscard]] std::optional<std::string> text_at(const Place& object, std::string_view key);
    [[nodiscard]] std::optional<std::int64_t> integer_at(const Place& object, std::string_view key, std::int64_t min,
                                                         std::int64_t max);
    [[nodiscard]] std::optional<double> number_at(const Place& object, std::string_view key, Bounds bounds);
    [[nodiscard]] std::optional<bool> boolean_at(const Place& object, std::string_view key);
    [[nodiscard]] std::optional<std::string> choice_at(const Place& object, std::string_view key,
                                                       std::span<const std::string_view> choices);

private:
    void note_unknown_key(const Member& member, const KeyTable& table, std::span<const KeyTable> family);

    std::string file_;
    Problems& problems_;
};

/// The whole number that a JSON number stands for, if it is one and fits.
[[nodiscard]] std::optional<std::int64_t> to_integer(const Json& value);

/// The faults of a text that is no JSON, as errors of its file.
void note_json_faults(const std::vector<JsonFault>& faults, const std::string& file, Problems& problems);

} // namespace mutation::config
