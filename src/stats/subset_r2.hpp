#pragma once

#include <cstddef>
#include <vector>

namespace mutation::stats {

/// A symmetric matrix of sums of products about the mean; row by row, only the lower triangle is read.
struct ProductMatrix {
    std::size_t size = 0;
    std::vector<double> values;

    explicit ProductMatrix(std::size_t rows = 0) : size(rows), values(rows * rows, 0) {}
    [[nodiscard]] double& at(std::size_t row, std::size_t column) { return values[row * size + column]; }
    [[nodiscard]] double at(std::size_t row, std::size_t column) const { return values[row * size + column]; }
};

/// R2 of all 2^terms models. The subsets are a binary tree, term after term in or out. A term that enters is eliminated
/// from what follows it (one Gauss step a column), so that a model costs about six products on average.
class SubsetR2 {
public:
    /// `columns_of_term[t]` columns belong to term t.
    SubsetR2(std::vector<std::size_t> columns_of_term, std::size_t outcomes);

    [[nodiscard]] std::size_t terms() const { return columns_of_term_.size(); }

    /// `products` holds the input columns in the order of the terms, then the outcomes. R2 of outcome k in the model
    /// with the terms of the bits of `mask` is at [mask * outcomes + k]; 0 for an outcome that does not vary. A column
    /// that follows from those that entered before it adds nothing. The result is valid until the next call.
    [[nodiscard]] const std::vector<double>& compute(const ProductMatrix& products);

private:
    void visit(std::size_t term, std::size_t mask, const ProductMatrix& products);
    void enter_term(std::size_t term, const ProductMatrix& from, ProductMatrix& to) const;
    void store(std::size_t mask, const ProductMatrix& products);

    std::vector<std::size_t> columns_of_term_;
    std::vector<std::size_t> first_column_; ///< of each term, then of the outcomes
    std::size_t outcomes_;
    std::vector<ProductMatrix> levels_; ///< [t]: what is left after term t entered
    std::vector<double> diagonal_;      ///< of the products as given
    std::vector<double> r2_;
};

} // namespace mutation::stats
