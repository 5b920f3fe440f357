#include "catch.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/abandoned_trainings.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"
#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace mutation;
using test::eventually;

namespace {

/// A program that ignores TERM from its first moment and has this mark.
class Marked {
public:
    explicit Marked(const std::string& mark, const std::string& script = "exec /bin/sleep 300") {
        const std::string variable = std::string(run::kOwnerVariable) + "=" + mark;
        pid_ = ::fork();
        if (pid_ == 0) {
            ::signal(SIGTERM, SIG_IGN);
            ::execle("/bin/sh", "sh", "-c", script.c_str(), nullptr,
                     std::vector<const char*>{variable.c_str(), nullptr}.data());
            ::_exit(127);
        }
        const std::string environment = "/proc/" + std::to_string(pid_) + "/environ";
        REQUIRE(eventually([&] { return system::read_file(environment).find(variable) != std::string::npos; }, 20));
    }
    Marked(const Marked&) = delete;
    Marked& operator=(const Marked&) = delete;
    ~Marked() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }

    bool is_killed() {
        int status = 0;
        if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
            pid_ = -1;
            return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        }
        return false;
    }

private:
    pid_t pid_ = -1;
};

/// Our own mark with other words in place of these parts.
std::string mark_with(std::size_t part, const std::string& word) {
    std::string mark;
    const std::string own = run::owner_mark();
    const std::vector<std::string_view> parts = split(own, ':');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        mark += (i == 0 ? "" : ":") + (i == part ? word : std::string(parts[i]));
    }
    return mark;
}

constexpr std::size_t kBoot = 0;
constexpr std::size_t kNamespace = 1;
constexpr std::size_t kStart = 3;

} // namespace

TEST_CASE("an owner's mark has boot, namespace and process") {
    const std::string mark = run::owner_mark();
    INFO(mark);
    const std::vector<std::string_view> parts = split(mark, ':');
    REQUIRE(parts.size() == 4);
    CHECK(parts[2] == std::to_string(::getpid()));
    CHECK(parts[3] == system::start_time_of(::getpid()));
}

TEST_CASE("processes with the mark of a dead owner are ended, even if they ignore signals") {
    Marked orphan(mark_with(kStart, "1")); // our number, but of a process before us
    run::end_abandoned_trainings(Seconds(0.2));
    CHECK(eventually([&] { return orphan.is_killed(); }, 20));
}

TEST_CASE("children of a marked process are ended with it") {
    const test::TemporaryFolder folder;
    const std::string file = (folder.path() / "pid").string();
    Marked orphan(mark_with(kStart, "1"),
                  "env -i /bin/sleep 300 & echo $! >" + file + ".new; mv " + file + ".new " + file + "; wait");
    REQUIRE(eventually([&] { return std::filesystem::exists(file); }, 20));
    const auto child = static_cast<pid_t>(parse_integer(trim(system::read_file(file))).value_or(0));
    REQUIRE(child > 0);
    const std::string start = system::start_time_of(child);
    REQUIRE(eventually([&] { return system::name_of(child) == "sleep"; }, 20)); // has let go of the environment
    run::end_abandoned_trainings(Seconds(0.2));
    CHECK(eventually([&] { return orphan.is_killed(); }, 20));
    CHECK(eventually([&] { return system::is_gone(child, start); }, 20));
}

TEST_CASE("processes of a living owner, of another machine or without a mark are kept") {
    std::vector<std::unique_ptr<Marked>> others;
    for (const std::string& mark :
         {run::owner_mark(), mark_with(kBoot, "00000000-0000-0000-0000-000000000000"), mark_with(kNamespace, "1"),
          mark_with(kStart, "no number"), std::string("me"), std::string()}) {
        others.push_back(std::make_unique<Marked>(mark));
    }
    run::end_abandoned_trainings(Seconds(0.2));
    for (const auto& other : others) {
        CHECK_FALSE(other->is_killed());
    }
}
