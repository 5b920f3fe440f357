#include "catch.hpp"

#include "lab.hpp"

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

void make_executable(const fs::path& script, const std::string& text) {
    write_text(script, text);
    fs::permissions(script, static_cast<fs::perms>(0755));
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

TEST_CASE("the doctor tells of each repository what is missing, and the command that mends it", "[doctor]") {
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
        make_executable(lab.root() / "scripts/setup-repository.sh", "#!/bin/sh\n");
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
        make_executable(lab.root() / "work/toy/check.sh",
                        "#!/bin/sh\n[ \"$1\" = --check ] || exit 9\n[ -e \"$TOY_DATA\" ] && exit 0\n"
                        "echo looking >&2\necho 'toy lacks data: put it there' >&2\nexit 3\n");
        lab.repositories["toy"]["train_script"] = "check.sh";
        lab.repositories["toy"]["check_arguments"] = {"--check"};
        lab.repositories["toy"]["environment"] = {{"TOY_DATA", "data"}}; // as a training would have it
        const Json missing = row(lab.run({"doctor", "--json"}), "repository_toy");
        CHECK(missing["status"] == "warning");
        CHECK(missing["value"] == "toy lacks data: put it there");
        write_text(lab.root() / "work/toy/data", "");
        CHECK(row(lab.run({"doctor", "--json"}), "repository_toy")["status"] == "ok");
    }
}

TEST_CASE("the self-test loads the GPU too, and says so of a sensor that does not follow", "[doctor]") {
    Lab lab;
    lab.environment = {{"LD_LIBRARY_PATH", FAKE_CUDA_FOLDER},
                       {"FAKE_CUDA_JOURNAL", (lab.root() / "cuda.journal").string()}};
    const RunResult result = lab.run({"doctor", "--self-test", "--json"});
    INFO(result.all());
    const Json found = row(result, "self_test_gpu_0");
    CHECK(found["value"].get<std::string>().find("with its memory busy") != std::string::npos);
    CHECK(found["status"] == "warning");
    CHECK(read_text(lab.root() / "cuda.journal").find("cuMemset\n") != std::string::npos);
}

} // namespace mutation::e2e
