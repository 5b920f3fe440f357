// Runs a program as a container runtime does whose seccomp profile does not know newer calls:
//   without_pidfd ERRNO PROGRAM [ARGUMENT ...]
// pidfd_open, pidfd_send_signal and waitid(P_PIDFD) fail with that errno, clone3 with ENOSYS (with another one glibc
// starts no process at all), for all its children too.
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr unsigned kWaitForPidfd = 3; // P_PIDFD

sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset));
}

/// Goes `distance` instructions further if the value is that one.
sock_filter jump_if(unsigned value, unsigned char distance) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, distance, 0);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: without_pidfd ERRNO PROGRAM [ARGUMENT ...]\n");
        return 2;
    }
    const auto reason = static_cast<unsigned>(std::atoi(argv[1]));
    const sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (reason & SECCOMP_RET_DATA));
    const sock_filter unknown = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    std::array<sock_filter, 11> program{{load(offsetof(seccomp_data, nr)), jump_if(SYS_pidfd_open, 7),
                                         jump_if(SYS_pidfd_send_signal, 6), jump_if(SYS_clone3, 6),
                                         jump_if(SYS_waitid, 1), allow,
                                         load(offsetof(seccomp_data, args)), // which kind of number waitid is given
                                         jump_if(kWaitForPidfd, 1), allow, refuse, unknown}};
    sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) != 0) {
        std::perror("without_pidfd: seccomp");
        return 77;
    }
    ::execvp(argv[2], argv + 2);
    std::perror("without_pidfd");
    return 127;
}
