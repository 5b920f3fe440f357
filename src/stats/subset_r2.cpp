#include "subset_r2.hpp"

#include "contract.hpp"

#include <algorithm>
#include <utility>

namespace mutation::stats {

namespace {

/// A column of which less than this part is left has nothing of its own.
constexpr double kDependentPart = 1e-10;

} // namespace

SubsetR2::SubsetR2(std::vector<std::size_t> columns_of_term, std::size_t outcomes)
    : columns_of_term_(std::move(columns_of_term)), outcomes_(outcomes) {
    first_column_.push_back(0);
    for (const std::size_t columns : columns_of_term_) {
        first_column_.push_back(first_column_.back() + columns);
    }
    levels_.assign(terms(), ProductMatrix(first_column_.back() + outcomes_));
    r2_.resize((std::size_t{1} << terms()) * outcomes_);
}

const std::vector<double>& SubsetR2::compute(const ProductMatrix& products) {
    require(products.size == first_column_.back() + outcomes_, "stats: the products do not fit the terms");
    diagonal_.resize(products.size);
    for (std::size_t j = 0; j < products.size; ++j) {
        diagonal_[j] = products.at(j, j);
    }
    visit(0, 0, products);
    return r2_;
}

void SubsetR2::visit(std::size_t term, std::size_t mask, const ProductMatrix& products) {
    if (term == terms()) {
        store(mask, products);
        return;
    }
    visit(term + 1, mask, products);
    enter_term(term, products, levels_[term]);
    visit(term + 1, mask | std::size_t{1} << term, levels_[term]);
}

void SubsetR2::enter_term(std::size_t term, const ProductMatrix& from, ProductMatrix& to) const {
    for (std::size_t row = first_column_[term]; row < from.size; ++row) {
        const std::size_t start = row * from.size;
        std::copy(&from.values[start + first_column_[term]], &from.values[start + row] + 1,
                  &to.values[start + first_column_[term]]);
    }
    for (std::size_t pivot = first_column_[term]; pivot < first_column_[term + 1]; ++pivot) {
        const double size = to.at(pivot, pivot);
        if (!(size > kDependentPart * diagonal_[pivot])) {
            continue;
        }
        for (std::size_t row = pivot + 1; row < to.size; ++row) {
            const double factor = to.at(row, pivot) / size;
            for (std::size_t other = pivot + 1; other <= row; ++other) {
                to.at(row, other) -= factor * to.at(other, pivot);
            }
        }
    }
}

void SubsetR2::store(std::size_t mask, const ProductMatrix& products) {
    for (std::size_t k = 0; k < outcomes_; ++k) {
        const std::size_t row = first_column_.back() + k;
        const double total = diagonal_[row];
        r2_[mask * outcomes_ + k] = total > 0 ? 1 - products.at(row, row) / total : 0;
    }
}

} // namespace mutation::stats
