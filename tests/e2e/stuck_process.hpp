#pragma once

#include "process.hpp"

#include <sys/types.h>

namespace mutation::e2e {

/// Makes a running process behave like one that hangs in a driver (state D): after a kill it neither ends nor can be
/// reaped, until this goes out of scope.
class StuckProcess {
public:
    explicit StuckProcess(pid_t process);
    StuckProcess(const StuckProcess&) = delete;
    StuckProcess& operator=(const StuckProcess&) = delete;
    ~StuckProcess();

    /// False if this process may not trace others.
    [[nodiscard]] bool is_held() const { return is_held_; }
    /// Whether it was killed and is held since.
    [[nodiscard]] bool is_stuck() const;

private:
    pid_t process_;
    bool is_held_;
};

} // namespace mutation::e2e
