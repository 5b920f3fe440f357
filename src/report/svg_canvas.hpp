#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mutation::report {

inline constexpr std::string_view kFigureInk = "#16202c";
inline constexpr std::string_view kFigureGrey = "#56616f";
inline constexpr std::string_view kFigureBlue = "#0b5fa5";
inline constexpr std::string_view kFigureOrange = "#b4510a";

struct SvgPoint {
    double x = 0;
    double y = 0;
};

/// How a shape is painted. Colours as in SVG; "none" paints nothing.
struct SvgPaint {
    std::string_view stroke = "none";
    std::string_view fill = "none";
    double width = 1;
    std::string_view dash = {}; ///< lengths of dashes and gaps; "" for a full line
};

enum class SvgAnchor { start, middle, end };

struct SvgText {
    double size = 12;
    SvgAnchor anchor = SvgAnchor::start;
    std::string_view colour = kFigureInk;
    std::string_view weight = "normal";
    double turn = 0; ///< degrees, clockwise
};

/// Writes an SVG with plain attributes: no style sheet and no script, since LaTeX's converters and Word know neither.
class SvgCanvas {
public:
    /// In px of 1/96 inch. `title` is what screen readers say.
    SvgCanvas(double width, double height, std::string_view title);

    void line(SvgPoint from, SvgPoint to, const SvgPaint& paint);
    void lines(const std::vector<SvgPoint>& points, const SvgPaint& paint);
    void polygon(const std::vector<SvgPoint>& corners, const SvgPaint& paint);
    void rectangle(SvgPoint corner, double width, double height, const SvgPaint& paint);
    void circle(SvgPoint centre, double radius, const SvgPaint& paint);
    void text(SvgPoint at, std::string_view words, const SvgText& style = {});
    [[nodiscard]] std::string str() const { return svg_ + "</svg>\n"; }

private:
    void path(std::string_view name, const std::vector<SvgPoint>& points, const SvgPaint& paint);

    std::string svg_;
};

/// The first `length` characters of UTF-8 text, with "..." for the rest.
[[nodiscard]] std::string shorten_label(std::string_view text, std::size_t length);

} // namespace mutation::report
