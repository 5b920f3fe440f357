#include "catch.hpp"

#include "root.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace mutation::e2e {

namespace {

constexpr int kMachineStatus = 3;

/// A lab whose program believes that the user `nobody` called it with sudo; that user owns the results.
class SudoLab : public Lab {
public:
    SudoLab() { call_by_sudo(*this); }

    /// A folder of the user `nobody`.
    static void give(const fs::path& folder) {
        fs::create_directories(folder);
        REQUIRE(::chown(folder.c_str(), kNobody, kNobody) == 0);
    }
    /// A folder of root with a file that only root can read.
    [[nodiscard]] fs::path treasury() const {
        const fs::path folder = root() / "treasury";
        write_text(folder / "secret", "SECRET-WORDS\n");
        fs::permissions(folder / "secret", static_cast<fs::perms>(0600));
        return folder;
    }
};

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// The experiment's folder in a training's environment.
fs::path experiment_of(const Json& start) {
    const std::string name = "MUTATION_EXPERIMENT_DIR=";
    for (const auto& variable : start["environment"]) {
        const auto text = variable.get<std::string>();
        if (text.starts_with(name)) {
            return text.substr(name.size());
        }
    }
    return {};
}

} // namespace

TEST_CASE("the driver's library is loaded with the rights of the user who called sudo", "[privilege]") {
    if (!is_root()) {
        return;
    }
    SudoLab lab;
    fs::create_directories(lab.root() / "lib");
    fs::copy(FAKE_NVML_FOLDER, lab.root() / "lib");
    const fs::path caller = lab.root() / "caller";
    write_text(caller, "");
    fs::permissions(caller, static_cast<fs::perms>(0666));
    lab.environment["LD_LIBRARY_PATH"] = (lab.root() / "lib").string();
    lab.environment["FAKE_NVML_CALLER"] = caller.string();
    lab.environment["FAKE_NVML_WATTS"] = "200";
    const bool is_as_root = GENERATE(false, true);
    CAPTURE(is_as_root);
    const auto result =
        lab.run(lab.toy_run(1, is_as_root ? std::vector<std::string>{"--as-root"} : std::vector<std::string>{}));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(read_text(caller).find(" 65534\n") != std::string::npos);
    CHECK(read_text(caller).find(" 0\n") == std::string::npos);
    CHECK(lab.record()["energy_quality"]["gpu"]["counter_joules"].is_number());
}

TEST_CASE("results in a folder of root are refused", "[privilege]") {
    if (!is_root()) {
        return;
    }
    SudoLab lab;
    const fs::path treasury = lab.treasury();
    SudoLab::give(lab.root() / "home");
    SECTION("named outright") {}
    SECTION("by a link") {
        fs::create_symlink(treasury, lab.root() / "home/results");
    }
    const fs::path results = fs::is_symlink(lab.root() / "home/results") ? lab.root() / "home/results" : treasury;
    const auto result = lab.run(lab.toy_run(1, {"--results-dir", results.string()}));
    INFO(result.all());
    CHECK(result.exit_code == kMachineStatus);
    CHECK(entries(treasury) == 1);
    CHECK(lab.journal("training", "start").empty());
}

TEST_CASE("links in place of records do not make root write elsewhere", "[privilege]") {
    if (!is_root()) {
        return;
    }
    SudoLab lab;
    const fs::path treasury = lab.treasury();
    const fs::path waiting = lab.root() / "home";
    SudoLab::give(waiting);
    lab.training = {{"steps", Json::parse(R"([{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(2)));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 60));
    const fs::path session = lab.session();
    const fs::path experiment = experiment_of(lab.journal("training", "start").at(0));
    SECTION("in place of the experiment's folder") {
        fs::rename(experiment, experiment.string() + ".away");
        fs::create_directory_symlink(treasury, experiment);
    }
    SECTION("in place of the files") {
        for (const char* name : {"experiment.json", ".experiment.json.tmp", "terminal.log"}) {
            fs::remove(experiment / name);
            fs::create_symlink(treasury / name, experiment / name);
        }
        fs::remove(session / "summary.csv");
        fs::create_symlink(treasury / "summary.csv", session / "summary.csv");
    }
    write_text(lab.root() / "go", "");
    INFO(tool.wait().all());
    CHECK(entries(treasury) == 1);
    CHECK(read_text(treasury / "secret") == "SECRET-WORDS\n");
}

TEST_CASE("files that only root can read are not shown to the user of sudo", "[privilege]") {
    if (!is_root()) {
        return;
    }
    SudoLab lab;
    const std::string secret = (lab.treasury() / "secret").string();
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"-ec", secret},
                                                      {"--registry", secret, "--list"},
                                                      {"validate", secret},
                                                      {"summarize", lab.treasury().string()}}) {
        const auto result = lab.run(arguments);
        INFO(result.all());
        CHECK(result.exit_code != 0);
        CHECK(result.all().find("SECRET") == std::string::npos);
    }
    SECTION("nor through a link in a session") {
        lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
        REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
        fs::remove(lab.session() / "session.json");
        fs::create_symlink(secret, lab.session() / "session.json");
        const auto result = lab.run({"resume", lab.session().string()});
        CHECK(result.exit_code != 0);
        CHECK(result.all().find("SECRET") == std::string::npos);
    }
}

TEST_CASE("root does not run a perf that the user can change", "[privilege]") {
    if (!is_root()) {
        return;
    }
    SudoLab lab;
    const fs::path home = lab.root() / "home";
    SudoLab::give(home);
    lab.environment["MUTATION_PERF"] = "";
    lab.environment["PATH"] = home.string() + ":/usr/bin:/bin";
    SECTION("the caller's own") {
        write_program(home / "perf", "#!/bin/sh\nid -u > " + (lab.root() / "as_whom").string() + "\n");
        REQUIRE(::chown((home / "perf").c_str(), kNobody, kNobody) == 0);
    }
    SECTION("a link of the caller's to a program of root's") {
        fs::create_symlink("/bin/sh", home / "perf");
    }
    const auto result = lab.run(lab.toy_run(1));
    INFO(result.all());
    CHECK(result.exit_code == kMachineStatus);
    CHECK(result.err.find("would run as root, but other users can replace it") != std::string::npos);
    CHECK_FALSE(fs::exists(lab.root() / "as_whom"));
}

TEST_CASE("on_finish runs as the user, without open files of root", "[privilege]") {
    if (!is_root()) {
        return;
    }
    SudoLab lab;
    SudoLab::give(lab.root() / "home");
    const fs::path words = lab.root() / "home/words";
    const auto file =
        lab.config({{"cooldown_seconds", 0},
                    {"baseline_seconds", 0},
                    {"on_finish", {"/bin/sh", "-c", "{ id -u; id -G; ls -l /proc/self/fd; } > " + words.string()}},
                    {"experiments", Json::parse(R"([{"repo": "toy", "model": "tiny", "mode": "default"}])")}});
    REQUIRE(lab.run({"-ec", file}).exit_code == 0);
    const std::string text = read_text(words);
    INFO(text);
    CHECK(text.find("65534\n65534\n") == 0);
    CHECK(text.find("/run/") == std::string::npos);
    CHECK(text.find("memfd") == std::string::npos);
}

TEST_CASE("only its user and root can stop a session under sudo", "[privilege]") {
    if (!is_root()) {
        return;
    }
    SudoLab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "on\n"}, {"hang": true}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(2)));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 60));
    const auto stop_as = [&](const std::string& user) {
        auto invocation = lab.tool({"stop", lab.session().string()});
        for (const char* name : {"SUDO_UID", "SUDO_GID", "SUDO_USER"})
            invocation.environment.erase(name);
        invocation.argv.front() = lab.copy_tool("for_all").string();
        invocation.argv.insert(invocation.argv.begin(),
                               {"/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups"});
        return run_process(invocation);
    };
    const auto refused = stop_as("54321");
    CHECK(refused.exit_code == kMachineStatus);
    CHECK(refused.err.find("belongs to another user") != std::string::npos);
    const auto stopped = stop_as(GENERATE(as<std::string>(), "0", "65534"));
    INFO(stopped.all());
    CHECK(stopped.exit_code == 0);
    CHECK(tool.wait().exit_code == 130);
    CHECK(lab.record()["status"] == "interrupted");
}

TEST_CASE("an unknown SUDO_UID ends the program before anything runs", "[privilege]") {
    if (!is_root()) {
        return;
    }
    SudoLab lab;
    for (const char* uid : {"12x", "-1", "4000000000", "99999999999999999999"}) {
        lab.environment["SUDO_UID"] = uid;
        CHECK(lab.run(lab.toy_run(1)).exit_code == kMachineStatus);
    }
    CHECK(lab.sessions().empty());
}

TEST_CASE("an administrator's file forbids trainings as root", "[privilege]") {
    if (!is_root() || !can_unshare()) {
        return;
    }
    SudoLab lab;
    const fs::path etc = lab.root() / "etc";
    write_text(etc / "passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n");
    fs::create_directories(etc / "mutation");
    SECTION("where it is") {
        write_text(etc / "mutation/no-as-root", "");
        const auto result = run_process(with_etc(lab.tool(lab.toy_run(1, {"--as-root"})), etc));
        INFO(result.all());
        CHECK(result.exit_code == kMachineStatus);
        CHECK(result.err.find("/etc/mutation/no-as-root") != std::string::npos);
        CHECK(lab.journal("training", "start").empty());
    }
    SECTION("not a file of somebody else's") {
        write_text(etc / "mutation/no-as-root", "");
        REQUIRE(::chown((etc / "mutation/no-as-root").c_str(), kNobody, kNobody) == 0);
        CHECK(run_process(with_etc(lab.tool(lab.toy_run(1, {"--as-root"})), etc)).exit_code == 0);
    }
}

} // namespace mutation::e2e
