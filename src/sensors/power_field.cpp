#include "mutation/sensors/power_field.hpp"

#include <algorithm>
#include <array>

namespace mutation::sensors {

namespace {

using std::string_view;

/// How the power sensor of a family of cards behaves: Yang et al., "Part-time Power Measurements" (SC24), unless the
/// family was not measured.
struct Family {
    std::array<string_view, 12> names; ///< any of them within the card's name
    string_view field;                 ///< preferred, if offered
    double update;                     ///< seconds
    double averaging;
    double seen_share;
    string_view unmeasured_because{}; ///< what the row is based on instead; empty: the study above
};

constexpr string_view kBlackwellSource =
    "no measurement of a Blackwell card is known; that power.draw is a mean over 1 s is what NVIDIA's NVML reference "
    "(R590, nvmlDeviceGetPowerUsage) says of cards newer than Ampere";
constexpr string_view kUnknownSource = "no measurement of this card is known; power.draw is taken to be a mean over 1 "
                                       "s, as NVIDIA's NVML reference (R590, "
                                       "nvmlDeviceGetPowerUsage) says of cards newer than Ampere";

constexpr double kAmpereShare = 0.25;
/// Seconds over which an H100's power.draw.instant averages.
constexpr double kInstantAveraging = 0.025;
/// From here on it matters whether a sensor averages.
constexpr double kLongAveraging = 0.5;
/// How likely it is that a card does not average as one of its family did in one study.
constexpr double kAveragingDoubt = 0.3;
/// No field of any known card averages for longer. A card may differ from its family (laptops, vendor boards,
/// simulators), so each may average over anything from nothing to this.
constexpr Seconds kLongestAveraging{1};

// The first row that fits is taken. The order matters: "A10" is part of "A100", "A30" of "RTX A3000", "RTX 40" of
// "Quadro RTX 4000", "RTX 50" of "RTX 5000 Ada".
constexpr std::array<Family, 10> kFamilies{{
    {{"RTX A"}, "power.draw.instant", 0.1, 0.1, 1},
    {{"Quadro RTX"}, "power.draw", 0.1, 0.1, 1},
    {{"H100", "H200", "GH200", "H800"}, "power.draw", 0.1, 1.0, 1},
    {{"A100", "A800", "A30"}, "power.draw", 0.1, 0.025, kAmpereShare},
    {{"RTX 40", "RTX 30", "A10", "A40", "L40", "L4", "Ada"}, "power.draw.instant", 0.1, 0.1, 1},
    {{"RTX 20", "GTX 16", "T4", "TITAN RTX"}, "power.draw", 0.1, 0.1, 1},
    {{"V100", "TITAN V", "GV100"}, "power.draw", 0.02, 0.01, 0.5},
    {{"P100", "P40", "P4", "GTX 10", "TITAN Xp", "TITAN X"}, "power.draw", 0.02, 0.01, 0.5},
    {{"RTX 50", "Blackwell", "B100", "B200", "B300", "GB10"}, "power.draw", 0.1, 1.0, 1, kBlackwellSource}, // GB200 too
    {{""}, "power.draw", 0.1, 1.0, 1, kUnknownSource},
}};

/// Gain errors that were measured against an external meter, same source.
struct Gain {
    string_view name;
    double percent;
};
constexpr std::array<Gain, 4> kGains{{{"RTX 3090", 4.7}, {"RTX 4090", 4.3}, {"A100", 5.5}, {"RTX 2060 SUPER", 10.9}}};

bool is_offered(const std::vector<std::string>& offered, string_view field) {
    return std::find(offered.begin(), offered.end(), field) != offered.end();
}

bool fits(const Family& family, string_view card) {
    return std::any_of(family.names.begin(), family.names.end(), [&](string_view name) {
        return name.data() != nullptr && card.find(name) != string_view::npos &&
               (!name.empty() || family.names[0].empty());
    });
}

/// The preferred field if it is offered, else the one that looks longest.
std::string best_offered(string_view preferred, const std::vector<std::string>& offered) {
    for (const string_view field :
         {preferred, string_view("power.draw"), string_view("power.draw.average"), string_view("power.draw.instant")}) {
        if (is_offered(offered, field)) {
            return std::string(field);
        }
    }
    return "power.draw";
}

/// What the family's other fields show (see docs/MEASUREMENT.md).
void describe_second_best(const Family& family, energy::PowerField& field) {
    if (field.name == "power.draw.average") { // a mean over 1 s on every card that has it
        field.sensor.averaging = Seconds(1);
        field.sensor.seen_share = 1;
    } else if (family.field == "power.draw.instant") { // the same cards' power.draw averages over a second
        field.sensor.averaging = Seconds(1);
    } else if (field.name == "power.draw.instant" && family.averaging >= kLongAveraging) {
        field.sensor.averaging = Seconds(kInstantAveraging);
        field.sensor.seen_share = kAmpereShare;
    }
}

} // namespace

energy::PowerField choose_power_field(string_view card, const std::vector<std::string>& offered) {
    const Family& family =
        *std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& each) { return fits(each, card); });
    energy::PowerField field;
    field.sensor.update_interval = Seconds(family.update);
    field.sensor.averaging = Seconds(family.averaging);
    field.sensor.seen_share = family.seen_share;
    field.name = best_offered(family.field, offered);
    if (field.name != family.field) {
        describe_second_best(family, field);
    }
    if (field.sensor.averaging.count() >= kLongAveraging) {
        field.sensor.averaging_doubt = kAveragingDoubt;
    }
    field.sensor.longest_averaging = kLongestAveraging;
    field.accuracy_source = "the gain of this card is not known; other cards deviate by up to 11 % (Yang et al., SC24)";
    if (!family.unmeasured_because.empty()) {
        field.accuracy_source = "neither the card's gain nor its averaging was measured: ";
        field.accuracy_source += family.unmeasured_because;
    }
    for (const Gain& gain : kGains) {
        if (card.find(gain.name) != string_view::npos) {
            field.accuracy = Percent(gain.percent);
            field.accuracy_source = "one card of this kind against an external meter (Yang et al., SC24)";
        }
    }
    return field;
}

} // namespace mutation::sensors
