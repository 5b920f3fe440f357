#pragma once

#include "mutation/core/units.hpp"
#include "mutation/sensors/other_output.hpp"
#include "mutation/system/process.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace mutation::sensors {

/// When a block of lines was read, and how far the wall clock was ahead of the monotonic one right after.
struct SmiReading {
    MonotonicTime arrival;
    Seconds wall_lead;
};

/// Takes the lines of an SmiStream.
class SmiReader {
public:
    virtual ~SmiReader() = default;
    enum class Line {
        sample,
        ignored, ///< a row that is not used
        other,   ///< not a row: a warning, an error message
    };
    virtual Line take_line(std::string_view line, const SmiReading& reading) = 0;
};

/// What a long-lived nvidia-smi reports.
struct SmiQuery {
    std::filesystem::path nvidia_smi;
    std::vector<std::string> fields;
    Seconds interval{0.1};
    std::size_t gpus = 1; ///< lines that it prints each time
};

/// One long-lived nvidia-smi. If it dies or prints nothing it is started again. Passive: part of the program's one
/// loop, which reads its pipe about once a second.
class SmiStream {
public:
    SmiStream(SmiQuery query, SmiReader& reader) : query_(std::move(query)), reader_(reader) {}
    SmiStream(const SmiStream&) = delete;
    SmiStream& operator=(const SmiStream&) = delete;
    ~SmiStream() { stop(); }

    /// Ends an nvidia-smi that runs, forgets its errors, and starts another.
    void restart();
    /// Forgets the errors so far.
    void forget_errors();
    void stop();
    /// Reads the lines that have arrived, and the errors of nvidia-smi.
    void drain();
    void read_messages();

    void add_poll_fds(std::vector<pollfd>& fds) const;
    void on_poll();
    /// Serves the pipe until `is_met`, at most that long, until `stop_fd` is readable, or until nvidia-smi is given up.
    bool serve_until(Seconds limit, int stop_fd, const std::function<bool()>& is_met);

    [[nodiscard]] bool is_running() const { return child_.is_running(); }
    [[nodiscard]] pid_t pid() const { return child_.is_running() ? child_.pid() : -1; }
    /// Three starts in a row gave no sample.
    [[nodiscard]] bool is_hopeless() const;
    /// What went wrong: restarts, and what nvidia-smi printed that is no sample; nullopt if nothing did.
    [[nodiscard]] std::optional<std::string> remark() const;

private:
    void launch();
    void look_after_child();
    void schedule_restart(const std::string& why);
    /// Kills nvidia-smi. If it does not end, no other is started before it has.
    void end_child();
    [[nodiscard]] bool is_hung() const;
    void take_block(std::string_view text, const SmiReading& reading);
    void take_line(std::string_view line, const SmiReading& reading);
    /// Whether lines are to be read as they come.
    [[nodiscard]] bool is_attentive() const;
    /// Whether it prints far more than requested: reading all of it would take too much time.
    [[nodiscard]] bool is_flooding() const;

    SmiQuery query_;
    SmiReader& reader_;
    system::Child child_;
    system::UniqueFd pipe_;
    system::UniqueFd messages_; ///< its stderr
    std::size_t forgotten_messages_ = 0;
    std::string partial_line_;
    MonotonicTime drained_{};
    MonotonicTime heard_{}; ///< when the last sample arrived, or nvidia-smi was started
    std::optional<MonotonicTime> restart_at_;
    MonotonicTime launched_{};
    std::uint64_t lines_ = 0; ///< since then
    int restarts_ = 0;
    int failures_ = 0;        ///< in a row
    int silent_failures_ = 0; ///< in a row, without a sample
    pid_t hung_ = -1;         ///< an nvidia-smi that was killed and did not end
    std::string last_error_;
    OtherOutput other_; ///< what it printed beside its samples since it was started last
    bool is_waiting_ = false;
    bool has_spoken_ = false;      ///< since it was started last
    bool is_error_quoted_ = false; ///< whether `last_error_` quotes `other_`
};

} // namespace mutation::sensors
