#pragma once

#include <span>
#include <string>
#include <vector>

namespace mutation::report {

enum class AxisScale { linear, logarithmic };

struct AxisTick {
    double value = 0;
    std::string label;
};

/// Maps numbers to places on a line, and chooses round ticks.
class FigureAxis {
public:
    /// `from` and `to`: places of the ends, on the canvas. `values` must not be empty, and positive if logarithmic.
    FigureAxis(AxisScale scale, std::span<const double> values, double from, double to);

    [[nodiscard]] double place(double value) const;
    [[nodiscard]] const std::vector<AxisTick>& ticks() const { return ticks_; }

private:
    [[nodiscard]] double scaled(double value) const;
    void add_linear_ticks(double low, double high);
    void add_log_ticks(double low, double high);

    AxisScale scale_;
    double low_ = 0;  ///< scaled
    double high_ = 1; ///< scaled
    double from_;
    double to_;
    std::vector<AxisTick> ticks_;
};

} // namespace mutation::report
