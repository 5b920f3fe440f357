#include "mutation/energy/power_bound.hpp"

#include "sensor_lag.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::energy {

namespace {

/// A cell of more median spacings than this may hide more than one step.
constexpr double kLongCell = 2.5;
/// The largest difference between two readings that noise can make, in deviations.
constexpr double kNoiseFactor = 3;
/// Variance of a second difference, as a multiple of the variance of one reading.
constexpr double kBendVariance = 6;
/// Readings closer than this share of the update interval repeat each other, which would look like a steady power.
constexpr double kFreshShare = 0.75;
/// Chance that a step that was placed at the training's start or end is elsewhere in its cell: per second of the cell,
/// and at most.
constexpr double kElsewhere = 1;
constexpr double kMostElsewhere = 0.5;
/// Seconds between the launcher's stamps and the training's first and last instruction.
constexpr double kStampDoubt = 0.001;
/// For so many update intervals the age of the readings hardly changes.
constexpr double kAgeMemory = 10;
constexpr double kLeastSeenShare = 0.05;

/// Sums of errors: of independent errors the squares, of systematic errors the values.
struct ErrorTerms {
    double variance = 0; ///< J^2
    double linear = 0;   ///< J
};

/// If only the limits of a value are known, it may be anywhere between them with equal chance.
double variance_within(double half_width) {
    return half_width * half_width / 3;
}

struct PowerRange {
    double low = 0;
    double high = 0;

    /// The largest difference between a possible power and `level`.
    [[nodiscard]] double reach(double level) const { return std::max({high - level, level - low, 0.0}); }
};

/// The powers that may occur between the readings. On average n readings miss 2/(n+1) of the range.
PowerRange possible_range(const PowerEvidence& evidence) {
    const auto& readings = evidence.readings;
    const auto [low, high] = std::minmax_element(readings.begin(), readings.end(),
                                                 [](const auto& a, const auto& b) { return a.power < b.power; });
    if (readings.size() == 1) {
        return {0, 2 * low->power};
    }
    PowerRange range{low->power, high->power};
    for (const double idle : {evidence.idle_before, evidence.idle_after}) {
        range = {std::min(range.low, idle), std::max(range.high, idle)};
    }
    const auto count = static_cast<double>(readings.size());
    const double margin = (range.high - range.low) / (count - 1);
    return {std::max(0.0, range.low - margin), range.high + margin};
}

double smaller_of_one_sign(double a, double b) {
    if (a * b <= 0) {
        return 0;
    }
    return std::abs(a) < std::abs(b) ? a : b;
}

/// The time between two neighbouring readings, and the part of it that is integrated.
struct Cell {
    double length = 0;
    double inside = 0; ///< the part of the length that is integrated
    double jump = 0;   ///< watts
};

Cell cell_between(const CurvePoint& left, const CurvePoint& right, double end) {
    const double inside = std::min(right.time, end) - std::max(left.time, 0.0);
    return {right.time - left.time, std::max(0.0, inside), right.power - left.power};
}

class BoundBuilder {
public:
    BoundBuilder(const PowerEvidence& evidence, const PowerSensor& sensor)
        : evidence_(evidence), sensor_(sensor),
          fresh_(thin_readings(evidence.readings, kFreshShare * sensor.update_interval.count())), curve_(fresh_),
          range_(possible_range(evidence)), long_cell_(kLongCell * median_spacing(fresh_)),
          noise_variance_(noise_variance(fresh_)) {}

    [[nodiscard]] double bound() const {
        ErrorTerms terms;
        add_cells(terms);
        // A change that is faster than the updates may be seen or missed by a part-time sensor up to 1/share times in a
        // row: only every 1/share-th reading is independent.
        terms.variance += fluctuation() / std::clamp(sensor_.seen_share, kLeastSeenShare, 1.0);
        add_reading_age(terms);
        add_long_cells(terms);
        add_pinned_steps(terms);
        add_bends(terms);
        add_blind_edges(terms);
        add_idle_levels(terms);
        add_window_ends(terms);
        add_digits_and_stamps(terms);
        terms.linear += bound_lag_error(evidence_, sensor_, noise_variance_);
        return kBoundDeviations * std::sqrt(terms.variance) + terms.linear;
    }

private:
    [[nodiscard]] Cell cell_at(std::size_t left) const {
        return cell_between(fresh_[left], fresh_[left + 1], evidence_.end);
    }

    [[nodiscard]] double slope_at(std::size_t left) const { return cell_at(left).jump / cell_at(left).length; }

    /// Several readings within one update interval say no more than one reading.
    [[nodiscard]] double blur(const Cell& cell) const {
        return std::max(1.0, sensor_.update_interval.count() / cell.length);
    }

    /// The share of the time between two readings that the right one does not average over. A step is hidden there with
    /// that chance and within that length, so its variance has the cube.
    [[nodiscard]] double unseen_share(const Cell& cell) const {
        const double length = std::max(cell.length, sensor_.update_interval.count());
        return std::max(0.0, 1 - sensor_.averaging.count() / length);
    }

    [[nodiscard]] bool is_long(const Cell& cell) const { return cell.length > long_cell_; }

    [[nodiscard]] bool is_pinned(double from, double to) const {
        return std::any_of(evidence_.pinned.begin(), evidence_.pinned.end(),
                           [&](const PinnedStep& step) { return step.time > from && step.time < to; });
    }

    /// One step between two readings: the straight line places it in the middle, but it may be anywhere.
    void add_cells(ErrorTerms& terms) const {
        for (std::size_t i = 0; i + 1 < fresh_.size(); ++i) {
            const Cell cell = cell_at(i);
            if (cell.inside > 0 && !is_long(cell) && !is_pinned(fresh_[i].time, fresh_[i + 1].time)) {
                const double jump = unforeseen_jump(i);
                const double step = std::max(0.0, jump * jump - 2 * noise_variance_) * blur(cell) * blur(cell);
                const double unseen = unseen_share(cell);
                terms.variance += step * cell.length * cell.inside * unseen * unseen * unseen / 12;
            }
        }
    }

    /// The part of a jump that its neighbours do not explain: a smooth slope is no step.
    [[nodiscard]] double unforeseen_jump(std::size_t i) const {
        const double jump = std::abs(cell_at(i).jump);
        if (i == 0 || i + 2 >= fresh_.size() || is_long(cell_at(i - 1)) || is_long(cell_at(i + 1))) {
            return jump;
        }
        const double announced = (slope_at(i - 1) + slope_at(i + 1)) / 2 * cell_at(i).length;
        return std::min(jump, std::abs(cell_at(i).jump - announced));
    }

    /// The error of straight lines on a smooth curve: it has one sign if the curve bends one way. A step bends both
    /// ways and is no curve.
    void add_bends(ErrorTerms& terms) const {
        double sum = 0;
        for (std::size_t i = 1; i + 2 < fresh_.size(); ++i) {
            const Cell cell = cell_at(i);
            if (!is_long(cell_at(i - 1)) && !is_long(cell) && !is_long(cell_at(i + 1))) {
                sum += smaller_of_one_sign(bend_at(i), bend_at(i + 1)) * cell.inside / 12;
            }
        }
        terms.linear += std::abs(sum);
    }

    /// Second difference around a reading, watts.
    [[nodiscard]] double bend_at(std::size_t i) const { return cell_at(i).jump - cell_at(i - 1).jump; }

    /// Power that goes up and down between readings (noise, narrow spikes): each reading is then a random sample of its
    /// neighbourhood. The variance is that of the noise, or that of higher jumps that turn back at once.
    [[nodiscard]] double fluctuation() const {
        const double highest_noise = kNoiseFactor * kNoiseFactor * kBendVariance * noise_variance_;
        double variance = 0;
        for (std::size_t i = 1; i + 1 < fresh_.size(); ++i) {
            const Cell left = cell_at(i - 1);
            const Cell right = cell_at(i);
            const double weight = (left.inside * blur(left) + right.inside * blur(right)) / 2;
            if (!is_long(left) && !is_long(right)) {
                const double bend = bend_at(i) * bend_at(i);
                const double turn = bend > highest_noise ? smaller_of_one_sign(left.jump, -right.jump) : 0;
                const double noise = std::min(2 * noise_variance_, bend / kBendVariance);
                variance += std::max(noise, turn * turn * unseen_share(right)) * weight * weight;
            }
        }
        return variance;
    }

    /// Lost readings and gaps: what a bridge of this length and climb would have missed elsewhere in the same run, and
    /// every possible way from one end to the other.
    void add_long_cells(ErrorTerms& terms) const {
        for (std::size_t i = 0; i + 1 < fresh_.size(); ++i) {
            const Cell cell = cell_at(i);
            if (cell.inside <= 0 || !is_long(cell)) {
                continue;
            }
            const double climb = std::abs(cell.jump) * std::min(cell.inside, cell.length / 2);
            terms.variance += variance_within(std::max(climb, hidden_power(cell) * cell.inside));
        }
    }

    /// Mean watts that a bridge of that length may miss; half of the range if there are too few other readings.
    [[nodiscard]] double hidden_power(const Cell& cell) const {
        const double alike = 2 * std::max(std::abs(cell.jump), kNoiseFactor * std::sqrt(noise_variance_));
        return power_missed_by_bridges(curve_, cell.length, long_cell_, alike).value_or((range_.high - range_.low) / 2);
    }

    /// A step that was placed at the training's start or end may be anywhere else between its two readings, with some
    /// chance: a training may release its GPU some time before it ends.
    void add_pinned_steps(ErrorTerms& terms) const {
        for (const PinnedStep& step : evidence_.pinned) {
            const CurvePoint& left = evidence_.readings[step.cell];
            const CurvePoint& right = evidence_.readings[step.cell + 1];
            const double jump = right.power - left.power;
            const double to_left = step.time - std::max(left.time, 0.0);
            const double to_right = std::min(right.time, evidence_.end) - step.time;
            const double cubes = to_left * to_left * to_left + to_right * to_right * to_right;
            const double length = right.time - left.time;
            terms.variance += jump * jump * cubes / (3 * length) * std::min(kMostElsewhere, kElsewhere * length);
        }
    }

    /// Before the first reading and after the last the power may be anything within the range.
    void add_blind_edges(ErrorTerms& terms) const {
        const CurvePoint& first = evidence_.readings.front();
        const CurvePoint& last = evidence_.readings.back();
        const double before = std::clamp(first.time, 0.0, evidence_.length);
        const double after = std::clamp(evidence_.length - last.time, 0.0, evidence_.length);
        terms.variance += variance_within(before * range_.reach(first.power));
        terms.variance += variance_within(after * range_.reach(last.power));
    }

    /// The levels that were subtracted for the sensor's delay, and the delay itself.
    void add_idle_levels(ErrorTerms& terms) const {
        const double delay = evidence_.end - evidence_.length;
        const double steepest_before = steepest(-delay, 0);
        const double steepest_after = steepest(evidence_.end, evidence_.end + delay);
        const double before = idle_variance(evidence_.is_idle_before_known, evidence_.idle_before, evidence_.lead,
                                            steepest_before, evidence_.age_before);
        const double after = idle_variance(evidence_.is_idle_after_known, evidence_.idle_after, evidence_.tail,
                                           steepest_after, evidence_.age_after);
        terms.variance += before + after;
    }

    /// A level that moved makes an error of up to slope x delay^2 / 2 if there is one step within the delay, more if
    /// there are several, and of slope x delay x age since it was read.
    [[nodiscard]] double idle_variance(bool is_known, double level, double delay, double slope, double age) const {
        const double doubt =
            is_known ? std::pow(slope * delay * (delay / 2 + age), 2) : variance_within(range_.reach(level) * delay);
        return doubt + noise_variance_ * delay * delay;
    }

    /// Steepest slope of the readings between two times, without the part that noise makes; watts per second.
    [[nodiscard]] double steepest(double from, double to) const {
        const double base = std::max(sensor_.averaging.count() / 4, sensor_.update_interval.count());
        double slope = 0;
        for (std::size_t i = 0; i + 1 < fresh_.size(); ++i) {
            if (fresh_[i].time < from || fresh_[i].time + base > std::min(to, fresh_.back().time)) {
                continue;
            }
            const double climb = std::abs(curve_.value_at(fresh_[i].time + base) - fresh_[i].power);
            slope = std::max(slope, (climb - kNoiseFactor * std::sqrt(noise_variance_)) / base);
        }
        return slope;
    }

    /// A reading may have any age within the update interval, which shifts each climb and each fall by as much. The age
    /// drifts if sampler and sensor have different periods: then a fall does not cancel the error of the climb before
    /// it, and a slow climb has many ages. If their periods are equal, all readings have one age, and only the rise
    /// from start to end has an error.
    void add_reading_age(ErrorTerms& terms) const {
        const double interval = sensor_.update_interval.count();
        const double rise = curve_.value_at(evidence_.end) - curve_.value_at(0);
        double squares = 0;
        for (const double climb : climbs_and_falls(kAgeMemory * interval)) {
            squares += climb * climb;
        }
        terms.variance += std::max(squares, rise * rise) * interval * interval / 12;
    }

    /// Watts between each turn of the power and the next, without turns within the noise, in pieces of at most
    /// `longest` seconds. Steps whose place is known have no age.
    [[nodiscard]] std::vector<double> climbs_and_falls(double longest) const {
        const double threshold = kNoiseFactor * std::sqrt(noise_variance_);
        std::vector<double> climbs{0};
        CurvePoint tip{0, curve_.value_at(0)};
        double begin = 0;
        for (const CurvePoint& reading : fresh_) {
            if (reading.time < 0 || reading.time > evidence_.end) {
                continue;
            }
            const double step = is_pinned(tip.time, reading.time) ? 0 : reading.power - tip.power;
            const bool turns = climbs.back() * step < 0;
            if (turns && std::abs(step) <= threshold) {
                continue;
            }
            if (turns || reading.time - begin > longest) {
                climbs.push_back(0);
                begin = tip.time;
            }
            climbs.back() += step;
            tip = reading;
        }
        return climbs;
    }

    /// The ends of the window are known to about a millisecond.
    void add_window_ends(ErrorTerms& terms) const {
        for (const double end : {0.0, evidence_.length}) {
            const double moved = kStampDoubt * curve_.value_at(end);
            terms.variance += moved * moved;
        }
    }

    /// A steady power keeps the last digit's error for the whole window. Coarse stamps shift all readings alike, and
    /// each one by chance.
    void add_digits_and_stamps(ErrorTerms& terms) const {
        const double stamp = sensor_.stamp_resolution.count();
        const double rise = curve_.value_at(evidence_.end) - curve_.value_at(0);
        terms.linear += sensor_.resolution.value() / 2 * evidence_.length + stamp / 2 * std::abs(rise);
        for (std::size_t i = 1; i + 1 < fresh_.size(); ++i) {
            const double moved = stamp * (fresh_[i + 1].power - fresh_[i - 1].power) / 2;
            terms.variance += moved * moved / 12;
        }
    }

    const PowerEvidence& evidence_;
    const PowerSensor& sensor_;
    std::vector<CurvePoint> fresh_;
    PowerCurve curve_;
    PowerRange range_;
    double long_cell_; ///< seconds
    double noise_variance_;
};

} // namespace

double bound_energy_error(const PowerEvidence& evidence, const PowerSensor& sensor) {
    return BoundBuilder(evidence, sensor).bound();
}

} // namespace mutation::energy
