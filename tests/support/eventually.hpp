#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace mutation::test {

/// Polls until `condition` holds; false if it does not within `seconds`.
inline bool eventually(const std::function<bool()>& condition, double seconds = 10) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

} // namespace mutation::test
