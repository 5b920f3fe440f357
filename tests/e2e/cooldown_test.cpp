#include "catch.hpp"

#include "parallel_lab.hpp"

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// A second nvidia-smi question would read half a file else.
void replace_text(const fs::path& file, const std::string& text) {
    write_text(file.string() + ".new", text);
    fs::rename(file.string() + ".new", file);
}

/// Changes the further answers of the stand-in for nvidia-smi.
void let_gpu_cool_to(const Lab& lab, double celsius) {
    const fs::path conf = lab.root() / "bin/nvidia-smi.conf";
    Json json = read_json(conf);
    json["gpus"][0]["temperature"] = celsius;
    replace_text(conf, json.dump());
}

bool says(const RunningProcess& tool, const std::string& text) {
    return eventually([&] { return tool.errors_so_far().find(text) != std::string::npos; }, 30);
}

} // namespace

TEST_CASE("a cooldown lasts until the GPU is cool enough", "[cooldown]") {
    ParallelLab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    lab.smi["gpus"][0]["temperature"] = 80;
    auto arguments = lab.session_of({ParallelLab::alone(), ParallelLab::alone()},
                                    {{"cooldown_until_celsius", 60}, {"cooldown_max_seconds", 300}});
    arguments.push_back("-v");
    RunningProcess tool(lab.tool(arguments));
    REQUIRE(says(tool, "80 C; waiting until it is at 60 C"));
    CHECK(lab.foreground_starts().size() == 1);
    let_gpu_cool_to(lab, 60);
    CHECK(tool.wait().exit_code == 0);
    CHECK(lab.foreground_starts().size() == 2);
    CHECK(lab.record(0)["start_temperature_celsius"] == 80);
    CHECK(lab.record(1)["start_temperature_celsius"] == 60);
    CHECK(lab.record(0)["cooldown"] == "none");
    CHECK(lab.record(1)["cooldown"] == "idle");
}

TEST_CASE("a GPU that does not cool down delays the session only up to the limit", "[cooldown]") {
    ParallelLab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    lab.smi["gpus"][0]["temperature"] = 80;
    const auto result = lab.run(lab.session_of({ParallelLab::alone(), ParallelLab::alone()},
                                               {{"cooldown_until_celsius", 60}, {"cooldown_max_seconds", 1}}));
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("still at 80 C after 1 s"));
    CHECK(lab.record(1)["start_temperature_celsius"] == 80);
}

TEST_CASE("the cooldown does not wait for a GPU that the training cannot see", "[cooldown]") {
    ParallelLab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    lab.smi["gpus"].push_back(
        {{"uuid", "GPU-99999999-8888-7777-6666-555555555555"}, {"power", 70}, {"temperature", 90}});
    lab.environment["CUDA_VISIBLE_DEVICES"] = "0";
    const auto result = lab.run(lab.session_of({ParallelLab::alone(), ParallelLab::alone()},
                                               {{"cooldown_until_celsius", 60}, {"cooldown_max_seconds", 1}}));
    CHECK(result.exit_code == 0);
    CHECK(result.err.find("still at") == std::string::npos);
}

TEST_CASE("a cooldown of 0 also turns off the wait for a temperature", "[cooldown]") {
    ParallelLab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    lab.smi["gpus"][0]["temperature"] = 80;
    auto arguments = lab.session_of({ParallelLab::alone(), ParallelLab::alone()}, {{"cooldown_until_celsius", 60}});
    arguments.insert(arguments.end(), {"--cooldown", "0"});
    CHECK(lab.run(arguments).exit_code == 0);
    CHECK(lab.record(1)["cooldown"] == "none");
}

TEST_CASE("there is no cooldown after the last run", "[cooldown]") {
    ParallelLab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    lab.limit = 40;
    const auto result = lab.run(lab.session_of({ParallelLab::alone()}, {{"cooldown_seconds", 300}}));
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 0);
}

} // namespace mutation::e2e
