#include "catch.hpp"

#include "../src/report/session_digests.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"

namespace mutation::report {

TEST_CASE("the digests of a session are those of sha256sum in its folder", "[report]") {
    const test::TemporaryFolder folder;
    test::write_text(folder.path() / "session.json", "abc");
    CHECK(session_digests(folder.path()) ==
          std::map<std::string, std::string>{
              {"session.json", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}});
    test::write_text(folder.path() / "toy_2" / "experiment.json", "");
    test::write_text(folder.path() / "toy_1" / "experiment.json", "abc");
    test::write_text(folder.path() / "toy_1" / "training.log", "not read");
    // By Python's hashlib, of the two lines that sha256sum prints.
    CHECK(session_digests(folder.path()).at("*/experiment.json") ==
          "06ddd31f90469f8919c778e878be87dac4de5048211349bf6999f6b9aabd25fc");
}

TEST_CASE("a folder without records has no digests", "[report]") {
    const test::TemporaryFolder folder;
    CHECK(session_digests(folder.path()).empty());
    CHECK(session_digests(folder.path() / "missing").empty());
}

} // namespace mutation::report
