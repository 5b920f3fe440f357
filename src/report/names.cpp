#include "names.hpp"

namespace mutation::report {

std::string_view stage_name(Stage stage) {
    switch (stage) {
    case Stage::planned:
        return "planned";
    case Stage::run:
        return "run";
    case Stage::succeeded:
        return "succeeded";
    case Stage::metrics:
        return "metrics";
    case Stage::energy:
        return "energy";
    case Stage::unflagged:
        return "unflagged";
    case Stage::analysed:
        break;
    }
    return "analysed";
}

std::string_view flag_source_name(FlagSource source) {
    switch (source) {
    case FlagSource::record:
        return "record";
    case FlagSource::utilisation:
        return "utilisation";
    case FlagSource::residual:
        break;
    }
    return "residual";
}

std::string_view coding_name(Coding coding) {
    switch (coding) {
    case Coding::log:
        return "log";
    case Coding::linear:
        return "linear";
    case Coding::zero:
        return "zero";
    case Coding::choice:
        return "choice";
    case Coding::constant:
        break;
    }
    return "constant";
}

std::string_view term_name(Term term) {
    switch (term) {
    case Term::log:
        return "log";
    case Term::linear:
        return "linear";
    case Term::zero:
        return "zero";
    case Term::choice:
        break;
    }
    return "choice";
}

std::string_view ratio_of_name(RatioOf ratio_of) {
    switch (ratio_of) {
    case RatioOf::doubling:
        return "doubling";
    case RatioOf::p10_to_p90:
        return "p10_to_p90";
    case RatioOf::zero_to_typical:
        return "zero_to_typical";
    case RatioOf::level_to_default:
        break;
    }
    return "level_to_default";
}

std::string_view energy_part_name(EnergyPart part) {
    return part == EnergyPart::cpu ? "cpu" : "gpu";
}

} // namespace mutation::report
