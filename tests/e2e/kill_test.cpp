#include "catch.hpp"

#include "json_schema.hpp"

#include <cstdlib>
#include <random>
#include <set>
#include <signal.h>
#include <thread>

namespace mutation::e2e {

namespace {

constexpr int kExperiments = 12;
/// After so many kills a session is left in peace, and has to finish.
constexpr int kKillsOfOneSession = 8;
/// Upper limit for clean-up: a loaded machine may be slow.
constexpr double kMostSecondsLeft = 60;

/// Draws that are the same on every machine.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}

    std::size_t below(std::size_t count) { return engine_() % count; }
    /// Fisher and Yates by hand: std::shuffle is not the same everywhere.
    template <typename List>
    void shuffle(List& list) {
        for (std::size_t left = list.size(); left > 1; --left)
            std::swap(list[left - 1], list[below(left)]);
    }

private:
    std::mt19937 engine_;
};

struct Victim {
    std::string name;
    std::string in_command; ///< a part of its command line
    bool is_child_of_tool = false;
};

const std::vector<Victim> kVictims{{"guardian", "", false},           {"tool", "", true},
                                   {"perf", "/bin/perf stat", false}, {"sampler", "/bin/nvidia-smi", false},
                                   {"launcher", " __launch ", false}, {"training", "/toy/train.sh", false}};
const std::vector<int> kSignals{SIGKILL, SIGTERM, SIGINT, SIGHUP};

struct Stroke {
    const Victim* victim;
    int signal;
};

/// Every signal to every victim in drawn order, those of KILL first, then all over again.
class Deck {
public:
    explicit Deck(Dice& dice) : dice_(dice) {}

    Stroke draw() {
        if (strokes_.empty())
            refill();
        const Stroke stroke = strokes_.back();
        strokes_.pop_back();
        return stroke;
    }

private:
    void refill() {
        std::vector<Stroke> kills;
        for (const Victim& victim : kVictims)
            for (const int signal : kSignals)
                (signal == SIGKILL ? kills : strokes_).push_back({&victim, signal});
        dice_.shuffle(strokes_);
        dice_.shuffle(kills);
        strokes_.insert(strokes_.end(), kills.begin(), kills.end());
    }

    Dice& dice_;
    std::vector<Stroke> strokes_;
};

int kills_wanted() {
    const char* text = std::getenv("MUTATION_KILL_ROUNDS");
    return text != nullptr ? std::max(1, std::atoi(text)) : 20;
}

/// A session of twelve short trainings, each with a grandchild in a session of its own, that is killed and taken up
/// again.
class Ordeal {
public:
    Ordeal(Dice& dice, Deck& deck) : dice_(dice), deck_(deck) {
        lab_.limit = 300; // twelve trainings beside five other tests
        lab_.training = {
            {"steps",
             Json::parse(
                 R"([{"spawn": 60, "setsid": true}, {"print": "on\n"}, {"sleep": 0.15}, {"print": "accuracy: 0.5\n"}])")}};
    }

    /// Kills until the session is finished or `most` kills have hit; returns how many did.
    int suffer(int most) {
        int hits = 0;
        while (hits < most && !is_finished_)
            hits += run_and_kill() ? 1 : 0;
        for (int tries = 0; !is_finished_ && tries < 3; ++tries)
            run_in_peace();
        return hits;
    }

    void check_finished() {
        CHECK(is_finished_);
        REQUIRE(lab_.sessions().size() == 1);
        REQUIRE(lab_.experiments().size() == kExperiments);
        std::set<std::string> ids;
        for (const auto& row : lab_.summary())
            ids.insert(row.at("experiment_id"));
        CHECK(ids.size() == kExperiments);
        CHECK(lab_.summary().size() == kExperiments);
        for (const auto& folder : lab_.experiments())
            check_experiment(folder);
        for (const auto& entry : fs::directory_iterator(lab_.session()))
            CHECK(entry.path().extension() != ".tmp");
        check_starts();
    }

private:
    [[nodiscard]] std::vector<std::string> arguments() const {
        if (!lab_.sessions().empty() && fs::exists(lab_.sessions().front() / "session.json"))
            return {"resume", lab_.sessions().front().string()};
        return lab_.toy_run(kExperiments, {"-g", "performance", "-mr", "4"});
    }

    bool run_and_kill() {
        discard_stillborn();
        RunningProcess tool(lab_.tool(arguments()));
        std::this_thread::sleep_for(std::chrono::milliseconds(dice_.below(2000)));
        const Stroke stroke = deck_.draw();
        const bool has_hit = strike(tool, *stroke.victim, stroke.signal);
        story_ += stroke.victim->name + " " + std::to_string(stroke.signal) + (has_hit ? "" : " (gone)") + "; ";
        settle(tool);
        return has_hit;
    }

    void run_in_peace() {
        discard_stillborn();
        RunningProcess tool(lab_.tool(arguments()));
        story_ += "peace; ";
        settle(tool);
    }

    /// A kill before the plan was written leaves a folder without a session: nothing was measured, nothing to resume.
    void discard_stillborn() const {
        for (const auto& session : lab_.sessions())
            if (!fs::exists(session / "session.json")) {
                INFO(story_);
                CHECK(lab_.journal("training", "start").empty());
                fs::remove_all(session);
            }
    }

    bool strike(const RunningProcess& tool, const Victim& victim, int signal) const {
        if (victim.name == "guardian")
            return ::kill(tool.pid(), signal) == 0;
        if (victim.is_child_of_tool) {
            const auto children = children_of(tool.pid());
            return !children.empty() && ::kill(children.front(), signal) == 0;
        }
        std::vector<std::string> found;
        // It may be between two trainings just now.
        const bool is_there = eventually(
            [&] {
                for (const auto& line : processes_of(lab_.root()))
                    if (line.find(victim.in_command) != std::string::npos &&
                        (victim.name == "launcher" || line.find(" __launch ") == std::string::npos))
                        found.push_back(line);
                return !found.empty();
            },
            2);
        return is_there && ::kill(std::atoi(found.front().c_str()), signal) == 0;
    }

    /// After any kill: no process is left, the machine is restored and records are kept.
    void settle(RunningProcess& tool) {
        const RunResult result = tool.wait();
        story_ += "-> " + std::to_string(result.exit_code) + "; ";
        INFO(story_);
        INFO(result.all());
        CHECK_FALSE(result.timed_out);
        const bool is_quiet = eventually([&] { return processes_of(lab_.root()).empty(); }, kMostSecondsLeft);
        for (const auto& line : processes_of(lab_.root()))
            UNSCOPED_INFO(line);
        CHECK(is_quiet);
        CHECK(eventually([&] { return governor(0) == "powersave" && governor(1) == "schedutil"; }, kMostSecondsLeft));
        check_records();
        is_finished_ = result.exit_code == 0;
    }

    [[nodiscard]] std::string governor(int cpu) const {
        const std::string text = read_text(lab_.governor(cpu));
        return text.substr(0, text.find('\n'));
    }

    /// Every record is complete, and an existing one is never written again.
    void check_records() {
        if (lab_.sessions().empty())
            return;
        for (const auto& folder : lab_.experiments()) {
            const std::string text = read_text(folder / "experiment.json");
            Json record = Json::parse(text, nullptr, false);
            INFO(folder.filename().string());
            REQUIRE(record.is_object());
            CHECK(record_problems(record) == "");
            const std::string name = folder.filename().string();
            if (kept_.count(name) > 0)
                CHECK(kept_.at(name) == text);
            if (record["training_success"] == true)
                kept_[name] = text;
        }
        for (const auto& [name, text] : kept_)
            CHECK(fs::exists(lab_.session() / name / "experiment.json"));
    }

    void check_experiment(const fs::path& folder) const {
        INFO(story_);
        Json record = read_json(folder / "experiment.json");
        INFO(record.dump(1));
        CHECK(record["status"] == "ok");
        CHECK(record["experiment_id"] == folder.filename().string());
        int number = 0;
        for (const auto& attempt : record["attempts"]) {
            CHECK(attempt["number"] == ++number);
            CHECK(fs::exists(folder / attempt["directory"].get<std::string>()));
            CHECK((attempt["directory"] == ".") == (number == static_cast<int>(record["attempts"].size())));
        }
    }

    /// Each start of a training is an attempt of the experiment whose values it had.
    void check_starts() const {
        std::map<std::string, int> starts;
        for (const auto& start : lab_.journal("training", "start"))
            ++starts[start.at("argv").dump()];
        CHECK(starts.size() == kExperiments);
        for (const auto& folder : lab_.experiments()) {
            const Json record = read_json(folder / "experiment.json");
            INFO(story_);
            INFO(record.dump(1));
            CHECK(starts[record.at("command").dump()] <= static_cast<int>(record.at("attempts").size()));
        }
    }

    Lab lab_;
    Dice& dice_;
    Deck& deck_;
    std::map<std::string, std::string> kept_; ///< records of successes, by folder
    std::string story_;
    bool is_finished_ = false;
};

} // namespace

TEST_CASE("after a kill at any moment, resume leaves each record once and no process", "[kill]") {
    Dice dice(20251112);
    Deck deck(dice);
    for (int left = kills_wanted(); left > 0;) {
        Ordeal ordeal(dice, deck);
        const int hits = ordeal.suffer(std::min(left, kKillsOfOneSession));
        left -= std::max(1, hits);
        ordeal.check_finished();
    }
}

} // namespace mutation::e2e
