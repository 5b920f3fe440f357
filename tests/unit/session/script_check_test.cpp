#include "catch.hpp"

#include "../src/session/script_check.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;

namespace {

/// A folder with a training script, and a folder of programs that its PATH names.
struct ScriptPlace {
    std::string check(const std::string& text, std::filesystem::perms rights = std::filesystem::perms(0755)) const {
        test::write_text(script, text);
        std::filesystem::permissions(script, rights);
        return session::find_script_error(script, folder.path(), (folder.path() / "bin").string() + ":/bin")
            .value_or("");
    }

    void add_program(const std::string& name) const { test::write_program(folder.path() / name, "#!/bin/sh\n"); }

    test::TemporaryFolder folder;
    std::filesystem::path script = folder.path() / "train.sh";
};

bool contains(const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
    return true;
}

} // namespace

TEST_CASE("a script that the system can start has no error") {
    const ScriptPlace place;
    place.add_program("bin/mypython");
    place.add_program(".venv/bin/python");
    for (const char* text :
         {"#!/bin/sh\n", "#! /bin/sh -e\necho", "#!/bin/sh", "#!/usr/bin/env sh\n", "#!/usr/bin/env mypython\n",
          "#!/usr/bin/env -S mypython -u\n", "#!/usr/bin/env -S A=b mypython -u\n", "#!/usr/bin/env -i mypython\n",
          "#!.venv/bin/python\nprint()\r\n", "#!/usr/bin/env .venv/bin/python\n"}) {
        INFO(text);
        CHECK(place.check(text).empty());
    }
    CHECK(place
              .check(std::string("\x7F"
                                 "ELF\x02\x01\x01\0\0",
                                 9))
              .empty());
}

TEST_CASE("a script whose interpreter is missing says which") {
    const ScriptPlace place;
    contains(place.check("#!/opt/nothing/bin/python3 -u\n"), "/opt/nothing/bin/python3 in its first line, which does");
    contains(place.check("#!/tmp\n"), "is not a program");
    contains(place.check("#!python3\n"), "names the interpreter python3 in its first line, which does not exist");
    contains(place.check("#!/usr/bin/env no-such-python\n"),
             "needs no-such-python, which is not on the training's PATH");
    contains(place.check("#!/usr/bin/env -S no-such-python -u\n"), "needs no-such-python");
    contains(place.check("#!/usr/bin/env sh -e\n"), "#!/usr/bin/env -S sh -e");
    contains(place.check("#!\n"), "names no interpreter");
}

TEST_CASE("a script with Windows line ends, no first line or no right to run says so") {
    const ScriptPlace place;
    contains(place.check("#!/bin/sh\r\necho\r\n"), "Windows line ends (CR LF)");
    contains(place.check("#!/usr/bin/env python3\r\n"), "sed -i");
    contains(place.check("#!/bin/sh -e\r\n"), "Windows line ends");
    contains(place.check("\xEF\xBB\xBF#!/bin/sh\n"), "byte order mark");
    contains(place.check("echo train\n"), "does not begin with `#!`");
    contains(place.check(""), "is empty");
    contains(place.check("#!/" + std::string(300, 'x') + "/bin/python\n"), "more than 256 bytes");
    contains(place.check("#!/bin/sh\n", std::filesystem::perms(0644)), "chmod +x " + place.script.string());
}
