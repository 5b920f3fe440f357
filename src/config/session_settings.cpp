#include "mutation/config/session_settings.hpp"

#include "mutation/config/key_tables.hpp"
#include "setting_codec.hpp"

namespace mutation::config {

namespace {

using Session = SessionSettings;

constexpr Bounds kWeek{0, 604800};
constexpr Bounds kDay{0, 86400};
constexpr auto kMost = static_cast<double>(kMostRuns);

/// A seed that is given is not drawn.
Setting<Session> seed_setting() {
    Setting<Session> seed =
        setting<Session>({.key = "seed",
                          .bounds = {0, 18446744073709551615.0},
                          .may_be_null = true,
                          .default_words = "drawn, printed and recorded",
                          .meaning = "seed of the mutations; the same seed gives the same values on every machine",
                          .option = {"seed", "s", "N", "seed of the mutations: same seed, same values"}},
                         &Session::seed);
    seed.read = [read = seed.read](const JsonCursor& at, Origin origin, Session& settings) {
        settings.seed_was_drawn = settings.seed_was_drawn && at.value().is_null();
        read(at, origin, settings);
    };
    return seed;
}

void add_identity(std::vector<Setting<Session>>& table) {
    table.push_back(other_setting<Session>(
        {.key = "experiments", .default_words = "required", .meaning = "list of what to train, see below"}));
    table.push_back(setting<Session>(
        {.key = "experiment_name", .stored = "name", .meaning = "a name, stored in the session"}, &Session::name));
    table.push_back(
        setting<Session>({.key = "description", .is_lenient = true, .meaning = "what the session is for, stored in it"},
                         &Session::description));
    table.push_back(other_setting<Session>(
        {.key = "mode",
         .choices = kHeadModes,
         .default_words = "`\"mutation\"`",
         .meaning = "mode of the experiments that have none. `\"mixed\"`: each experiment has its "
                    "own. (`\"mutate\"` is the same as `\"mutation\"`.)"}));
    table.push_back(other_setting<Session>(
        {.key = "runs_per_config",
         .bounds = {1, kMost},
         .default_words = "1",
         .meaning = "runs of each experiment: the number of distinct mutations, or in default mode "
                    "the number of repetitions"}));
    table.push_back(seed_setting());
    table.push_back(setting<Session>({.stored = "seed_was_drawn"}, &Session::seed_was_drawn));
}

void add_order(std::vector<Setting<Session>>& table) {
    table.push_back(setting<Session>({.key = "max_retries",
                                      .bounds = {0, 1000},
                                      .meaning = "further attempts after a failed one",
                                      .option = {"max-retries", "mr", "N", "retries after a failed attempt (2)"}},
                                     &Session::max_retries));
    table.push_back(setting<Session>(
        {.key = "governor",
         .choices = kGovernors,
         .may_be_null = true,
         .default_words = "not changed",
         .meaning = "CPU frequency governor during the session; needs root; restored at the end",
         .option = {"governor", "g", "MODE",
                    "CPU governor during the session: performance, powersave, ondemand, conservative, schedutil, "
                    "userspace"}},
        &Session::governor));
    table.push_back(
        setting<Session>({.key = "order",
                          .choices = kOrders,
                          .meaning = "`\"as_written\"` (AAABBB): all replicates of a mutation, then the next mutation,"
                                     " then the next experiment. `\"interleaved\"` (ABABAB): one run of each "
                                     "experiment in turn, every mutation once before any is repeated. `\"random\"`: "
                                     "shuffled with the seed"},
                         &Session::order));
    table.push_back(setting<Session>({.key = "replicates",
                                      .bounds = {1, kMost},
                                      .meaning = "how often each planned mutation runs with the same values"},
                                     &Session::replicates));
}

void add_times(std::vector<Setting<Session>>& table) {
    table.push_back(
        setting<Session>({.key = "cooldown_seconds",
                          .unit = "s",
                          .bounds = kWeek,
                          .meaning = "pause from the end of one training to the start of the next; what the tool does "
                                     "meanwhile counts",
                          .option = {"cooldown", "", "S", "seconds to wait between trainings (60); 0: no wait"}},
                         &Session::cooldown));
    table.push_back(
        setting<Session>({.key = "cooldown_until_celsius",
                          .unit = "deg C",
                          .bounds = {1, 150},
                          .meaning = "the pause also lasts until all GPUs that the training sees are at or below this "
                                     "temperature"},
                         &Session::cooldown_until));
    table.push_back(
        setting<Session>({.key = "cooldown_max_seconds",
                          .unit = "s",
                          .bounds = kWeek,
                          .meaning = "longest wait for that temperature; only with `cooldown_until_celsius`"},
                         &Session::cooldown_max));
    table.push_back(setting<Session>({.key = "timeout_seconds",
                                      .unit = "s",
                                      .bounds = kTimeLimit,
                                      .meaning = "an attempt that takes longer is stopped: `timed_out`",
                                      .option = {"timeout", "", "S", "end an attempt after S seconds"}},
                                     &Session::timeout));
    table.push_back(
        setting<Session>({.key = "stall_seconds",
                          .unit = "s",
                          .bounds = kTimeLimit,
                          .meaning = "an attempt whose log does not grow for this time is stopped: `stalled`"},
                         &Session::stall));
}

void add_measuring(std::vector<Setting<Session>>& table) {
    table.push_back(setting<Session>(
        {.key = "baseline_seconds",
         .unit = "s",
         .bounds = {0, 3600},
         .meaning = "how long the idle power is measured before the first run; 0: not measured",
         .option = {"baseline", "", "S", "measure the idle machine for S seconds before the first run (10); 0: skip"}},
        &Session::baseline));
    table.push_back(setting<Session>({.key = "sample_interval_ms",
                                      .stored = "sample_interval_seconds",
                                      .unit = "ms",
                                      .bounds = {1, 60000},
                                      .scale = 0.001,
                                      .default_words = "100",
                                      .meaning = "time between two GPU samples"},
                                     &Session::sample_interval));
    table.push_back(
        setting<Session>({.key = "control_every",
                          .bounds = {0, kMost},
                          .meaning = "run a control first, last and after every N runs, to see if the machine drifts. "
                                     "The control is the training of the first entry (of the first entry without a "
                                     "background, if there is one) at its default values. 0: never"},
                         &Session::control_every));
    table.push_back(setting<Session>({.key = "control_tolerance_percent",
                                      .unit = "%",
                                      .bounds = {0, 1000},
                                      .meaning = "warn if the energies of the control runs differ by more than this"},
                                     &Session::control_tolerance));
}

void add_rest(std::vector<Setting<Session>>& table) {
    table.push_back(
        setting<Session>({.key = "on_finish",
                          .default_words = "none",
                          .meaning = "a program and its arguments, run at the end of the session: `[\"notify-send\", "
                                     "\"done\"]`. It may take one minute; Ctrl-C ends it like a training"},
                         &Session::on_finish));
    table.push_back(setting<Session>({.key = "on_failure",
                                      .default_words = "none",
                                      .meaning = "the same, run as well at the end of a session with failures"},
                                     &Session::on_failure));
    table.push_back(setting<Session>(
        {.key = "report",
         .meaning = "write a report into the session's folder when it ends; `--no-report` turns it off for one call"},
        &Session::report));
    table.push_back(other_setting<Session>({.key = "use_deduplication",
                                            .default_words = "false",
                                            .meaning = "do not draw mutations that earlier sessions ran"}));
    table.push_back(other_setting<Session>(
        {.key = "historical_csvs",
         .default_words = "none",
         .meaning = "the `summary.csv` files of these sessions: paths or patterns "
                    "(`\"results/*/summary.csv\"`), relative to the current folder or to the parent "
                    "of the settings folder"}));
}

} // namespace

const std::vector<Setting<SessionSettings>>& session_settings() {
    static const std::vector<Setting<Session>> table = [] {
        std::vector<Setting<Session>> settings;
        add_identity(settings);
        add_order(settings);
        add_times(settings);
        add_measuring(settings);
        add_rest(settings);
        return settings;
    }();
    return table;
}

const std::vector<Setting<BackgroundSettings>>& background_settings() {
    using Background = BackgroundSettings;
    static const std::vector<Setting<Background>> table{
        setting<Background>({.key = "reuse", .meaning = "one background training for all runs"}, &Background::reuse),
        setting<Background>({.key = "startup_wait_seconds",
                             .unit = "s",
                             .bounds = kDay,
                             .meaning = "wait before the measured training starts, so that the GPU is loaded"},
                            &Background::startup_wait),
        setting<Background>({.key = "restart_delay_seconds",
                             .unit = "s",
                             .bounds = kDay,
                             .meaning = "pause before a background that ended by itself is started again"},
                            &Background::restart_delay)};
    return table;
}

} // namespace mutation::config
