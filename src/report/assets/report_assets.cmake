# The library report_assets: style, script and chart library of the report's page, as string literals.
#
# Apache ECharts comes from the npm registry (scripts/report-page/package-lock.json); scripts/quickstart.sh and
# scripts/test.sh fetch it. The build itself downloads nothing.
set(MUTATION_ECHARTS "${CMAKE_CURRENT_SOURCE_DIR}/build/report-page/node_modules/echarts"
    CACHE PATH "Folder of the npm package echarts; without it the report's page has no interactive charts")
# Of dist/echarts.min.js. Change it together with the version in scripts/report-page/package.json.
set(ECHARTS_SHA256 baa8dfe7e1d9336b98e8986ba7e20ea15e7cdbea1ef42a59d59478632fa45a1d)

set(echarts_folder "")
if(EXISTS "${MUTATION_ECHARTS}/dist/echarts.min.js")
  file(SHA256 "${MUTATION_ECHARTS}/dist/echarts.min.js" found_hash)
  if(NOT found_hash STREQUAL ECHARTS_SHA256)
    message(FATAL_ERROR "${MUTATION_ECHARTS}/dist/echarts.min.js is not the file that this version was tested with "
                        "(SHA-256 ${found_hash}, expected ${ECHARTS_SHA256}). Remove the folder and run "
                        "scripts/quickstart.sh, or configure with -DMUTATION_ECHARTS= for pages without it.")
  endif()
  set(echarts_folder "${MUTATION_ECHARTS}")
else()
  message(STATUS "ECharts is not in \"${MUTATION_ECHARTS}\": the report's page will have tables and figures, but no "
                 "interactive charts. scripts/quickstart.sh and scripts/test.sh fetch it.")
endif()

set(assets "${CMAKE_CURRENT_SOURCE_DIR}/src/report/assets")
set(page_scripts "${assets}/data.js" "${assets}/charts.js" "${assets}/run_charts.js" "${assets}/table.js"
                 "${assets}/page.js")
set(embedded "${CMAKE_CURRENT_BINARY_DIR}/report_assets.cpp")
string(REPLACE ";" "," joined_scripts "${page_scripts}")
add_custom_command(
  OUTPUT "${embedded}"
  COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${embedded}" "-DSTYLE=${assets}/page.css" "-DSCRIPTS=${joined_scripts}"
          "-DECHARTS=${echarts_folder}" -P "${assets}/embed.cmake"
  DEPENDS "${assets}/embed.cmake" "${assets}/page.css" ${page_scripts}
  COMMENT "Embedding the report's page" VERBATIM)
add_library(report_assets STATIC "${embedded}")
target_include_directories(report_assets PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src/report")
# C++20 is asked to accept literals of 64 KiB; both compilers take more.
target_compile_options(report_assets PRIVATE -Wno-overlength-strings)
if(echarts_folder)
  foreach(file "${echarts_folder}/LICENSE" "${echarts_folder}/NOTICE")
    install(FILES "${file}" DESTINATION ${CMAKE_INSTALL_DOCDIR}/echarts PERMISSIONS ${DOCUMENT_PERMISSIONS})
  endforeach()
  install(FILES "${echarts_folder}/licenses/LICENSE-d3" DESTINATION ${CMAKE_INSTALL_DOCDIR}/echarts
          PERMISSIONS ${DOCUMENT_PERMISSIONS})
  install(FILES "${echarts_folder}/../zrender/LICENSE" DESTINATION ${CMAKE_INSTALL_DOCDIR}/echarts RENAME LICENSE-zrender
          PERMISSIONS ${DOCUMENT_PERMISSIONS})
  install(FILES "${echarts_folder}/../tslib/LICENSE.txt" DESTINATION ${CMAKE_INSTALL_DOCDIR}/echarts
          RENAME LICENSE-tslib PERMISSIONS ${DOCUMENT_PERMISSIONS})
endif()
