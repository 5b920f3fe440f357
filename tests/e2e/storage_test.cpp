#include "catch.hpp"

#include "json_schema.hpp"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

constexpr int kNotSetUp = 77;

/// `call` fails with `reason` for files whose path contains `part`, from the n-th on.
void let_fail(Lab& lab, const std::string& call, const std::string& part, int reason, int from) {
    lab.environment["LD_PRELOAD"] = FAULT_SHIM;
    lab.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";
    lab.environment["FAULTS"] = call + ":" + part + ":" + std::to_string(reason) + ":" + std::to_string(from);
}

void repair(Lab& lab) {
    lab.environment["LD_PRELOAD"] = "";
    lab.environment["FAULTS"] = "";
}

/// What a session must leave that lost its disk in its second experiment.
void check_stopped_after_one(Lab& lab, const RunResult& result) {
    INFO(result.all());
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains("mutation resume " + lab.session().string()));
    REQUIRE(lab.experiments().size() == 1);
    CHECK(lab.record(0)["status"] == "ok");
    CHECK(record_problems(lab.record(0)) == "");
    CHECK(lab.summary().size() == 1);
    CHECK(lab.journal("training", "start").size() == 2);
    CHECK(processes_of(lab.root()).empty());
}

void check_resumed(Lab& lab) {
    repair(lab);
    const RunResult result = lab.run({"resume", lab.session().string()});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    REQUIRE(lab.experiments().size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(lab.record(i)["status"] == "ok");
        CHECK(record_problems(lab.record(i)) == "");
    }
    CHECK(lab.record(1)["attempts"].size() == 2);
    CHECK(lab.summary().size() == 3);
    CHECK(lab.journal("training", "start").size() == 4);
}

} // namespace

TEST_CASE("a file system without locks is not reported as another process", "[storage]") {
    const int reason = GENERATE(ENOLCK, EOPNOTSUPP, EIO);
    Lab lab;
    let_fail(lab, "flock", "run_", reason, 1);
    const RunResult result = lab.run(lab.toy_run(1));
    INFO(result.all());
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains("cannot lock") && Contains(std::strerror(reason)));
    CHECK_THAT(result.err, !Contains("another process"));
    let_fail(lab, "flock", "run_", EWOULDBLOCK, 1);
    CHECK_THAT(lab.run(lab.toy_run(1)).err, Contains("is being run by another process"));
    CHECK(lab.journal("training", "start").empty());
}

TEST_CASE("a record that cannot be written stops the session, and resume continues", "[storage]") {
    Lab lab;
    std::string words;
    SECTION("full") {
        let_fail(lab, "write", "experiment.json", ENOSPC, 2);
        words = "No space left";
    }
    SECTION("broken") {
        let_fail(lab, "write", "experiment.json", EIO, 2);
        words = "Input/output error";
    }
    SECTION("broken, and says so only when it is synced") {
        let_fail(lab, "fsync", "experiment.json", EIO, 2);
        words = "Input/output error";
    }
    SECTION("become read-only") {
        let_fail(lab, "rename", "experiment.json", EROFS, 2);
        words = "Read-only file system";
    }
    const RunResult result = lab.run(lab.toy_run(3, {"-g", "performance"}));
    check_stopped_after_one(lab, result);
    CHECK_THAT(result.err, Contains(words));
    CHECK(read_text(lab.governor(0)).rfind("powersave", 0) == 0);
    check_resumed(lab);
}

TEST_CASE("a summary that cannot be written stops the session, but no record is lost", "[storage]") {
    Lab lab;
    let_fail(lab, "write", "summary.csv", EIO, 2);
    const RunResult result = lab.run(lab.toy_run(3));
    INFO(result.all());
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains("Input/output error"));
    CHECK(lab.experiments().size() == 2);
    repair(lab);
    CHECK(lab.run({"resume", lab.session().string()}).exit_code == 0);
    CHECK(lab.summary().size() == 3);
    CHECK(lab.journal("training", "start").size() == 3);
}

TEST_CASE("a plan that cannot be written ends the program before anything runs", "[storage]") {
    Lab lab;
    let_fail(lab, "write", "session.json", ENOSPC, 1);
    const RunResult result = lab.run(lab.toy_run(1));
    INFO(result.all());
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains("No space left"));
    CHECK(lab.journal("training", "start").empty());
}

TEST_CASE("a file size limit is an error message, not a signal", "[storage]") {
    Lab lab;
    const RunResult result = run_process(behind_shell(lab.tool(lab.toy_run(1)), "ulimit -f 2"));
    INFO(result.all());
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains("File too large"));
}

TEST_CASE("samples that cannot be written do not cost the figure", "[storage]") {
    Lab lab;
    lab.training["steps"][1]["sleep"] = 1;
    let_fail(lab, "write", "gpu_power.csv", ENOSPC, 1);
    const RunResult result = lab.run(lab.toy_run(1));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(lab.record()["energy_metrics"]["gpu_energy_total_joules"].is_number());
}

TEST_CASE("a session that the disk stopped still runs its on_failure command", "[storage]") {
    Lab lab;
    let_fail(lab, "write", "experiment.json", ENOSPC, 2);
    const auto file = lab.config(Json{
        {"cooldown_seconds", 0},
        {"baseline_seconds", 0},
        {"on_failure", {"/bin/sh", "-c", "echo $MUTATION_SUCCEEDED of $MUTATION_TOTAL in $MUTATION_SESSION > word"}},
        {"experiments", {{{"repo", "toy"}, {"model", "tiny"}, {"mode", "default"}, {"runs_per_config", 3}}}}});
    const RunResult result = lab.run({"-ec", file});
    INFO(result.all());
    CHECK(result.exit_code == 3);
    CHECK(read_text(lab.root() / "word") == "1 of 3 in " + lab.session().string() + "\n");
}

TEST_CASE("a disk that a training fills ends the session clearly", "[storage]") {
    Lab lab;
    lab.training = {
        {"runs",
         Json::parse(R"([[{"print": "accuracy: 1\n"}], [{"write_bytes": 200000000}, {"print": "accuracy: 1\n"}]])")}};
    fs::create_directories(lab.results());
    auto invocation = lab.tool(lab.toy_run(3, {"-mr", "0"}));
    // A small disk that only the program sees; its files are copied at the end.
    const std::string script = "mount -t tmpfs -o size=80m none results || exit 77; \"$@\"; status=$?; "
                               "cp -a results kept; exit $status";
    std::vector<std::string> argv{"/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh"};
    argv.insert(argv.end(), invocation.argv.begin(), invocation.argv.end());
    invocation.argv = argv;
    const RunResult result = run_process(invocation);
    INFO(result.all());
    if (!fs::exists(lab.root() / "kept")) {
        WARN("not tried: no file system can be mounted here");
        return;
    }
    REQUIRE(result.exit_code != kNotSetUp);
    fs::remove_all(lab.results());
    fs::rename(lab.root() / "kept", lab.results());
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains("mutation resume"));
    CHECK(lab.record(0)["status"] == "ok");
    CHECK(lab.journal("training", "start").size() == 2);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a training that removes its folder ends the session with a message", "[storage]") {
    Lab lab;
    std::string removed;
    SECTION("the session's") {
        removed = "\"${MUTATION_EXPERIMENT_DIR%/*}\"";
    }
    SECTION("the experiment's") {
        removed = "\"$MUTATION_EXPERIMENT_DIR\"";
    }
    SECTION("all results") {
        removed = "\"${MUTATION_EXPERIMENT_DIR%/*/*}\"";
    }
    lab.training["runs"] = {{{{"print", "accuracy: 1\n"}}},
                            {{{"shell", "rm -rf " + removed}}, {{"print", "accuracy: 1\n"}}}};
    const RunResult result = lab.run(lab.toy_run(3, {"-g", "performance"}));
    INFO(result.all());
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains("error: cannot write ") && Contains("No such file or directory"));
    CHECK_THAT(result.err, Contains("stopped with 1 of 3 experiments recorded") && !Contains("defect"));
    CHECK(lab.journal("training", "start").size() == 2);
    CHECK(read_text(lab.governor(0)).rfind("powersave", 0) == 0);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("results that cannot be written are reported before anything runs", "[storage]") {
    Lab lab;
    fs::create_directories(lab.results());
    ::chmod(lab.results().c_str(), 0555);
    if (::getuid() == 0) // root writes everywhere: be a user then
        lab.environment["SUDO_UID"] = "65534";
    const RunResult result = lab.run(lab.toy_run(1));
    INFO(result.all());
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains(lab.results().string()));
    CHECK(lab.journal("training", "start").empty());
    CHECK(lab.sessions().empty());
}

TEST_CASE("only the user may change what a session writes, whatever the umask, and trainings keep their umask",
          "[storage]") {
    Lab lab;
    lab.training = {{"runs", Json::parse(R"([[{"touch": "made"}, {"exit": 1}], [{"print": "accuracy: 1\n"}]])")}};
    const auto file =
        lab.config({{"cooldown_seconds", 0},
                    {"baseline_seconds", 0},
                    {"max_retries", 1},
                    {"on_finish", {"/bin/sh", "-c", "touch made"}},
                    {"experiments", Json::parse(R"([{"repo": "toy", "model": "tiny", "mode": "default"}])")}});
    const auto result = run_process(behind_shell(lab.tool({"-ec", file}), "umask 000"));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(lab.results())) {
        INFO(entry.path().string());
        CHECK((fs::status(entry.path()).permissions() & (fs::perms::group_write | fs::perms::others_write)) ==
              fs::perms::none);
        ++count;
    }
    CHECK(count > 8);
    const auto all = static_cast<fs::perms>(0666);
    CHECK(fs::status(lab.root() / "work/toy/made").permissions() == all);
    CHECK(fs::status(lab.root() / "made").permissions() == all);
}

} // namespace mutation::e2e
