#pragma once

#include "member.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mutation::record {

template <class Type>
constexpr bool kIsOptional = false;
template <class Type>
constexpr bool kIsOptional<std::optional<Type>> = true;

/// The members of the JSON object that holds an `Owner`, in the order in which they are written.
template <class Owner>
class ObjectTable {
public:
    /// A member that is a variable of the owner. `access` takes the owner, constant or not, and returns a reference to
    /// the variable, from whose type kind, unit and whether it can be null follow.
    template <class Access>
    Member<Owner>& field(std::string_view name, std::string_view meaning, Access access) {
        using Type = std::remove_cvref_t<decltype(access(std::declval<Owner&>()))>;
        return add<Type>(
            name, meaning, [access](const Owner& owner) { return JsonCodec<Type>::write(access(owner)); },
            [access](Owner& owner, const JsonCursor& at, const Reading& /*reading*/) {
                return JsonCodec<Type>::read(at.value(), access(owner));
            });
    }

    /// A member that the owner holds in another form: `get` returns its value, `set` takes it.
    template <class Get, class Set>
    Member<Owner>& property(std::string_view name, std::string_view meaning, Get get, Set set) {
        using Type = std::remove_cvref_t<decltype(get(std::declval<const Owner&>()))>;
        return add<Type>(
            name, meaning, [get](const Owner& owner) { return JsonCodec<Type>::write(get(owner)); },
            [set](Owner& owner, const JsonCursor& at, const Reading& /*reading*/) {
                Type value{};
                const bool is_read = JsonCodec<Type>::read(at.value(), value);
                if (is_read) {
                    set(owner, std::move(value));
                }
                return is_read;
            });
    }

    /// A member that follows from others: it is checked when it is read, and dropped.
    template <class Get>
    Member<Owner>& derived(std::string_view name, std::string_view meaning, Get get) {
        return property(name, meaning, get, [](Owner& /*owner*/, auto&& /*value*/) {});
    }

    /// An object with a table of its own; null if `access` returns an empty `std::optional`.
    template <class Part, class Access>
    Member<Owner>& object(std::string_view name, std::string_view meaning, const ObjectTable<Part>& table,
                          Access access) {
        constexpr bool kMayBeNull = kIsOptional<std::remove_cvref_t<decltype(access(std::declval<Owner&>()))>>;
        Member<Owner>& member = members_.emplace_back();
        member.name = name;
        member.meaning = meaning;
        member.kind = FieldKind::object;
        member.is_nullable = kMayBeNull;
        member.type_words = table.holds_only_numbers() ? "an object of numbers" : describe_kind(FieldKind::object);
        const auto part_of = [access](const Owner& owner) { return address_of(access(owner)); };
        member.write = [part_of, &table](const Owner& owner) {
            const Part* part = part_of(owner);
            return part == nullptr ? Json(nullptr) : table.write(*part);
        };
        member.read = [access, &table](Owner& owner, const JsonCursor& at, const Reading& reading) {
            if constexpr (kMayBeNull) {
                access(owner).reset();
                if (at.value().is_null()) {
                    return true;
                }
            }
            if (!at.value().is_object()) {
                return false;
            }
            if constexpr (kMayBeNull) {
                table.read(access(owner).emplace(), at, reading);
            } else {
                table.read(access(owner), at, reading);
            }
            return true;
        };
        member.unknown_in = [&table](const Json& json) { return table.unknown_in(json); };
        for (const ColumnOf<Part>& column : table.columns()) {
            member.columns.push_back({column.name, column.number, [part_of, value = column.value](const Owner& owner) {
                                          const Part* part = part_of(owner);
                                          return part == nullptr ? Json(nullptr) : value(*part);
                                      }});
        }
        member.parts = table.fields(std::string(name) + ".");
        return member;
    }

    /// A list of objects with a table of their own, which have no columns in summary.csv. An element that is an empty
    /// `std::optional` is null.
    template <class Part, class Access>
    Member<Owner>& list(std::string_view name, std::string_view meaning, const ObjectTable<Part>& table,
                        Access access) {
        Member<Owner>& member = members_.emplace_back();
        member.name = name;
        member.meaning = meaning;
        member.kind = FieldKind::list;
        member.type_words = describe_kind(FieldKind::list);
        member.write = [access, &table](const Owner& owner) {
            Json json = Json::array();
            for (const auto& element : access(owner)) {
                const Part* part = address_of(element);
                json.push_back(part == nullptr ? Json(nullptr) : table.write(*part));
            }
            return json;
        };
        member.read = [access, &table](Owner& owner, const JsonCursor& at, const Reading& reading) {
            return read_list(access(owner), table, at, {reading.is_lenient, false, nullptr});
        };
        member.parts = table.fields(std::string(name) + "[].");
        for (FieldInfo& part : member.parts) {
            part.column.clear();
        }
        return member;
    }

    [[nodiscard]] Json write(const Owner& owner) const {
        Json json = Json::object();
        auto& members = json.template get_ref<Json::object_t&>();
        members.reserve(members_.size());
        for (const Member<Owner>& member : members_) {
            members.emplace_back(std::string(member.name), member.write(owner));
        }
        if constexpr (requires { owner.unknown; }) {
            add_members(json, owner.unknown);
        }
        return json;
    }

    /// Reads an object. A member that it does not have, or null, is looked for in `beside` (null: nowhere).
    void read(Owner& owner, const JsonCursor& at, const Reading& reading, const Json* beside = nullptr) const {
        std::size_t next = 0;
        for (const bool is_first : {true, false}) {
            for (const Member<Owner>& member : members_) {
                if (member.is_first == is_first) {
                    const Json* value = find_member(at.value(), member.name, next);
                    if (beside != nullptr && (value == nullptr || value->is_null())) {
                        std::size_t anywhere = 0;
                        const Json* other = find_member(*beside, member.name, anywhere);
                        value = other == nullptr ? value : other;
                    }
                    read_member(member, owner, value, at, reading);
                }
            }
        }
        if constexpr (requires { owner.unknown; }) {
            owner.unknown = unknown_in(at.value());
        }
    }

    /// What of an object is none of these members; null where there is nothing.
    [[nodiscard]] Json unknown_in(const Json& json) const {
        Json unknown;
        auto next = members_.begin();
        for (const auto& [name, value] : json.get_ref<const Json::object_t&>()) {
            // As a rule the members are in the table's order.
            const auto member = next != members_.end() && next->name == name ? next : find(name);
            if (member == members_.end()) {
                unknown[name] = value;
                continue;
            }
            if (member->unknown_in && value.is_object()) {
                if (Json part = member->unknown_in(value); !part.is_null()) {
                    unknown[name] = std::move(part);
                }
            }
            next = std::next(member);
        }
        return unknown;
    }

    [[nodiscard]] std::vector<ColumnOf<Owner>> columns() const {
        std::vector<ColumnOf<Owner>> all;
        for (const Member<Owner>& member : members_) {
            all.insert(all.end(), member.columns.begin(), member.columns.end());
        }
        return all;
    }

    [[nodiscard]] std::vector<FieldInfo> fields(const std::string& head) const {
        std::vector<FieldInfo> all;
        for (const Member<Owner>& member : members_) {
            const bool has_column = member.parts.empty() && !member.columns.empty();
            all.push_back({head + std::string(member.name), member.kind, member.is_nullable, member.unit,
                           has_column ? member.columns.front().name : "", member.meaning});
            for (FieldInfo part : member.parts) {
                part.path.insert(0, head);
                all.push_back(std::move(part));
            }
        }
        return all;
    }

    [[nodiscard]] bool holds_only_numbers() const {
        return std::all_of(members_.begin(), members_.end(),
                           [](const Member<Owner>& member) { return member.kind == FieldKind::number; });
    }

private:
    template <class Type, class Write, class Read>
    Member<Owner>& add(std::string_view name, std::string_view meaning, Write write, Read read) {
        using Codec = JsonCodec<Type>;
        Member<Owner>& member = members_.emplace_back();
        member.name = name;
        member.meaning = meaning;
        member.kind = Codec::kKind;
        member.is_nullable = IsNullable<Codec>;
        member.unit = Codec::kUnit;
        member.type_words = describe_kind(Codec::kKind);
        if constexpr (HasNoun<Codec>) {
            member.noun = Codec::kNoun;
        }
        member.write = std::move(write);
        member.read = std::move(read);
        return member;
    }

    [[nodiscard]] auto find(std::string_view name) const {
        return std::find_if(members_.begin(), members_.end(),
                            [name](const Member<Owner>& member) { return member.name == name; });
    }

    /// `value`: null if `object` does not have the member.
    static void read_member(const Member<Owner>& member, Owner& owner, const Json* value, const JsonCursor& object,
                            const Reading& reading) {
        const bool is_lenient = reading.is_lenient || !member.is_checked;
        if (value == nullptr) {
            if (member.is_required && !is_lenient && !reading.may_be_partial) {
                throw_missing(object, member.name);
            }
            member.miss(reading);
            return;
        }
        const JsonCursor at(*value, object.source());
        if (member.is_never_empty && value->is_array() && value->empty() && !is_lenient) {
            at.error_at_place("is empty", "");
        } else if (!member.read(owner, at, {is_lenient, member.is_partial, reading.unrecorded})) {
            if (!is_lenient) {
                at.error(member.complain(*value));
            }
            member.miss(reading);
        }
    }

    template <class Part>
    static const Part* address_of(const Part& part) {
        return &part;
    }
    template <class Part>
    static const Part* address_of(const std::optional<Part>& part) {
        return part ? &*part : nullptr;
    }

    template <class Element, class Part>
    static bool read_list(std::vector<Element>& elements, const ObjectTable<Part>& table, const JsonCursor& list,
                          const Reading& reading) {
        if (!list.value().is_array()) {
            return false;
        }
        elements.clear();
        for (const JsonCursor& at : list.elements()) {
            if (at.value().is_object()) {
                Part part;
                table.read(part, at, reading);
                elements.push_back(std::move(part));
            } else if (kIsOptional<Element> && at.value().is_null()) {
                elements.emplace_back();
            } else if (!reading.is_lenient) {
                at.error("not an object");
            }
        }
        return true;
    }

    std::vector<Member<Owner>> members_;
};

} // namespace mutation::record
