#include "mutation/record/session_document.hpp"

#include "environment_table.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/record_check.hpp"
#include "mutation/record/schema_version.hpp"
#include "mutation/record/session_layout.hpp"
#include "mutation/system/file.hpp"

#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace mutation::record {

namespace {

const ObjectTable<HyperparameterFacts>& hyperparameter_table() {
    static const ObjectTable<HyperparameterFacts> filled = [] {
        ObjectTable<HyperparameterFacts> table;
        // clang-format off
        table.field("name", "canonical name", [](auto& h) -> auto& { return h.name; }).required();
        table.field("type", "`int`, `float`, `choice`, `bool`", [](auto& h) -> auto& { return h.type; }).required();
        table.field("distribution", "`uniform`, `log_uniform`", [](auto& h) -> auto& { return h.distribution; }).checked();
        table.field("zero_probability", "of an exact 0 instead of a draw from `range`", [](auto& h) -> auto& { return h.zero_probability; }).checked();
        table.field("range", "least and greatest value that is drawn; null: none is", [](auto& h) -> auto& { return h.range; }).checked();
        table.field("default", "null: the flag is left out", [](auto& h) -> auto& { return h.default_value; }).checked();
        table.field("choices", "of type `choice`", [](auto& h) -> auto& { return h.choices; }).checked();
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<MetricFacts>& metric_table() {
    static const ObjectTable<MetricFacts> filled = [] {
        ObjectTable<MetricFacts> table;
        // clang-format off
        table.field("name", "as in `performance_metrics` of the records", [](auto& m) -> auto& { return m.name; }).required();
        table.field("higher_is_better", "null: the registry does not say it", [](auto& m) -> auto& { return m.higher_is_better; }).checked();
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<ModelFacts>& model_table() {
    static const ObjectTable<ModelFacts> filled = [] {
        ObjectTable<ModelFacts> table;
        // clang-format off
        table.field("repository", "canonical name", [](auto& m) -> auto& { return m.repository; }).required();
        table.field("model", "canonical name", [](auto& m) -> auto& { return m.model; }).required();
        table.list("hyperparameters", "all of the model", hyperparameter_table(), [](auto& m) -> auto& { return m.hyperparameters; }).required();
        table.list("metrics", "all of the model", metric_table(), [](auto& m) -> auto& { return m.metrics; }).required();
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<ControlFacts>& control_table() {
    static const ObjectTable<ControlFacts> filled = [] {
        ObjectTable<ControlFacts> table;
        // clang-format off
        table.field("joules", "in the order of the runs", [](auto& c) -> auto& { return c.joules; }).in("J").required();
        table.field("spread_percent", "between the least and the most, of the mean", [](auto& c) -> auto& { return c.spread; }).required();
        table.field("tolerance_percent", "of the config", [](auto& c) -> auto& { return c.tolerance; }).required();
        table.field("is_within_tolerance", "whether the machine did not drift", [](auto& c) -> auto& { return c.is_within_tolerance; }).required();
        // clang-format on
        return table;
    }();
    return filled;
}

/// The members of `object` that `known` does not have; null if there are none.
Json members_beyond(const Json& object, const Json& known) {
    Json beyond;
    for (const auto& [name, value] : object.items()) {
        const auto found = known.find(name);
        if (found == known.end()) {
            beyond[name] = value;
        } else if (value.is_object() && found->is_object()) {
            if (Json part = members_beyond(value, *found); !part.is_null()) {
                beyond[name] = std::move(part);
            }
        }
    }
    return beyond;
}

/// The plan's errors say that it is damaged, and where.
bool read_plan(SessionDocument& document, const Json& json, const Reading& reading) {
    try {
        return JsonCodec<plan::Plan>::read(json, document.plan);
    } catch (const Error&) {
        if (!reading.is_lenient) {
            throw;
        }
        return false;
    }
}

/// The members of session.json. The first two have to come first: `read_session_name` looks at the beginning alone.
const ObjectTable<SessionDocument>& session_table() {
    static const ObjectTable<SessionDocument> filled = [] {
        ObjectTable<SessionDocument> table;
        // clang-format off
        table.derived("schema_version", "version of this format", [](const SessionDocument& /*s*/) { return kSchemaVersion; }).required();
        table.field("session", "original name of the session's folder", [](auto& s) -> auto& { return s.session; }).checked();
        table.field("tool_version", "version of the program that began it", [](auto& s) -> auto& { return s.tool_version; }).checked();
        table.field("started", "ISO 8601 with offset", [](auto& s) -> auto& { return s.started; }).checked();
        table.field("command_line", "for a shell", [](auto& s) -> auto& { return s.command_line; }).checked();
        table.object("environment", "the machine", machine_table(), [](auto& s) -> auto& { return s.machine; }).checked();
        table.field("config", "the experiment config as it was read; null for a run by flags", [](auto& s) -> auto& { return s.config; }).checked();
        table.field("registry_source", "settings folder or registry file", [](auto& s) -> auto& { return s.registry_source; }).checked();
        table.field("is_registry_file", "which of both", [](auto& s) -> auto& { return s.is_registry_file; }).checked();
        table.field("registry_digests", "repository: digest of its registry file", [](auto& s) -> auto& { return s.registry_digests; }).checked();
        table.list("models", "what the registry says of the plan's models", model_table(), [](auto& s) -> auto& { return s.models; }).checked();
        Member<SessionDocument>& plan = table.field("plan", "settings and experiments", [](auto& s) -> auto& { return s.plan; }).required();
        plan.read = [](SessionDocument& s, const JsonCursor& at, const Reading& reading) { return read_plan(s, at.value(), reading); };
        plan.unknown_in = [](const Json& json) { return members_beyond(json, plan::plan_to_json({})); };
        table.object("controls", "how far the control runs differ; null: fewer than two", control_table(), [](auto& s) -> auto& { return s.controls; }).checked();
        // clang-format on
        return table;
    }();
    return filled;
}

enum class Damage { is_an_error, is_left_out };

SessionDocument read_session(const Json& json, Damage damage) {
    if (!json.is_object() || !json.contains("schema_version")) {
        throw Error(ErrorKind::usage, "not a session");
    }
    if (damage == Damage::is_an_error) {
        check_schema_version(json);
    }
    SessionDocument document;
    const JsonSource source(json, "$", throw_note);
    session_table().read(document, source.root(), {damage == Damage::is_left_out, false, nullptr});
    return document;
}

} // namespace

std::map<std::string, std::optional<std::string>> registry_digests(const config::Registry& registry,
                                                                   const plan::Plan& plan) {
    std::map<std::string, std::optional<std::string>> digests;
    const auto add = [&](const plan::PlannedTraining& training) {
        const auto [entry, is_new] = digests.try_emplace(training.repository);
        if (const config::Repository* repository = is_new ? registry.find(training.repository) : nullptr) {
            entry->second = repository->digest;
        }
    };
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        add(experiment.training);
        if (experiment.background) {
            add(experiment.background->training);
        }
    }
    return digests;
}

Json session_to_json(const SessionDocument& document) {
    return session_table().write(document);
}

SessionDocument session_from_json(const Json& json) {
    try {
        return read_session(json, Damage::is_an_error);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::usage) {
            throw;
        }
        throw Error(ErrorKind::usage, error.message() + "; restore it, or start a new session from its config");
    }
}

SessionDocument session_from_damaged_json(const Json& json) {
    return read_session(json, Damage::is_left_out);
}

SessionDocument read_session_document(const std::filesystem::path& session) {
    constexpr std::size_t kMostBytes = std::size_t{2} << 30U;
    const std::filesystem::path file = SessionLayout(session).session();
    std::string text;
    try {
        text = system::read_file(file, kMostBytes);
    } catch (const Error& error) {
        throw Error(ErrorKind::usage, explain_no_session(session, error.message()));
    }
    try {
        const ParsedJson parsed = parse_json(text, {kMostBytes, JsonLimits{}.max_depth});
        throw_if_faulty(parsed);
        SessionDocument document = session_from_json(parsed.value);
        document.session = document.session.empty() ? session.filename().string() : std::move(document.session);
        return document;
    } catch (const Error& error) {
        throw Error(ErrorKind::usage, fmt::format("{}: {}", file.string(), error.message()));
    }
}

void write_session_document(const std::filesystem::path& session, const SessionDocument& document) {
    system::write_file_atomically(SessionLayout(session).session(), file_text(session_to_json(document)));
}

std::optional<std::string> read_session_name(const std::filesystem::path& session) {
    std::array<char, 4096> head{};
    const std::filesystem::path file = SessionLayout(session).session();
    const system::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const ssize_t count = fd.is_open() ? ::read(fd.get(), head.data(), head.size()) : 0;
    Json document = Json::object();
    std::string key;
    const auto keep = [&](int depth, Json::parse_event_t event, const Json& parsed) {
        if (event == Json::parse_event_t::key && depth == 1) {
            key = parsed.get<std::string>();
        } else if (event == Json::parse_event_t::value && depth == 1) {
            document[key] = parsed;
        }
        return true;
    };
    const std::string_view text(head.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    [[maybe_unused]] const Json cut = Json::parse(text.begin(), text.end(), keep, false);
    if (has_newer_schema(document)) {
        throw Error(ErrorKind::usage,
                    fmt::format("{} was written by a newer program; use that program", file.string()));
    }
    if (!document.contains("schema_version")) {
        return std::nullopt;
    }
    const Json name = document.value("session", Json());
    const std::string written = name.is_string() ? name.get<std::string>() : "";
    return written.empty() ? session.filename().string() : written;
}

} // namespace mutation::record
