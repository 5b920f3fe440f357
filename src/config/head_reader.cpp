#include "head_reader.hpp"

#include "past_table_reader.hpp"
#include "training_reader.hpp"

namespace mutation::config {

namespace {

constexpr std::int64_t kMostRetries = 1000;
constexpr Bounds kCooldown{0, 604800};          // up to a week
constexpr Bounds kCooldownCelsius{1, 150};      // what a chip can be
constexpr Bounds kBaseline{0, 3600};            // up to an hour
constexpr Bounds kSampleMilliseconds{1, 60000}; // up to a minute
constexpr Bounds kTolerancePercent{0, 1000};

void read_texts(JsonReader& reader, const Place& root, ExperimentConfig& config) {
    config.name = reader.text_at(root, "experiment_name").value_or("");
    const auto description = JsonReader::find(root, "description");
    if (description && description->value->is_string()) {
        config.description = description->value->get<std::string>();
    }
    const auto governor = JsonReader::find(root, "governor");
    if (governor && !governor->value->is_null()) {
        config.governor = reader.choice(*governor, kGovernors).value_or("");
    }
}

void read_seed(JsonReader& reader, const Place& root, ExperimentConfig& config) {
    const auto seed = JsonReader::find(root, "seed");
    if (!seed || seed->value->is_null()) {
        return;
    }
    if (seed->value->is_number_unsigned()) {
        config.seed = seed->value->get<std::uint64_t>();
    } else if (const auto whole = to_integer(*seed->value); whole && *whole >= 0) {
        config.seed = static_cast<std::uint64_t>(*whole);
    } else {
        reader.error(*seed, "must be a whole number from 0 to 18446744073709551615",
                     "write one, or leave the key out to have one drawn");
    }
}

std::optional<Seconds> read_seconds(JsonReader& reader, const Place& root, std::string_view key, Bounds bounds) {
    const auto number = reader.number_at(root, key, bounds);
    return number ? std::optional(Seconds(*number)) : std::nullopt;
}

void read_times(JsonReader& reader, const Place& root, ExperimentConfig& config) {
    config.cooldown = read_seconds(reader, root, "cooldown_seconds", kCooldown);
    config.cooldown_max = read_seconds(reader, root, "cooldown_max_seconds", kCooldown);
    config.timeout = read_seconds(reader, root, "timeout_seconds", kTimeLimit);
    config.stall = read_seconds(reader, root, "stall_seconds", kTimeLimit);
    config.baseline = read_seconds(reader, root, "baseline_seconds", kBaseline);
    if (const auto celsius = reader.number_at(root, "cooldown_until_celsius", kCooldownCelsius)) {
        config.cooldown_until = Celsius(*celsius);
    }
    if (const auto interval = reader.number_at(root, "sample_interval_ms", kSampleMilliseconds)) {
        config.sample_interval = Seconds(*interval / 1000);
    }
    const auto limit = JsonReader::find(root, "cooldown_max_seconds");
    if (limit && !JsonReader::find(root, "cooldown_until_celsius")) {
        reader.warn(*limit, "has no effect without \"cooldown_until_celsius\"", "name a temperature, or remove it");
    }
}

void read_order(JsonReader& reader, const Place& root, ExperimentConfig& config) {
    const std::string order = reader.choice_at(root, "order", kOrders).value_or("as_written");
    if (order == "interleaved") {
        config.order = Order::interleaved;
    } else if (order == "random") {
        config.order = Order::random;
    }
    if (const auto retries = reader.integer_at(root, "max_retries", 0, kMostRetries)) {
        config.max_retries = static_cast<int>(*retries);
    }
    config.replicates = static_cast<int>(reader.integer_at(root, "replicates", 1, kMostRuns).value_or(1));
    config.control_every = static_cast<int>(reader.integer_at(root, "control_every", 0, kMostRuns).value_or(0));
    if (const auto tolerance = reader.number_at(root, "control_tolerance_percent", kTolerancePercent)) {
        config.control_tolerance = Percent(*tolerance);
    }
}

std::vector<std::string> read_command(JsonReader& reader, const Place& root, std::string_view key) {
    constexpr std::string_view kRemedy = R"(list the program and its arguments: ["notify-send", "done"])";
    const auto command = JsonReader::find(root, key);
    if (!command) {
        return {};
    }
    if (command->value->is_array() && command->value->empty()) {
        reader.error(*command, "names no program", std::string(kRemedy));
    }
    return reader.texts(*command, kRemedy);
}

} // namespace

void read_head(JsonReader& reader, const Place& root, const std::filesystem::path& base, ExperimentConfig& config) {
    reader.check_keys(root, kHead, kExperimentTables);
    read_texts(reader, root, config);
    read_seed(reader, root, config);
    read_times(reader, root, config);
    read_order(reader, root, config);
    config.on_finish = read_command(reader, root, "on_finish");
    config.on_failure = read_command(reader, root, "on_failure");
    read_past_tables(reader, root, base, config);
}

} // namespace mutation::config
