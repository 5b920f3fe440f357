#!/usr/bin/env bash
# Installs what the tests need, builds, runs every test and check. The last line counts: `N passed, N failed`.
#   --quick   for each commit: one build, the unit tests, the quick end-to-end tests, the scripts and the format
# MUTATION_KILL_ROUNDS=N kills a session N times (20).
# MUTATION_FUZZ_SECONDS=N also runs each fuzzer for N seconds. MUTATION_TSAN=1 adds a build with ThreadSanitizer.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=scripts/lib/common.sh
source "$here/lib/common.sh"
# shellcheck source=scripts/lib/python.sh
source "$here/lib/python.sh"
# shellcheck source=scripts/lib/packages.sh
source "$here/lib/packages.sh"
# shellcheck source=scripts/lib/report_page.sh
source "$here/lib/report_page.sh"

# One version judges format and style everywhere: another one has other opinions.
readonly CLANG_VERSION=14
readonly ENVIRONMENT=$ROOT/scripts/adapters/digits/.venv
readonly TEST_PACKAGES=(catch2 git python3 shellcheck)
# Those of the first list exist where version 14 does; the runtime is what -fsanitize links.
readonly CLANG_PACKAGES=("clang-$CLANG_VERSION" "clang-tidy-$CLANG_VERSION" "clang-format-$CLANG_VERSION"
    "libclang-rt-$CLANG_VERSION-dev")

passed=0
failed=0
skipped=()
test_options=()
good=0
bad=0
companion=""

# check NAME COMMAND...: a step that counts as one test. Returns whether it passed.
check() {
    if step "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        return 1
    fi
}

skip() {
    say "  skipped $1: $2"
    skipped+=("$1")
}

# counted KIND NAME COMMAND...: a step that runs many tests and counts with all of them.
counted() {
    local kind=$1 name=$2
    count_tests "$@" || true
    say "          $name: $good passed, $bad failed"
    passed=$((passed + good))
    failed=$((failed + bad))
}

# count_tests KIND NAME COMMAND...: runs the step and leaves its tests in `good` and `bad`. Returns whether all passed.
count_tests() {
    local kind=$1 name=$2 status=0
    shift
    step "$@" || status=$?
    read -r good bad < <(python3 "$ROOT/scripts/lib/count_tests.py" "$kind" "$LOGS/$name.log")
    if ((status != 0 && bad == 0)) || ((good + bad == 0)); then
        bad=$((bad + 1))
    fi
    ((bad == 0))
}

# run_ctest NAME FOLDER: most tests wait most of their time for what they started: three a core. A starved machine may spoil
# the tests of figures: if they alone failed, they run once more with nothing beside them, and are named if they pass then.
run_ctest() {
    local name=$1 together
    local -a command=(ctest --test-dir "$2" --output-on-failure --no-tests=error --timeout 900)
    if ! count_tests ctest "tests-$name" "${command[@]}" -j "$((3 * $(nproc)))" "${test_options[@]}" &&
        only_figures_failed "$2"; then
        join_companion
        together=$((good + bad))
        if count_tests ctest "tests-$name-again" "${command[@]}" --rerun-failed; then
            say "          UNSTEADY: these passed only with nothing beside them:"
            sed -n 's/^ *[0-9]*\/[0-9]* Test *#[0-9]*: \(.*[^ .]\) \.* .*/            \1/p' "$LOGS/tests-$name-again.log"
        fi
        good=$((together - bad))
    fi
    say "          tests-$name: $good passed, $bad failed"
    passed=$((passed + good))
    failed=$((failed + bad))
}

# only_figures_failed FOLDER: whether all tests that failed there are those that a starved machine may spoil.
only_figures_failed() {
    local others failures=$1/Testing/Temporary/LastTestsFailed.log
    [[ -s $failures ]] || return
    others=$(cut -d : -f 2- "$failures" |
        grep -vxFf <(ctest --test-dir "$1" -N -L '^e2e_(truth|figures)$' | sed -n 's/^ *Test *#[0-9]*: //p')) || true
    [[ -z $others ]]
}

# beside PRIORITY COMMAND...: runs the command in the background; join_companion waits for it and counts its steps.
# PRIORITY idle: on CPU time that nothing else wants. PRIORITY low: for what has time limits of its own.
beside() {
    local priority=$1
    shift
    rm -f "$LOGS/companion.count"
    set -m # a process group of its own, for the trap
    # shellcheck disable=SC2030,SC2031  # that is what the file is for
    (
        passed=0
        failed=0
        if [[ $priority != idle ]] || ! chrt --idle --pid 0 "$BASHPID" 2>/dev/null; then
            renice -n 10 -p "$BASHPID" >/dev/null || true
        fi
        "$@"
        printf '%s %s\n' "$passed" "$failed" >"$LOGS/companion.count"
    ) &
    companion=$!
    set +m
}

# join_companion: waits for what runs beside, if anything does, and adds its counts. Without counts it has failed.
join_companion() {
    local its_passed=0 its_failed=1
    [[ -n $companion ]] || return 0
    wait "$companion" || true
    companion=""
    [[ ! -f $LOGS/companion.count ]] || read -r its_passed its_failed <"$LOGS/companion.count"
    # shellcheck disable=SC2031
    passed=$((passed + its_passed))
    # shellcheck disable=SC2031
    failed=$((failed + its_failed))
}

# built NAME OPTION...: builds in build/NAME, each module as one translation unit: a third of the time.
built() {
    local name=$1
    shift
    check "build-$name" build "$ROOT/build/$name" -DMUTATION_WERROR=ON -DMUTATION_UNITY=ON "$@"
}

clang_is_there() {
    command -v "clang++-$CLANG_VERSION" >/dev/null && command -v "clang-tidy-$CLANG_VERSION" >/dev/null &&
        command -v "clang-format-$CLANG_VERSION" >/dev/null
}

install_everything() {
    say "Packages"
    require_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    install_perf
    require_training_python "$ENVIRONMENT"
    install_browser_tests
    if ! clang_is_there && command -v apt-get >/dev/null; then
        update_package_lists
        if has_candidate "${CLANG_PACKAGES[0]}"; then
            install_packages "${CLANG_PACKAGES[@]}" || true
        fi
    fi
}

# What the tests of the report's page in a browser need. --quick builds the page with ECharts, but opens no browser.
install_browser_tests() {
    if [[ $quick == yes ]]; then
        fetch_chart_library
        return
    fi
    fetch_browser_tests || true
    if ! find_chromium >/dev/null && can_install; then
        update_package_lists
        ! has_candidate chromium || install_packages chromium || true
    fi
}

find_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

# The page of made-up reports of 5, 200 and 2,000 runs in a real browser.
run_browser_tests() {
    local node chromium
    if ! node=$(find_node) || ! has_report_page puppeteer-core/package.json; then
        skip browser-tests "Node 18 or the modules of scripts/report-page could not be installed"
    elif ! chromium=$(find_chromium); then
        skip browser-tests "this system has no chromium"
    else
        check browser-tests "$ROOT/tests/browser/run.sh" "$node" "$chromium" "$REPORT_PAGE/node_modules" \
            "$ROOT/build/test/tests/browser/make_sample_page" || true
    fi
}

list_sources() {
    find "$ROOT/include" "$ROOT/src" "$ROOT/tests" \( -name '*.cpp' -o -name '*.hpp' \) -print0
}

run_clang_format() {
    list_sources | xargs -0 "clang-format-$CLANG_VERSION" --dry-run -Werror
}

# One translation unit a module: most of the time goes into the headers of the libraries, which it then reads once a module.
run_clang_tidy() {
    local folder=$ROOT/build/tidy module
    rm -rf "$folder"
    mkdir -p "$folder"
    for module in "$ROOT"/src/*/; do
        printf '#include "%s"\n' "$module"*.cpp >"$folder/$(basename "$module").cpp"
    done
    find "$folder" -name '*.cpp' -print0 |
        xargs -0 -I{} -P "$(nproc)" "clang-tidy-$CLANG_VERSION" --quiet --config-file="$ROOT/.clang-tidy" \
            --header-filter='.*/(src|include/mutation)/.*' --checks=-bugprone-suspicious-include {} -- \
            -std=c++20 -I"$ROOT/include" -isystem /usr/include/eigen3 -DSPDLOG_FMT_EXTERNAL -DMUTATION_VERSION='"0"' -DMUTATION_SOURCE_DIR='"."'
}

run_shellcheck() {
    (cd "$ROOT" && find scripts .ci tests -type f \( -name '*.sh' -o -path .ci/run \) -not -path '*/.venv/*' -print0 |
        xargs -0 shellcheck -x -P "$ROOT")
}

# Includes that a header is missing do not show where a module is one translation unit.
compile_headers_alone() {
    (cd "$ROOT" && find include src -name '*.hpp' -print0 |
        xargs -0 -P "$(nproc)" -n 1 g++ -std=c++20 -Wall -Wextra -Werror -Iinclude -I. -isystem /usr/include/eigen3 -DSPDLOG_FMT_EXTERNAL \
            -fsyntax-only -x c++ /dev/null -include)
}

# run_python_tests FIND_EXPRESSION...: a program a file, one a core.
run_python_tests() {
    local python
    python=$(find_python "$ENVIRONMENT" torch sklearn) || return
    (cd "$ROOT/tests/python" && find . -name 'test_*.py' "$@" -printf '%f\0' | sort -z |
        PYTHONDONTWRITEBYTECODE=1 xargs -0 -P "$(nproc)" -n 1 "$python" -m unittest)
}

# fuzz NAME: libFuzzer writes what it finds to the first folder, and only reads the seeds in the second.
fuzz() {
    local name=$1 folder=$ROOT/build/asan
    local -a seeds=("$folder/corpus/$name")
    mkdir -p "${seeds[0]}"
    [[ ! -d $ROOT/tests/fuzz/corpus/$name ]] || seeds+=("$ROOT/tests/fuzz/corpus/$name")
    step "$name" "$folder/tests/fuzz/$name" -max_total_time="$MUTATION_FUZZ_SECONDS" -timeout=20 -rss_limit_mb=2048 \
        -artifact_prefix="$folder/" "${seeds[@]}"
}

# One fuzzer a core at a time.
run_fuzzers() {
    local name source
    local -a running=()
    for source in "$ROOT"/tests/fuzz/fuzz_*.cpp; do
        name=$(basename "$source" .cpp)
        fuzz "$name" &
        running+=("$!")
        ((${#running[@]} < $(nproc))) || collect running
    done
    collect running
}

# collect ARRAY: waits for its processes, counts each as a test, and empties it.
collect() {
    local -n processes=$1
    local process
    for process in "${processes[@]}"; do
        if wait "$process"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
    done
    processes=()
}

build_with_sanitizers() {
    if clang_is_there; then
        built asan -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER="clang++-$CLANG_VERSION" \
            -DMUTATION_SANITIZE=address,undefined -DMUTATION_FUZZERS=ON
    else
        built asan -DCMAKE_BUILD_TYPE=Debug -DMUTATION_SANITIZE=address,undefined
    fi
}

run_quick_checks() {
    check shellcheck run_shellcheck || true
    if clang_is_there; then
        check clang-format run_clang_format || true
    else
        skip clang-format "this system has no clang-format-$CLANG_VERSION"
    fi
}

# What needs CPU time but no quiet.
run_slow_checks() {
    if clang_is_there; then
        check clang-tidy run_clang_tidy || true
    fi
    check headers compile_headers_alone || true
    build_with_sanitizers || true
}

run_sanitized_tests() {
    # A sanitizer's slowness is no fault of the figures' precision.
    test_options=(-LE '^e2e_truth$')
    export MUTATION_KILL_ROUNDS=${MUTATION_KILL_ROUNDS:-4}
    run_ctest asan "$ROOT/build/asan"
    if [[ -n ${MUTATION_TSAN:-} ]] && clang_is_there &&
        built tsan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_COMPILER="clang++-$CLANG_VERSION" \
            -DMUTATION_SANITIZE=thread; then
        run_ctest tsan "$ROOT/build/tsan"
    fi
}

run_quick_tests() {
    test_options=(-L '^(unit|e2e_quick)$')
    run_ctest test "$ROOT/build/test"
    # Those train networks.
    counted unittest python-tests run_python_tests -not -name 'test_adapter_*' -not -name test_digits.py
}

run_all_tests() {
    say "Tests; beside them clang-tidy, the headers, and a build with AddressSanitizer and UndefinedBehaviorSanitizer"
    beside idle run_slow_checks
    run_ctest test "$ROOT/build/test"
    join_companion
    say "Tests with sanitizers; beside them the tests in Python"
    beside low counted unittest python-tests run_python_tests
    run_sanitized_tests
    join_companion
    run_browser_tests
    if ! clang_is_there; then
        skip clang-tidy "this system has no clang-tidy-$CLANG_VERSION"
    elif [[ -n ${MUTATION_FUZZ_SECONDS:-} ]]; then
        say "Fuzzers, $MUTATION_FUZZ_SECONDS s each"
        run_fuzzers
    fi
}

quick=no
case ${1:-} in
    "") ;;
    --quick) quick=yes ;;
    -h | --help)
        sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    *) die 2 "$1: test.sh takes --quick or nothing" ;;
esac

# The variables of the user's own runs must not change the tests. MUTATION_PYTHON is for both.
unset MUTATION_SETTINGS MUTATION_PERF MUTATION_NVIDIA_SMI MUTATION_SYSFS
if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi

trap '[[ -z $companion ]] || kill -- "-$companion" 2>/dev/null' EXIT
prepare_build_folder
install_everything
say "Scripts, format, and a build by GCC with warnings as errors"
run_quick_checks
if ! built test -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=g++; then
    skip tests "nothing was built"
elif [[ $quick == yes ]]; then
    say "Quick tests"
    run_quick_tests
else
    run_all_tests
fi

((${#skipped[@]} == 0)) || say "Skipped: ${skipped[*]}"
say "$((SECONDS / 60)) min $((SECONDS % 60)) s"
say "$passed passed, $failed failed"
((failed == 0))
