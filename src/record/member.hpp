#pragma once

#include "json_codec.hpp"
#include "mutation/core/json_cursor.hpp"
#include "mutation/record/field_table.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mutation::record {

/// How a document is read.
struct Reading {
    bool is_lenient = false;         ///< what is missing or of another type is not recorded
    bool may_be_partial = false;     ///< what is missing is not recorded
    ColumnSet* unrecorded = nullptr; ///< collects the columns of what is not recorded; null: not needed
};

/// Throws what a cursor reports. Error(storage): `$.status is 1, not a text`, `$.attempts is empty`.
[[noreturn]] void throw_note(const JsonNote& note);
/// Error(storage): `$.status is missing`.
[[noreturn]] void throw_missing(const JsonCursor& object, std::string_view name);
/// `a text`, `a list of texts`.
[[nodiscard]] std::string_view describe_kind(FieldKind kind);
/// The member of an object, or null. `next` is where it is looked for first, and moves behind it.
[[nodiscard]] const Json* find_member(const Json& object, std::string_view name, std::size_t& next);
/// Adds the members of `other` (null: none) to those of `object`, recursively.
void add_members(Json& object, const Json& other);

/// One member of the JSON object that holds an `Owner`.
template <class Owner>
struct Member {
    std::string_view name;
    FieldKind kind = FieldKind::text;
    bool is_nullable = false;
    std::string_view unit;
    std::string_view meaning;
    std::string_view type_words;
    std::string_view noun; ///< of an enum: "status"
    std::function<Json(const Owner&)> write;
    /// False for a value of another type. An object or a list reports what is wrong in it.
    std::function<bool(Owner&, const JsonCursor&, const Reading&)> read;
    std::function<Json(const Json&)> unknown_in; ///< objects only
    std::vector<FieldInfo> parts;                ///< of an object or a list; their paths begin with `name`
    std::vector<ColumnOf<Owner>> columns;        ///< its own, or those of its parts
    bool is_required = false;
    bool is_checked = false;
    bool is_partial = false;
    bool is_first = false;
    bool is_never_empty = false;

    /// The file must have it, and of the right type, unless it is v3.0's.
    Member& required() {
        is_required = true;
        is_checked = true;
        return *this;
    }
    /// It may be missing, but not of another type.
    Member& checked() {
        is_checked = true;
        return *this;
    }
    /// Its own members may be missing.
    Member& partial() {
        is_partial = true;
        return *this;
    }
    /// Its column of summary.csv, which is the `number`th.
    Member& column(std::string column_name, std::size_t number) {
        columns.push_back({std::move(column_name), number, write});
        return *this;
    }
    /// For numbers whose type has no unit.
    Member& in(std::string_view its_unit) {
        unit = its_unit;
        return *this;
    }
    /// It is read before the other members.
    Member& read_first() {
        is_first = true;
        return *this;
    }
    Member& never_empty() {
        is_never_empty = true;
        return *this;
    }
    /// An absent object is written as `{}`, not as null.
    Member& empty_if_absent() {
        is_nullable = false;
        write = [write_part = std::move(write)](const Owner& owner) {
            Json json = write_part(owner);
            return json.is_null() ? Json::object() : json;
        };
        read = [read_part = std::move(read)](Owner& owner, const JsonCursor& at, const Reading& reading) {
            const Json absent;
            const bool is_absent = at.value().is_object() && at.value().empty();
            return !at.value().is_null() && read_part(owner, is_absent ? JsonCursor(absent, at.source()) : at, reading);
        };
        return *this;
    }
    void miss(const Reading& reading) const {
        for (std::size_t i = 0; reading.unrecorded != nullptr && i < columns.size(); ++i) {
            reading.unrecorded->set(columns[i].number);
        }
    }
    /// "not a text"
    [[nodiscard]] std::string complain(const Json& value) const {
        if (!noun.empty() && value.is_string()) {
            return "no " + std::string(noun);
        }
        const bool is_other = kind == FieldKind::values && !value.is_object();
        return "not " + std::string(is_other ? describe_kind(FieldKind::object) : type_words);
    }
};

} // namespace mutation::record
