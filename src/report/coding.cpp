#include "mutation/report/coding.hpp"

#include "mutation/core/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace mutation::report {

namespace {

using Values = std::vector<std::optional<Value>>; ///< of one hyperparameter, one for each run

/// Positive numbers that span this factor are taken to be spread evenly over their logarithms.
constexpr double kLogarithmicFactor = 10;

std::string level_of(const std::optional<Value>& value) {
    return value ? to_argument(*value) : std::string(kNotSet);
}

std::string short_number(double value, int digits = 6) {
    return format_shortest(round_significant(value, digits));
}

/// The numbers that were tried, each once, ascending.
std::vector<double> distinct_numbers(const Values& values) {
    std::set<double> numbers;
    for (const std::optional<Value>& value : values) {
        if (const std::optional<double> number = number_of(value)) {
            numbers.insert(*number);
        }
    }
    return {numbers.begin(), numbers.end()};
}

/// Whether equal steps of the hyperparameter are factors. `tried` is ascending and has two numbers.
bool is_logarithmic(const std::vector<double>& tried, const record::HyperparameterFacts* facts) {
    if (facts != nullptr) {
        return facts->distribution == config::Distribution::log_uniform || facts->zero_probability > 0;
    }
    const auto positive = std::upper_bound(tried.begin(), tried.end(), 0);
    return positive != tried.end() && tried.back() >= kLogarithmicFactor * *positive;
}

Coding coding_of(const Values& values, const record::HyperparameterFacts* facts) {
    if (std::all_of(values.begin(), values.end(), [&](const auto& value) { return value == values.front(); })) {
        return Coding::constant;
    }
    const bool is_listed = facts != nullptr && (facts->type == config::HyperparameterType::choice ||
                                                facts->type == config::HyperparameterType::boolean);
    const bool is_number = std::all_of(values.begin(), values.end(),
                                       [](const auto& value) { return !value || number_of(value).has_value(); });
    const std::vector<double> tried = distinct_numbers(values);
    if (is_listed || !is_number || tried.size() < 2) {
        return Coding::choice;
    }
    if (tried.front() < 0 || !is_logarithmic(tried, facts)) {
        return Coding::linear;
    }
    return tried.front() == 0 ? Coding::zero : Coding::log;
}

/// The levels of a choice: the default first (if no run has it, the most frequent level), then by name.
std::vector<std::string> levels_of(const Values& values, const record::HyperparameterFacts* facts) {
    std::map<std::string, std::size_t> counts;
    for (const std::optional<Value>& value : values) {
        ++counts[level_of(value)];
    }
    auto first = facts == nullptr ? counts.end() : counts.find(level_of(facts->default_value));
    if (first == counts.end()) {
        first = std::max_element(counts.begin(), counts.end(),
                                 [](const auto& a, const auto& b) { return a.second < b.second; });
    }
    std::vector<std::string> levels{first->first};
    for (const auto& [level, count] : counts) {
        if (level != levels.front()) {
            levels.push_back(level);
        }
    }
    return levels;
}

/// Adds the columns of one hyperparameter after the other.
class Coder {
public:
    explicit Coder(CodedInputs& coded) : coded_(coded) {}

    void add(std::string hyperparameter, const Values& values, const record::HyperparameterFacts* facts) {
        Input input;
        input.hyperparameter = std::move(hyperparameter);
        input.coding = coding_of(values, facts);
        if (const std::vector<double> tried = distinct_numbers(values); !tried.empty()) {
            input.tried = {tried.front(), tried.back()};
        }
        if (input.coding == Coding::choice) {
            input.levels = levels_of(values, facts);
        }
        coded_.inputs.push_back(std::move(input));
        add_columns(values);
    }

private:
    void add_columns(const Values& values) {
        const Input& input = coded_.inputs.back();
        switch (input.coding) {
        case Coding::constant:
            return;
        case Coding::choice:
            for (std::size_t i = 1; i < input.levels.size(); ++i) {
                add_level(values, input.levels[i], input.levels.front());
            }
            return;
        case Coding::linear:
            add_linear(values);
            return;
        case Coding::log:
        case Coding::zero:
            add_logarithm(values);
            return;
        }
    }

    CodedColumn& add_column(Term term, std::vector<double> values) {
        CodedColumn column;
        column.input = coded_.inputs.size() - 1;
        column.term = term;
        coded_.columns.push_back(std::move(column));
        coded_.values.push_back(std::move(values));
        return coded_.columns.back();
    }

    void add_level(const Values& values, const std::string& level, const std::string& reference) {
        std::vector<double> is_level;
        std::transform(values.begin(), values.end(), std::back_inserter(is_level),
                       [&](const auto& value) { return level_of(value) == level ? 1.0 : 0.0; });
        CodedColumn& column = add_column(Term::choice, std::move(is_level));
        column.level = level;
        column.ratio_of = RatioOf::level_to_default;
        column.ratio_text = fmt::format("{} against {}", level, reference);
    }

    void add_linear(const Values& values) {
        double sum = 0;
        double count = 0;
        for (const auto& value : values) {
            sum += number_of(value).value_or(0);
            count += value ? 1 : 0;
        }
        std::vector<double> centred;
        for (const auto& value : values) {
            centred.push_back(value ? *number_of(value) - sum / count : 0);
        }
        const std::vector<double> tried = distinct_numbers(values);
        const auto last = static_cast<double>(tried.size() - 1);
        const double low = tried[static_cast<std::size_t>(std::lround(.1 * last))];
        const double high = tried[static_cast<std::size_t>(std::lround(.9 * last))];
        CodedColumn& column = add_column(Term::linear, std::move(centred));
        column.step = high - low;
        column.ratio_of = RatioOf::p10_to_p90;
        column.ratio_text = fmt::format("{} to {}", short_number(low), short_number(high));
        add_not_set(values, sum / count);
    }

    void add_logarithm(const Values& values) {
        double sum = 0;
        double count = 0;
        for (const auto& value : values) {
            if (const double number = number_of(value).value_or(0); number > 0) {
                sum += std::log(number);
                count += 1;
            }
        }
        const double mean = sum / count;
        if (coded_.inputs.back().coding == Coding::zero) {
            add_zero(values, std::exp(mean));
        }
        std::vector<double> logarithms;
        for (const auto& value : values) {
            const double number = number_of(value).value_or(0);
            logarithms.push_back(number > 0 ? std::log(number) - mean : 0);
        }
        // A single positive value beside 0 has no slope.
        if (std::any_of(logarithms.begin(), logarithms.end(), [](double x) { return std::fabs(x) > 1e-9; })) {
            CodedColumn& column = add_column(Term::log, std::move(logarithms));
            column.step = std::log(2.0);
            column.ratio_of = RatioOf::doubling;
            column.ratio_text = "x2";
        }
        add_not_set(values, std::exp(mean));
    }

    void add_zero(const Values& values, double typical) {
        std::vector<double> is_zero;
        std::transform(values.begin(), values.end(), std::back_inserter(is_zero),
                       [](const auto& value) { return number_of(value) == 0.0 ? 1.0 : 0.0; });
        CodedColumn& column = add_column(Term::zero, std::move(is_zero));
        column.ratio_of = RatioOf::zero_to_typical;
        column.ratio_text = fmt::format("0 against {}", short_number(typical, 3));
    }

    /// A column for the runs without a value, if there are any.
    void add_not_set(const Values& values, double typical) {
        if (std::all_of(values.begin(), values.end(), [](const auto& value) { return value.has_value(); })) {
            return;
        }
        std::vector<double> is_missing;
        std::transform(values.begin(), values.end(), std::back_inserter(is_missing),
                       [](const auto& value) { return value ? 0.0 : 1.0; });
        CodedColumn& column = add_column(Term::choice, std::move(is_missing));
        column.level = std::string(kNotSet);
        column.ratio_of = RatioOf::level_to_default;
        column.ratio_text = fmt::format("{} against {}", kNotSet, short_number(typical, 3));
    }

    CodedInputs& coded_;
};

/// In the order of the registry, then in the order in which the runs have them.
std::vector<std::string> hyperparameters_of(const Group& group, const std::vector<const Run*>& runs) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    std::set<std::string> recorded;
    for (const Run* run : runs) {
        for (const Assignment& assignment : run->values) {
            if (!is_seed(assignment.name)) {
                recorded.insert(assignment.name);
            }
        }
    }
    for (const record::HyperparameterFacts& facts : group.hyperparameters) {
        if (recorded.contains(facts.name) && seen.insert(facts.name).second) {
            names.push_back(facts.name);
        }
    }
    for (const Run* run : runs) {
        for (const Assignment& assignment : run->values) {
            if (recorded.contains(assignment.name) && seen.insert(assignment.name).second) {
                names.push_back(assignment.name);
            }
        }
    }
    return names;
}

} // namespace

bool is_seed(std::string_view hyperparameter) {
    return hyperparameter == "seed" || hyperparameter.ends_with("_seed");
}

std::optional<Value> value_in(const Run& run, std::string_view hyperparameter) {
    const auto found = std::find_if(run.values.begin(), run.values.end(),
                                    [&](const Assignment& assignment) { return assignment.name == hyperparameter; });
    return found == run.values.end() ? std::nullopt : found->value;
}

std::optional<double> number_of(const std::optional<Value>& value) {
    if (!value) {
        return std::nullopt;
    }
    if (const auto* whole = std::get_if<std::int64_t>(&*value)) {
        return static_cast<double>(*whole);
    }
    const auto* real = std::get_if<double>(&*value);
    return real != nullptr && std::isfinite(*real) ? std::optional(*real) : std::nullopt;
}

CodedInputs code_inputs(const Group& group, const std::vector<const Run*>& runs) {
    CodedInputs coded;
    Coder coder(coded);
    for (std::string& name : hyperparameters_of(group, runs)) {
        Values values;
        std::transform(runs.begin(), runs.end(), std::back_inserter(values),
                       [&](const Run* run) { return value_in(*run, name); });
        const auto facts = std::find_if(group.hyperparameters.begin(), group.hyperparameters.end(),
                                        [&](const auto& known) { return known.name == name; });
        coder.add(std::move(name), values, facts == group.hyperparameters.end() ? nullptr : &*facts);
    }
    return coded;
}

} // namespace mutation::report
