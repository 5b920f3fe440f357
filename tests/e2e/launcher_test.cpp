#include "catch.hpp"

#include "lab.hpp"
#include "root.hpp"

#include <array>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

constexpr int kRefused = 127;
constexpr int kAllSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

/// The hidden mode, called by hand like `sudo mutation __launch ...` by the user `nobody`, with a training that
/// records its user.
class HandCall {
public:
    HandCall() {
        write_text(log(), "");
        REQUIRE(::chown(log().c_str(), kNobody, kNobody) == 0);
        REQUIRE(::pipe2(report_.data(), O_CLOEXEC) == 0);
        REQUIRE(::pipe2(lifeline_.data(), O_CLOEXEC) == 0);
        spec_fd = memory(spec({"0", "18"}));
        environment = {{"PATH", "/usr/bin:/bin"}, {"SUDO_UID", "65534"}, {"ASAN_OPTIONS", "detect_leaks=0"}};
    }
    HandCall(const HandCall&) = delete;
    HandCall& operator=(const HandCall&) = delete;
    ~HandCall() {
        for (const int fd : opened_)
            ::close(fd);
        for (const int fd : {report_[0], report_[1], lifeline_[0], lifeline_[1]})
            ::close(fd);
    }

    int spec_fd = -1;
    std::map<std::string, std::string> environment;

    [[nodiscard]] const fs::path& root() const { return folder_.path(); }
    [[nodiscard]] fs::path log() const { return root() / "training.log"; }
    [[nodiscard]] std::string said() const { return read_text(log()); }

    /// Fields up to the log, then these: whether as root, and the umask.
    [[nodiscard]] std::string spec(const std::vector<std::string>& user) const {
        std::string bytes;
        std::vector<std::string> fields{"mutation-launch-2",  "3", "/bin/sh",     "-c", "id -u; id -G", "1",
                                        "PATH=/usr/bin:/bin", "/", log().string()};
        fields.insert(fields.end(), user.begin(), user.end());
        for (const std::string& field : fields)
            bytes.append(field).push_back('\0');
        return bytes;
    }
    int memory(const std::string& bytes, int seals = kAllSeals) {
        const int fd = keep(::memfd_create("mutation-launch", MFD_CLOEXEC | MFD_ALLOW_SEALING));
        REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
        REQUIRE(::fcntl(fd, F_ADD_SEALS, seals) == 0);
        return fd;
    }
    int keep(int fd) {
        REQUIRE(fd >= 0);
        opened_.push_back(fd);
        return fd;
    }

    /// With the three descriptors, and perhaps others in their place.
    [[nodiscard]] Invocation with_descriptors(const std::string& more_redirections = "") const {
        Invocation call;
        call.argv = {MUTATION_BINARY, "__launch"};
        call.environment = environment;
        const auto ours = [](int fd) { return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd); };
        return behind_shell(call, "exec 4<" + ours(spec_fd) + " 5>>" + ours(report_[1]) + " 6<" + ours(lifeline_[0]) +
                                      more_redirections);
    }

private:
    TemporaryFolder folder_;
    std::vector<int> opened_;
    std::array<int, 2> report_{};
    std::array<int, 2> lifeline_{};
};

} // namespace

TEST_CASE("a launcher called by hand becomes the user of sudo, whatever its arguments", "[privilege]") {
    if (!is_root()) {
        return;
    }
    HandCall call;
    SECTION("nothing of the user") {
        const auto result = run_process(call.with_descriptors());
        INFO(result.all());
        CHECK(result.exit_code == 0);
        CHECK(call.said() == "65534\n65534\n");
    }
    SECTION("numbers of a user and its groups, root's and others'") {
        for (const std::string uid : {"0", "1"}) {
            call.spec_fd = call.memory(call.spec({"1", uid, uid, "1", uid}));
            CHECK(run_process(call.with_descriptors()).exit_code == kRefused);
        }
        CHECK(call.said().empty());
    }
    SECTION("a SUDO_UID that is nobody's") {
        call.environment["SUDO_UID"] = "-1";
        CHECK(run_process(call.with_descriptors()).exit_code == kRefused);
        CHECK(call.said().empty());
    }
    SECTION("root, whom nobody called by sudo, stays root") {
        call.environment.erase("SUDO_UID");
        CHECK(run_process(call.with_descriptors()).exit_code == 0);
        CHECK(call.said() == "0\n0\n");
    }
}

TEST_CASE("a launcher called by hand stays root only if --as-root is allowed", "[privilege]") {
    if (!is_root() || !can_unshare()) {
        return;
    }
    HandCall call;
    const fs::path etc = call.root() / "etc";
    write_text(etc / "passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n");
    call.spec_fd = call.memory(call.spec({"1", "18"}));
    SECTION("forbidden") {
        write_text(etc / "mutation/no-as-root", "");
        CHECK(run_process(with_etc(call.with_descriptors(), etc)).exit_code == kRefused);
        CHECK(call.said().empty());
    }
    SECTION("allowed") {
        CHECK(run_process(with_etc(call.with_descriptors(), etc)).exit_code == 0);
        CHECK(call.said() == "0\n0\n");
    }
}

TEST_CASE("a launcher accepts no other file at the inherited descriptor numbers", "[privilege]") {
    if (!is_root()) {
        return;
    }
    HandCall call;
    const fs::path file = call.root() / "secret";
    write_text(file, call.spec({"0", "18"}));
    const std::string number = GENERATE("4", "5", "6");
    const auto result = run_process(call.with_descriptors(" " + number + "<>" + file.string()));
    INFO(result.all());
    CHECK(result.exit_code == kRefused);
    CHECK_THAT(result.err, Contains("descriptor " + number + " is not from it"));
    CHECK(call.said().empty());
    CHECK(read_text(file) == call.spec({"0", "18"}));
}

TEST_CASE("a launcher refuses a call without descriptors", "[privilege]") {
    Invocation call;
    call.argv = {MUTATION_BINARY, "__launch"};
    const auto result = run_process(call);
    CHECK(result.exit_code == kRefused);
    CHECK_THAT(result.err, Contains("only by mutation itself"));
}

} // namespace mutation::e2e
