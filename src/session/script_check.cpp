#include "script_check.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <string_view>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

namespace mutation::session {

namespace {

namespace fs = std::filesystem;

/// The kernel reads no more of a script.
constexpr std::size_t kHeadBytes = 256;

bool is_program(const fs::path& file) {
    std::error_code status;
    return fs::is_regular_file(file, status) && ::access(file.c_str(), X_OK) == 0;
}

std::optional<std::string> find_rights_error(const fs::path& script) {
    if (::access(script.c_str(), X_OK) == 0) {
        return std::nullopt;
    }
    struct stat facts {};
    struct statvfs place {};
    if (::stat(script.c_str(), &facts) == 0 && (facts.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
        return fmt::format("has no permission to run (no x bit); run: chmod +x {}", script.string());
    }
    if (::statvfs(script.c_str(), &place) == 0 && (place.f_flag & ST_NOEXEC) != 0) {
        return "is on a file system that is mounted with noexec; move it, or mount that without noexec";
    }
    return fmt::format("cannot be run by this user; check the permissions of the file and its folders: ls -ld {} {}",
                       script.string(), script.parent_path().string());
}

std::string read_head(const fs::path& script) {
    std::string head(kHeadBytes, '\0');
    std::ifstream file(script, std::ios::binary);
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    return head;
}

/// The error of a file without `#!`; none for a compiled program.
std::optional<std::string> find_format_error(std::string_view head) {
    if (head.empty()) {
        return "is empty";
    }
    if (head.starts_with("\xEF\xBB\xBF#!")) {
        return "begins with a byte order mark (U+FEFF), so its first line names no interpreter; save it without one";
    }
    if (head.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    return "does not begin with `#!` and an interpreter; add a first line such as #!/bin/bash";
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    while (!(text = trim(text)).empty()) {
        words.push_back(text.substr(0, text.find_first_of(" \t")));
        text.remove_prefix(words.back().size());
    }
    return words;
}

/// The program that `env -S` starts; nullopt if the arguments are more than we can read.
std::optional<std::string> find_split_program(std::string_view arguments) {
    for (const std::string_view word : split_words(arguments)) {
        if (word.starts_with('-') || word.find_first_of("\"'\\$") != std::string_view::npos) {
            return std::nullopt;
        }
        if (word.find('=') == std::string_view::npos) {
            return std::string(word);
        }
    }
    return std::nullopt;
}

bool is_on_path(const std::string& program, const fs::path& directory, const std::string& search_path) {
    if (program.find('/') != std::string::npos) {
        return is_program(directory / program);
    }
    const std::vector<std::string_view> folders = split(search_path, ':');
    return std::any_of(folders.begin(), folders.end(),
                       [&](std::string_view folder) { return is_program(directory / folder / program); });
}

/// `env` gets the rest of its line as one argument.
std::optional<std::string> find_env_error(std::string_view argument, const fs::path& directory,
                                          const std::string& search_path) {
    std::optional<std::string> program;
    for (const std::string_view option : {"-S", "--split-string="}) {
        if (argument.starts_with(option)) {
            program = find_split_program(argument.substr(option.size()));
        }
    }
    if (!argument.starts_with('-') && argument.find('=') == std::string_view::npos) {
        program = argument;
    }
    if (!program || is_on_path(*program, directory, search_path)) {
        return std::nullopt;
    }
    if (program->find_first_of(" \t") != std::string::npos) {
        return fmt::format("asks env for a program called \"{}\"; with arguments write: #!/usr/bin/env -S {}", *program,
                           *program);
    }
    return fmt::format("needs {}, which is not on the training's PATH ({}); install it, set `python` in the registry, "
                       "or correct the script's first line",
                       *program, search_path);
}

std::optional<std::string> find_interpreter_error(std::string_view line, const fs::path& script,
                                                  const fs::path& directory, const std::string& search_path) {
    if (line.ends_with('\r')) {
        return fmt::format("has Windows line ends (CR LF), so its first line names an interpreter that does not exist; "
                           "run: sed -i 's/\\r$//' {}",
                           script.string());
    }
    line = trim(line);
    const std::string interpreter(line.substr(0, line.find_first_of(" \t")));
    if (interpreter.empty()) {
        return "names no interpreter in its first line (#!); write for example #!/bin/bash";
    }
    const fs::path program = directory / interpreter; // an absolute path stays absolute
    std::error_code status;
    if (!fs::exists(program, status)) {
        return fmt::format(
            "names the interpreter {} in its first line, which does not exist; install it or correct the "
            "line",
            interpreter);
    }
    if (!is_program(program)) {
        return fmt::format(
            "names {} in its first line, which is not a program that this user can run; correct the line", interpreter);
    }
    const bool is_env = fs::path(interpreter).filename() == "env";
    return is_env ? find_env_error(trim(line.substr(interpreter.size())), directory, search_path) : std::nullopt;
}

} // namespace

std::optional<std::string> find_script_error(const fs::path& script, const fs::path& directory,
                                             const std::string& search_path) {
    if (std::optional<std::string> error = find_rights_error(script)) {
        return error;
    }
    if (::access(script.c_str(), R_OK) != 0) {
        return std::nullopt; // a compiled program need not be readable; for a script the system reports it
    }
    const std::string head = read_head(script);
    if (!head.starts_with("#!")) {
        return find_format_error(head);
    }
    const std::string_view line = split(head, '\n').front();
    if (line.size() == kHeadBytes) {
        return fmt::format("has a first line (#!) of more than {} bytes, which the system cuts; use a shorter path, or "
                           "#!/usr/bin/env",
                           kHeadBytes);
    }
    return find_interpreter_error(line.substr(2), script, directory, search_path);
}

} // namespace mutation::session
