#pragma once

#include "mutation/core/json.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::cli {

enum class Verb { run, list, doctor, validate, resume, stop, summarize, report, show_help, show_version };

/// The command line, checked.
struct Options {
    Verb verb = Verb::run;
    std::string program; ///< the name that this program was called by
    std::string repository;
    std::string model;
    std::vector<std::string> mutate;
    std::optional<int> runs;
    std::string experiment_config;
    std::string registry_file; ///< `--config`
    std::string settings;
    std::filesystem::path results = "results";
    Json overrides = Json::object();        ///< of settings of the config, by their keys: what they take there
    std::filesystem::path output;           ///< `-o` of `report`; "": into the session
    std::optional<double> carbon_intensity; ///< g CO2e per kWh
    std::optional<double> price;            ///< per kWh
    std::string currency;
    std::optional<double> pue;
    bool without_flagged = false;
    bool no_report = false;
    bool list = false;
    bool as_root = false;
    bool dry_run = false;
    bool json = false;
    bool self_test = false;
    bool verbose = false;
    bool quiet = false;
    bool retry_failed = false;
    bool force = false;
    bool after_run = false;
    bool version = false;
    bool help = false;
    std::vector<std::string> files;    ///< of `validate`
    std::string session;               ///< of `resume`, `stop` and `summarize`
    std::vector<std::string> sessions; ///< of `report`
    std::string help_topic;            ///< of `help`: a command, or "" for all of them
};

/// Reads the command line as v3.0's argparse did: `-mt`, `-mr`, `-ec`, `-x=v`, `-x v`, `-xv`, unique prefixes of long
/// names; if an option is repeated, the last one wins; numbers are decimal. An option that has no effect with the
/// command is an error. Error(usage) with all that is wrong, a line each.
[[nodiscard]] Options parse_options(const std::vector<std::string>& arguments);

/// The help text, of all or of one command.
[[nodiscard]] std::string help_text(const std::string& topic = "");

} // namespace mutation::cli
