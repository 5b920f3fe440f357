#pragma once

#include "mutation/core/json_cursor.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mutation::config {

/// One thing that is wrong, or doubtful, in a settings file: all that a user needs to fix it.
struct Problem {
    std::string file;
    std::string path;    ///< JSON path, `$.experiments[2].mutate[0]`; "" for the file as a whole
    std::string value;   ///< what is there, as JSON, shortened
    std::string message; ///< what is wrong
    std::string remedy;  ///< what would be right, the nearest known name included
};

/// What a loader found besides the values. Errors mean that nothing may run.
struct Problems {
    std::vector<Problem> errors;
    std::vector<Problem> warnings;
    std::vector<Problem> remarks; ///< doubtful, but often intended: only `validate` prints them

    [[nodiscard]] bool ok() const { return errors.empty(); }
    void append(Problems other);
    /// Adds what is wrong with a text that is not JSON.
    void add_faults(const std::vector<JsonFault>& faults, const std::filesystem::path& file);
    /// Takes the notes of a reader of that file. These problems must outlive it.
    [[nodiscard]] JsonSource::Report collector(const std::filesystem::path& file);
};

/// `settings/repos/x.json: $.models[0]: 17: a model's name is text; write "17"`.
[[nodiscard]] std::string format_problem(const Problem& problem);

/// Throws Error(usage) with every error on a line of its own, if there are any.
void throw_if_errors(const Problems& problems);

} // namespace mutation::config
