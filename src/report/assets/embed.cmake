# cmake -DOUTPUT=FILE -DSTYLE=FILE -DSCRIPTS=FILES -DECHARTS=FOLDER -P embed.cmake
# Writes a C++ source that holds the page's files as string literals. FILES are separated by commas. FOLDER is that of
# the npm package `echarts`, or empty.

set(delimiter "embedded")

# read_text VARIABLE FILE...: the files, one after another.
function(read_text variable)
  set(all "")
  foreach(file ${ARGN})
    file(READ "${file}" content)
    string(APPEND all "${content}")
  endforeach()
  string(FIND "${all}" ")${delimiter}\"" found)
  if(NOT found EQUAL -1)
    message(FATAL_ERROR "${ARGN}: the text contains the delimiter of the literal")
  endif()
  set(${variable} "${all}" PARENT_SCOPE)
endfunction()

string(REPLACE "," ";" scripts "${SCRIPTS}")
read_text(style "${STYLE}")
read_text(script ${scripts})
set(library "")
set(licenses "")
if(ECHARTS)
  read_text(library "${ECHARTS}/dist/echarts.min.js")
  foreach(file "${ECHARTS}/NOTICE" "${ECHARTS}/LICENSE" "${ECHARTS}/licenses/LICENSE-d3"
               "${ECHARTS}/../zrender/LICENSE" "${ECHARTS}/../tslib/LICENSE.txt")
    get_filename_component(package "${file}" DIRECTORY)
    get_filename_component(package "${package}" NAME)
    read_text(text "${file}")
    string(APPEND licenses "==== ${package} ====\n\n${text}\n\n")
  endforeach()
endif()

set(source "#include \"assets.hpp\"\n\nnamespace mutation::report::assets {\n\n")
foreach(name style script library licenses)
  string(APPEND source "static constexpr char ${name}_text[] = R\"${delimiter}(${${name}})${delimiter}\";\n")
endforeach()
string(SHA256 script_hash "${script}")
string(SHA256 library_hash "${library}")
string(APPEND source "
std::string_view page_style() { return {style_text, sizeof style_text - 1}; }
Script page_script() { return {{script_text, sizeof script_text - 1}, \"${script_hash}\"}; }
Script chart_library() { return {{library_text, sizeof library_text - 1}, \"${library_hash}\"}; }
std::string_view chart_licenses() { return {licenses_text, sizeof licenses_text - 1}; }

} // namespace mutation::report::assets
")
file(WRITE "${OUTPUT}" "${source}")
