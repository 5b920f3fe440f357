#include "mutation/config/problem.hpp"

#include "mutation/core/error.hpp"

#include <iterator>
#include <utility>

namespace mutation::config {

namespace {

void move_behind(std::vector<Problem>& all, std::vector<Problem>& more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

} // namespace

void Problems::append(Problems other) {
    move_behind(errors, other.errors);
    move_behind(warnings, other.warnings);
    move_behind(remarks, other.remarks);
}

void Problems::add_faults(const std::vector<JsonFault>& faults, const std::filesystem::path& file) {
    for (const JsonFault& fault : faults) {
        errors.push_back({file.string(), fault.path, "", fault.message, ""});
    }
}

JsonSource::Report Problems::collector(const std::filesystem::path& file) {
    return [this, name = file.string()](JsonNote note) {
        std::vector<Problem>& list = note.severity == JsonSeverity::error     ? errors
                                     : note.severity == JsonSeverity::warning ? warnings
                                                                              : remarks;
        list.push_back(
            {name, std::move(note.path), std::move(note.value), std::move(note.message), std::move(note.remedy)});
    };
}

std::string format_problem(const Problem& problem) {
    std::string line = problem.file;
    for (const std::string* part : {&problem.path, &problem.value, &problem.message}) {
        if (!part->empty()) {
            line += (line.empty() ? "" : ": ") + *part;
        }
    }
    return problem.remedy.empty() ? line : line + "; " + problem.remedy;
}

void throw_if_errors(const Problems& problems) {
    if (problems.ok()) {
        return;
    }
    std::string lines;
    for (const Problem& problem : problems.errors) {
        lines += (lines.empty() ? "" : "\n") + format_problem(problem);
    }
    throw Error(ErrorKind::usage, lines);
}

} // namespace mutation::config
