#include "catch.hpp"

#include "lab.hpp"

#include <cerrno>
#include <memory>

namespace mutation::e2e {

namespace {

/// The doctor's row of that name.
Json row(const RunResult& result, const std::string& name) {
    const Json report = Json::parse(result.out);
    for (const Json& check : report.at("checks"))
        if (check["name"] == name)
            return check;
    return nullptr;
}

std::string git(const fs::path& folder, const std::string& words) {
    Invocation call;
    call.argv = {"/bin/sh", "-c", "git -c user.name=t -c user.email=t@t -c init.defaultBranch=main " + words};
    call.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", folder.string()}};
    call.directory = folder;
    const RunResult result = run_process(call);
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    return result.out.substr(0, result.out.find('\n'));
}

} // namespace

TEST_CASE("doctor reports what is missing in each repository, with the command that fixes it", "[doctor]") {
    Lab lab;
    SECTION("its code") {
        lab.repositories["toy"]["path"] = "repos/nowhere";
        lab.repositories["toy"]["upstream"] = {{"url", "https://example.org/toy"}, {"commit", std::string(40, 'a')}};
        const Json found = row(lab.run({"doctor", "--json"}), "repository_toy");
        CHECK(found["status"] == "warning");
        CHECK(found["remedy"].get<std::string>().find("git clone https://example.org/toy") == 0);
    }
    SECTION("its code, where the program brings the set-up") {
        lab.repositories["toy"]["path"] = "repos/nowhere";
        write_program(lab.root() / "scripts/setup-repository.sh", "#!/bin/sh\n");
        const Json found = row(lab.run({"doctor", "--json"}), "repository_toy");
        CHECK(found["remedy"].get<std::string>().find("scripts/setup-repository.sh toy") != std::string::npos);
    }
    SECTION("its commit") {
        static_cast<void>(lab.tool({}));
        const fs::path clone = lab.root() / "work/toy";
        static_cast<void>(
            git(clone, "init -q . && git add train.sh && git -c user.name=t -c user.email=t@t commit -qm x"));
        const std::string head = git(clone, "rev-parse HEAD");
        lab.repositories["toy"]["upstream"] = {{"url", "https://example.org/toy"}, {"commit", head}};
        CHECK(row(lab.run({"doctor", "--json"}), "repository_toy")["status"] == "ok");
        lab.repositories["toy"]["upstream"]["commit"] = std::string(40, 'a');
        const Json found = row(lab.run({"doctor", "--json"}), "repository_toy");
        CHECK(found["status"] == "warning");
        CHECK(found["value"].get<std::string>().find(head.substr(0, 10)) != std::string::npos);
    }
    SECTION("its data, by the script's own check") {
        write_program(lab.root() / "work/toy/check.sh",
                      "#!/bin/sh\n[ \"$1\" = --check ] || exit 9\n[ -e \"$TOY_DATA\" ] && exit 0\n"
                      "echo looking >&2\necho 'toy: data are missing: put them there' >&2\nexit 3\n");
        lab.repositories["toy"]["train_script"] = "check.sh";
        lab.repositories["toy"]["check_arguments"] = {"--check"};
        lab.repositories["toy"]["environment"] = {{"TOY_DATA", "data"}}; // as a training would have it
        const Json missing = row(lab.run({"doctor", "--json"}), "repository_toy");
        CHECK(missing["status"] == "warning");
        CHECK(missing["value"] == "toy: data are missing: put them there");
        write_text(lab.root() / "work/toy/data", "");
        CHECK(row(lab.run({"doctor", "--json"}), "repository_toy")["status"] == "ok");
    }
}

namespace {

/// Several labs' doctors at once, since they mostly wait.
class Doctors {
public:
    explicit Doctors(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            labs_.push_back(std::make_unique<Lab>());
    }
    Lab& lab(std::size_t i) { return *labs_[i]; }
    std::vector<RunResult> run(const std::vector<std::string>& arguments) {
        std::vector<std::unique_ptr<RunningProcess>> running;
        for (const auto& lab : labs_)
            running.push_back(std::make_unique<RunningProcess>(lab->tool(arguments)));
        std::vector<RunResult> results;
        for (const auto& process : running)
            results.push_back(process->wait());
        return results;
    }

private:
    std::vector<std::unique_ptr<Lab>> labs_;
};

void check_row(const Json& row, const std::string& value, const std::string& remedy) {
    INFO(row);
    CHECK(row["status"] == "warning");
    CHECK(row["value"].get<std::string>().find(value) != std::string::npos);
    CHECK(row["remedy"].get<std::string>().find(remedy) != std::string::npos);
}

} // namespace

TEST_CASE("the self-test reports a sensor that does not follow its load, and a failed load", "[doctor]") {
    struct Case {
        std::string fault;
        std::string words;
        std::string remedy = "make the load run";
    };
    const std::vector<Case> cases{{"", "with its memory busy", "its sensor does not follow the load"},
                                  {"refuse", "does not load or does not start"},
                                  {"fail", "stopped the load with an error"},
                                  {"die", "was killed by signal 9"},
                                  {"hang", "hangs in CUDA's driver"}};
    Doctors doctors(cases.size() + 1);
    for (std::size_t i = 0; i < cases.size(); ++i)
        doctors.lab(i).environment = {{"LD_LIBRARY_PATH", FAKE_CUDA_FOLDER},
                                      {"FAKE_CUDA_FAULT", cases[i].fault},
                                      {"FAKE_CUDA_JOURNAL", (doctors.lab(i).root() / "cuda.journal").string()}};
    doctors.lab(cases.size()).environment = {{"LD_PRELOAD", FAULT_SHIM},
                                             {"ASAN_OPTIONS", "verify_asan_link_order=0"},
                                             {"FAULTS", "thread::" + std::to_string(EAGAIN) + ":1"}};
    const std::vector<RunResult> results = doctors.run({"doctor", "--self-test", "--json"});
    for (std::size_t i = 0; i < cases.size(); ++i)
        check_row(row(results[i], "self_test_gpu_0"), cases[i].words, cases[i].remedy);
    check_row(row(results.back(), "self_test_cpu"), "threads could be started", "make the load run");
    CHECK(read_text(doctors.lab(0).root() / "cuda.journal").find("cuMemset\n") != std::string::npos);
}

TEST_CASE("doctor shows the real interval of nvidia-smi", "[doctor]") {
    Doctors doctors(3);
    doctors.lab(1).smi["query_time"] = 0.25;
    doctors.lab(2).smi["die_after"] = 0;
    const std::vector<RunResult> results = doctors.run({"doctor", "--json"});
    const Json usual = row(results[0], "nvidia_smi_pace");
    CHECK(usual["value"].get<std::string>().find("(100 ms requested); the first after ") != std::string::npos);
    const Json slow = row(results[1], "nvidia_smi_pace");
    check_row(slow, "a sample every ", "nvidia-smi -pm 1");
    CHECK(std::stod(slow["value"].get<std::string>().substr(std::string("a sample every ").size())) >= 345);
    check_row(row(results[2], "nvidia_smi_pace"), "it printed nothing", "nvidia-smi --query-gpu");
}

TEST_CASE("doctor names sensors that count nothing", "[doctor]") {
    Doctors doctors(4);
    doctors.lab(0).perf["values"] = {{"power/energy-pkg/", "0.00"}};
    doctors.lab(1).smi["fail"] = "Failed to initialize NVML: Driver/library version mismatch";
    doctors.lab(1).smi["fail_exit"] = 18;
    doctors.lab(1).smi["fail_from_stream"] = 0;
    doctors.lab(2).smi["rest"] = "WARNING: infoROM is corrupted at gpu 0000:01:00.0";
    doctors.lab(2).smi["rest_exit"] = 14;
    doctors.lab(3).environment["MUTATION_NVIDIA_SMI"] = "/nonexistent/smi";
    const std::vector<RunResult> results = doctors.run({"doctor", "--json"});
    check_row(row(results[0], "cpu_energy"), "energy-pkg: the counter did not move", "counters move");
    check_row(row(results[1], "nvidia_smi_pace"), "status 18: Failed to initialize NVML", "nvidia-smi --query-gpu");
    check_row(row(results[2], "nvidia_smi"), "status 14: WARNING: infoROM is corrupted", "nvidia-smi");
    CHECK(row(results[3], "nvidia_smi_named")["status"] == "failure");
    CHECK_THAT(row(results[3], "nvidia_smi_named")["value"].get<std::string>(), Catch::Contains("MUTATION_NVIDIA_SMI"));
}

} // namespace mutation::e2e
