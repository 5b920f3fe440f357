#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace mutation::run {

/// A process's environment, by name.
using Variables = std::map<std::string, std::string>;

/// Sets the variables as if the environment of `python` (the registry's: an interpreter, or the folder of a virtual or
/// conda environment; relative to `base`) had been activated: PATH, MUTATION_PYTHON, VIRTUAL_ENV or CONDA_PREFIX.
/// Another environment that is active leaves nothing: not its variables, nor its folders in PATH, LD_LIBRARY_PATH and
/// PYTHONPATH, nor PYTHONHOME. A bare name such as `python3` is looked up on PATH, and changes nothing else.
void choose_python(Variables& variables, const std::filesystem::path& base, const std::string& python);

} // namespace mutation::run
