#include "parallel_lab.hpp"

#include <stdexcept>

namespace mutation::e2e {

ParallelLab::ParallelLab() {
    repositories["load"] = repositories["toy"];
    repositories["load"]["path"] = "work/load";
    background = {{"steps", Json::parse(R"([{"print": "loading\n"}, {"hang": true}])")}};
}

Json ParallelLab::beside(int runs, bool reuse, const std::string& model) const {
    return {
        {"mode", "parallel"},
        {"foreground", {{"repo", "toy"}, {"model", "tiny"}, {"mutate", {"learning_rate"}}, {"runs_per_config", runs}}},
        {"background",
         {{"repo", "load"},
          {"model", model},
          {"hyperparameters", {{"epochs", 50}}},
          {"reuse", reuse},
          {"startup_wait_seconds", startup_wait_seconds},
          {"restart_delay_seconds", restart_delay_seconds}}}};
}

Json ParallelLab::alone() {
    return {{"mode", "default"}, {"repo", "toy"}, {"model", "tiny"}};
}

std::vector<std::string> ParallelLab::session_of(const std::vector<Json>& entries, const Json& head) {
    fs::create_directories(load_folder());
    std::error_code other_disk;
    fs::create_hard_link(FAKE_TRAINING, load_folder() / "train.sh", other_disk);
    if (other_disk && !fs::exists(load_folder() / "train.sh"))
        fs::copy_file(FAKE_TRAINING, load_folder() / "train.sh");
    Json conf = background;
    conf["journal"] = (root() / "load.journal").string();
    write_text(load_folder() / "train.sh.conf", conf.dump(1));
    Json json{{"mode", "mixed"},       {"seed", 7},        {"cooldown_seconds", 0},
              {"baseline_seconds", 0}, {"max_retries", 0}, {"experiments", entries}};
    if (head.is_object())
        json.update(head);
    return {"-ec", config(json)};
}

bool ParallelLab::foreground_runs(std::size_t nth) const {
    return eventually([&] { return foreground_starts().size() >= nth; }, 30);
}

} // namespace mutation::e2e
