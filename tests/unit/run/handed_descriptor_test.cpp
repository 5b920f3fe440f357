#include "catch.hpp"

#include "../src/run/handed_descriptor.hpp"
#include "mutation/core/error.hpp"
#include "mutation/system/pipe.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mutation;

namespace {

/// A descriptor as a launcher takes it that inherits `fd` under the number for `which`. What had that number before is
/// put back.
system::UniqueFd take(run::Handed which, int fd) {
    const int number = static_cast<int>(which);
    const system::UniqueFd before(::fcntl(number, F_DUPFD_CLOEXEC, 100));
    REQUIRE(::dup2(fd, number) == number);
    struct PutBack {
        ~PutBack() { before >= 0 ? ::dup2(before, number) : ::close(number); }
        int before;
        int number;
    } put_back{before.get(), number};
    return run::take_handed_descriptor(which);
}

/// Out of the way of the numbers under which a launcher inherits.
system::UniqueFd high(int fd) {
    const system::UniqueFd low(fd);
    system::UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 100));
    REQUIRE(copy.is_open());
    return copy;
}

system::UniqueFd memory(int seals) {
    system::UniqueFd fd = high(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    REQUIRE(::ftruncate(fd.get(), 10) == 0);
    REQUIRE(::fcntl(fd.get(), F_ADD_SEALS, seals) == 0);
    return fd;
}

} // namespace

TEST_CASE("a launcher takes the descriptors that its tool passed") {
    system::Pipe pipe = system::make_pipe();
    const system::UniqueFd read = high(pipe.read.release());
    const system::UniqueFd write = high(pipe.write.release());
    CHECK(take(run::Handed::lifeline, read.get()).is_open());
    const system::UniqueFd report = take(run::Handed::report, write.get());
    CHECK(::write(report.get(), "x", 1) == 1);
    CHECK(take(run::Handed::spec, memory(run::kSpecSeals).get()).is_open());
}

TEST_CASE("a launcher refuses a descriptor that its tool did not pass") {
    const test::TemporaryFolder folder;
    REQUIRE(::mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
    system::Pipe ends = system::make_pipe();
    const system::UniqueFd pipe = high(ends.read.release());
    const system::UniqueFd file = high(::open((folder.path() / "file").c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
    const system::UniqueFd fifo = high(::open((folder.path() / "fifo").c_str(), O_RDWR | O_CLOEXEC));
    const system::UniqueFd device = high(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const system::UniqueFd sealed = memory(run::kSpecSeals);
    for (const run::Handed which : {run::Handed::report, run::Handed::lifeline}) {
        for (const system::UniqueFd* fd : {&file, &fifo, &device, &sealed}) {
            CHECK_THROWS_AS(take(which, fd->get()), Error);
        }
    }
    const int all = run::kSpecSeals;
    const std::array<system::UniqueFd, 4> open_memory{memory(0), memory(all & ~F_SEAL_WRITE),
                                                      memory(all & ~F_SEAL_SHRINK), memory(all & ~F_SEAL_GROW)};
    for (const system::UniqueFd* fd :
         {&file, &fifo, &device, &pipe, &open_memory[0], &open_memory[1], &open_memory[2], &open_memory[3]}) {
        CHECK_THROWS_AS(take(run::Handed::spec, fd->get()), Error);
    }
}
