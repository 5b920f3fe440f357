#pragma once

#include "mutation/core/json.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mutation {

enum class JsonSeverity {
    error,
    warning,
    remark, ///< doubtful, but often intended
};

/// What is wrong, or doubtful, at one place of a JSON document.
struct JsonNote {
    JsonSeverity severity = JsonSeverity::error;
    std::string path;    ///< `$.experiments[2].mutate[0]`
    std::string value;   ///< what is there, as JSON, shortened; "" if it is not to be shown
    std::string message; ///< what is wrong
    std::string remedy;  ///< what would be right; "" if the message says it
};

/// Closed bounds of a number.
struct Bounds {
    double min = 0;
    double max = 0;
};

class JsonCursor;

/// A JSON document that is being read. What is wrong with it goes to `report`, which may collect it or throw.
class JsonSource {
public:
    using Report = std::function<void(JsonNote)>;

    /// `root_path` is how errors name the root: `$`, or `$.plan` for a part of a file. `root` must outlive the source,
    /// and stay where it is.
    JsonSource(const Json& root, std::string root_path, Report report)
        : root_(root), root_path_(std::move(root_path)), report_(std::move(report)) {}

    [[nodiscard]] JsonCursor root() const;
    [[nodiscard]] std::size_t error_count() const { return error_count_; }

private:
    friend class JsonCursor;

    /// The container of a value, and its place in it.
    struct Parent {
        const Json* container = nullptr;
        std::size_t index = 0;
    };

    void report(JsonNote note) const;
    [[nodiscard]] std::string path_of(const Json& value) const;
    void add_parents(const Json& container) const;

    const Json& root_;
    std::string root_path_;
    Report report_;
    mutable std::size_t error_count_ = 0;
    mutable std::unordered_map<const Json*, Parent> parents_; ///< made for the first error
};

struct JsonMember;

/// One value of a document, and a way to its members. Reading returns nullopt after an error, which is reported with
/// place, value and remedy; a member that is not there is nullopt without an error. Cheap to copy; points into the
/// document and the source, which must outlive it.
class JsonCursor {
public:
    JsonCursor(const Json& value, const JsonSource& source) : value_(&value), source_(&source) {}

    [[nodiscard]] const Json& value() const { return *value_; }
    [[nodiscard]] const JsonSource& source() const { return *source_; }
    [[nodiscard]] std::string path() const { return source_->path_of(*value_); }

    void error(std::string message, std::string remedy = "") const;
    void warn(std::string message, std::string remedy) const;
    void remark(std::string message, std::string remedy) const;
    /// An error about the place, which does not show the value.
    void error_at_place(std::string message, std::string remedy) const;
    /// The error of an object that does not have `key`.
    void missing(std::string_view key, std::string remedy) const;

    /// Error unless it is an object, or an array.
    [[nodiscard]] bool is_object(std::string_view remedy = "") const;
    [[nodiscard]] bool is_array(std::string_view remedy = "") const;
    /// The member of an object.
    [[nodiscard]] std::optional<JsonCursor> find(std::string_view key) const;
    /// The same; an error if it is missing.
    [[nodiscard]] std::optional<JsonCursor> require(std::string_view key, std::string remedy = "") const;
    /// The members of an object, in the order of the file.
    [[nodiscard]] std::vector<JsonMember> members() const;
    /// The elements of an array.
    [[nodiscard]] std::vector<JsonCursor> elements() const;

    /// Any text.
    [[nodiscard]] std::optional<std::string> any_text() const;
    /// Text that is not empty and can be passed to a program.
    [[nodiscard]] std::optional<std::string> text() const;
    /// Text that names something: short, without blanks, slashes and the like, because it becomes part of folder names,
    /// CSV columns and lists.
    [[nodiscard]] std::optional<std::string> name() const;
    /// The same for a name that is not this value, but belongs here.
    [[nodiscard]] bool check_name(std::string_view name) const;
    /// A whole number within bounds; 10.0 is ten.
    [[nodiscard]] std::optional<std::int64_t> whole(std::int64_t min, std::int64_t max) const;
    /// A whole number from 0 to `max`.
    [[nodiscard]] std::optional<std::uint64_t> count(std::uint64_t max) const;
    [[nodiscard]] std::optional<double> number(Bounds bounds) const;
    [[nodiscard]] std::optional<bool> boolean() const;
    /// One of `choices`.
    [[nodiscard]] std::optional<std::string> choice(std::span<const std::string_view> choices) const;
    /// An array of texts, those that are none left out.
    [[nodiscard]] std::vector<std::string> texts(std::string_view remedy = "") const;

    [[nodiscard]] std::optional<std::string> text_at(std::string_view key) const;
    [[nodiscard]] std::optional<std::int64_t> whole_at(std::string_view key, std::int64_t min, std::int64_t max) const;
    [[nodiscard]] std::optional<double> number_at(std::string_view key, Bounds bounds) const;
    [[nodiscard]] std::optional<bool> boolean_at(std::string_view key) const;
    [[nodiscard]] std::optional<std::string> choice_at(std::string_view key,
                                                       std::span<const std::string_view> choices) const;

    /// `did you mean "x"?` for the known name that is nearest, or "". Gives up after very many errors, because the
    /// search takes time.
    [[nodiscard]] std::string guess(std::string_view name, const std::vector<std::string>& known) const;

private:
    const Json* value_;
    const JsonSource* source_;
};

/// A member of an object.
struct JsonMember {
    std::string key;
    JsonCursor at;
};

/// The whole number that a JSON number stands for, if it is one and fits.
[[nodiscard]] std::optional<std::int64_t> to_whole(const Json& value);

/// `value` as JSON, short enough for one line of an error.
[[nodiscard]] std::string show_value(const Json& value);

/// `name` as JSON text, short enough for one line of an error.
[[nodiscard]] std::string quote(std::string_view name);

/// The names, quoted and joined; only the first few if there are many.
[[nodiscard]] std::string list_names(const std::vector<std::string>& names);

} // namespace mutation
