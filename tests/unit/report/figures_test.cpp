#include "catch.hpp"

#include "../src/report/figure_axis.hpp"
#include "../src/report/svg_canvas.hpp"
#include "mutation/report/figures.hpp"
#include "support/sample_report.hpp"

#include <array>

using namespace mutation;
using namespace mutation::report;

namespace {

std::string labels_of(const FigureAxis& axis) {
    std::string labels;
    for (const AxisTick& tick : axis.ticks()) {
        labels += (labels.empty() ? "" : " ") + tick.label;
    }
    return labels;
}

} // namespace

TEST_CASE("an axis has round ticks inside its range", "[report][figures]") {
    constexpr std::array ratios{.8, 1., 2.};
    CHECK(labels_of({AxisScale::logarithmic, ratios, 0, 100}) == "1 1.5 2");
    constexpr std::array energies{20000., 350000.};
    CHECK(labels_of({AxisScale::logarithmic, energies, 0, 100}) == "20000 50000 100000 200000");
    constexpr std::array decades{.0001, 10.};
    CHECK(labels_of({AxisScale::logarithmic, decades, 0, 100}) == "0.0001 0.0003 0.001 0.003 0.01 0.03 0.1 0.3 1 3 10");
    constexpr std::array accuracies{.78, .95};
    CHECK(labels_of({AxisScale::linear, accuracies, 100, 0}) == "0.8 0.85 0.9 0.95");
    constexpr std::array one{5.};
    CHECK(labels_of({AxisScale::linear, one, 0, 100}) == "4.6 4.8 5 5.2 5.4");
}

TEST_CASE("an axis maps its range with a margin", "[report][figures]") {
    constexpr std::array values{1., 100.};
    const FigureAxis axis(AxisScale::logarithmic, values, 0, 112);
    CHECK(axis.place(1) == Approx(6));
    CHECK(axis.place(10) == Approx(56));
    CHECK(axis.place(100) == Approx(106));
}

TEST_CASE("figures of a report have their numbers as text", "[report][figures]") {
    const auto figures = make_figures(test::sample_report());
    std::string names;
    for (const FigureFile& figure : figures) {
        names += figure.name + " ";
        CHECK(figure.svg.rfind("<svg xmlns=\"http://www.w3.org/2000/svg\"", 0) == 0);
        CHECK(figure.svg.find("<script") == std::string::npos);
        CHECK(figure.svg.find("nan") == std::string::npos);
    }
    CHECK(names == "forest_1 pareto_1 stacked_1 pareto_2 ");
    for (const char* words :
         {">epochs</text>", ">x2</text>", ">1.93 [1.88, 1.98]</text>", ">ratio of energy (log scale)</text>"}) {
        INFO(words);
        CHECK(figures[0].svg.find(words) != std::string::npos);
    }
    CHECK(figures[1].svg.find(">energy (J), log scale</text>") != std::string::npos);
    CHECK(figures[3].svg.find("&lt;/script&gt; &amp; &quot;top-1&quot;") != std::string::npos);
}

TEST_CASE("a long label is cut between two characters", "[report][figures]") {
    CHECK(shorten_label("abc", 3) == "abc");
    CHECK(shorten_label("abcd", 3) == "abc...");
    CHECK(shorten_label("\xE6\xA8\xA1\xE5\x9E\x8B", 1) == "\xE6\xA8\xA1...");
}
