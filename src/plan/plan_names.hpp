#pragma once

#include "mutation/config/experiment_config.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace mutation::plan {

// The words of a stored plan.
constexpr std::array<std::pair<config::Mode, std::string_view>, 3> kModeNames{
    {{config::Mode::mutation, "mutation"},
     {config::Mode::default_values, "default"},
     {config::Mode::parallel, "parallel"}}};
constexpr std::array<std::pair<config::Order, std::string_view>, 3> kOrderNames{
    {{config::Order::as_written, "as_written"},
     {config::Order::interleaved, "interleaved"},
     {config::Order::random, "random"}}};

template <class Table, class Key>
constexpr std::string_view find_word(const Table& table, Key key) {
    for (const auto& [known, word] : table) {
        if (known == key) {
            return word;
        }
    }
    return {};
}

} // namespace mutation::plan
