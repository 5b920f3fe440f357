#include "svg_canvas.hpp"

#include "html.hpp"
#include "mutation/core/numbers.hpp"

#include <cmath>

namespace mutation::report {

namespace {

/// Hundredths of a pixel are enough.
std::string coordinate(double value) {
    return format_fixed(std::round(value * 100) / 100 + 0.);
}

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

std::string paint_attributes(const SvgPaint& paint) {
    std::string text = attribute("stroke", paint.stroke) + attribute("fill", paint.fill);
    if (paint.stroke != "none") {
        text += attribute("stroke-width", coordinate(paint.width));
    }
    return paint.dash.empty() ? text : text + attribute("stroke-dasharray", paint.dash);
}

std::string_view anchor_name(SvgAnchor anchor) {
    switch (anchor) {
    case SvgAnchor::start:
        return "start";
    case SvgAnchor::middle:
        return "middle";
    case SvgAnchor::end:
        break;
    }
    return "end";
}

} // namespace

SvgCanvas::SvgCanvas(double width, double height, std::string_view title) {
    const std::string size = coordinate(width) + "\" height=\"" + coordinate(height);
    svg_ = R"(<svg xmlns="http://www.w3.org/2000/svg" role="img" width=")" + size + "\" viewBox=\"0 0 " +
           coordinate(width) + " " + coordinate(height) + R"(" font-family="Arial, Helvetica, sans-serif"><title>)" +
           escape_html(title) + "</title>\n";
}

void SvgCanvas::line(SvgPoint from, SvgPoint to, const SvgPaint& paint) {
    svg_ += "<line" + attribute("x1", coordinate(from.x)) + attribute("y1", coordinate(from.y)) +
            attribute("x2", coordinate(to.x)) + attribute("y2", coordinate(to.y)) + paint_attributes(paint) + "/>\n";
}

void SvgCanvas::path(std::string_view name, const std::vector<SvgPoint>& points, const SvgPaint& paint) {
    std::string places;
    for (const SvgPoint& point : points) {
        places += (places.empty() ? "" : " ") + coordinate(point.x) + "," + coordinate(point.y);
    }
    svg_ += "<" + std::string(name) + attribute("points", places) + paint_attributes(paint) + "/>\n";
}

void SvgCanvas::lines(const std::vector<SvgPoint>& points, const SvgPaint& paint) {
    path("polyline", points, paint);
}

void SvgCanvas::polygon(const std::vector<SvgPoint>& corners, const SvgPaint& paint) {
    path("polygon", corners, paint);
}

void SvgCanvas::rectangle(SvgPoint corner, double width, double height, const SvgPaint& paint) {
    svg_ += "<rect" + attribute("x", coordinate(corner.x)) + attribute("y", coordinate(corner.y)) +
            attribute("width", coordinate(width)) + attribute("height", coordinate(height)) + paint_attributes(paint) +
            "/>\n";
}

void SvgCanvas::circle(SvgPoint centre, double radius, const SvgPaint& paint) {
    svg_ += "<circle" + attribute("cx", coordinate(centre.x)) + attribute("cy", coordinate(centre.y)) +
            attribute("r", coordinate(radius)) + paint_attributes(paint) + "/>\n";
}

void SvgCanvas::text(SvgPoint at, std::string_view words, const SvgText& style) {
    svg_ += "<text" + attribute("x", coordinate(at.x)) + attribute("y", coordinate(at.y)) +
            attribute("font-size", coordinate(style.size)) + attribute("fill", style.colour);
    if (style.anchor != SvgAnchor::start) {
        svg_ += attribute("text-anchor", anchor_name(style.anchor));
    }
    if (style.weight != "normal") {
        svg_ += attribute("font-weight", style.weight);
    }
    if (style.turn != 0) {
        svg_ += attribute("transform",
                          "rotate(" + coordinate(style.turn) + " " + coordinate(at.x) + " " + coordinate(at.y) + ")");
    }
    svg_ += ">" + escape_html(words) + "</text>\n";
}

std::string shorten_label(std::string_view text, std::size_t length) {
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_start = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
        characters += is_start ? 1 : 0;
        if (characters > length) {
            return std::string(text.substr(0, i)) + "...";
        }
    }
    return std::string(text);
}

} // namespace mutation::report
