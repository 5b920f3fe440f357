#!/usr/bin/env bash
# Runs the tests of the report's page in a browser.
# Usage: run.sh NODE CHROMIUM MODULES MAKE_SAMPLE_PAGE
#   MODULES  the folder node_modules with puppeteer-core and axe-core
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export CHROMIUM=$2 REPORT_PAGE_MODULES=$3 MAKE_SAMPLE_PAGE=$4
exec "$1" --test "$here/page.test.mjs"
