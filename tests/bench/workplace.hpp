#pragma once

#include "support/temporary_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mutation::bench {

/// A temporary folder with the settings of a training that does nothing; removed at the end.
class Workplace {
public:
    /// `tool`: the binary to be measured.
    explicit Workplace(std::filesystem::path tool);

    [[nodiscard]] const std::filesystem::path& tool() const { return tool_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

    /// The command of a session of that many trainings, without cooldown or baseline.
    [[nodiscard]] std::vector<std::string> session_command(int runs) const;

    /// A session's folder with that many copies of one record of the program. Error(machine) if there is none.
    [[nodiscard]] std::filesystem::path make_session(int records) const;

private:
    std::filesystem::path tool_;
    test::TemporaryFolder folder_;
};

} // namespace mutation::bench
