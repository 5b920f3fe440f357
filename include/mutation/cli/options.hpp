#pragma once

#include "mutation/core/json.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::cli {

/// The command line, checked.
struct Options {
    std::string verb = "run"; ///< the command's name
    std::string program;      ///< the name that this program was called by
    std::string repository;
    std::string model;
    std::vector<std::string> mutate;
    std::optional<int> runs;
    std::string experiment_config;
    std::string registry_file; ///< `--config`
    std::string settings;
    std::filesystem::path results = "results";
    Json overrides = Json::object(); ///< of settings of the config, by their keys: what they take there
    std::filesystem::path output;    ///< `-o`: where files are written; "": none was named
    bool no_report = false;
    bool list = false;
    bool as_root = false;
    bool dry_run = false;
    bool json = false;
    bool verbose = false;
    bool quiet = false;
    bool retry_failed = false;
    bool force = false;
    bool version = false;
    bool help = false;
    std::vector<std::string> operands;      ///< the words after the command
    std::string session;                    ///< the first of them
    std::string help_topic;                 ///< of `help`: a command, or "" for all of them
    std::map<std::string, std::string> own; ///< of options that only this command has, by long name; of a flag: ""
};

/// Reads the command line as v3.0's argparse did: `-mt`, `-mr`, `-ec`, `-x=v`, `-x v`, `-xv`, unique prefixes of long
/// names; if an option is repeated, the last one wins; numbers are decimal. An option that has no effect with the
/// command is an error. Error(usage) with all that is wrong, a line each.
[[nodiscard]] Options parse_options(const std::vector<std::string>& arguments);

/// The help text, of all or of one command.
[[nodiscard]] std::string help_text(const std::string& topic = "");

} // namespace mutation::cli
