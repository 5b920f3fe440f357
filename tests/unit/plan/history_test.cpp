#include "catch.hpp"

#include "mutation/plan/history.hpp"

using namespace mutation::plan;

TEST_CASE("a summary of v3.0 is read, and its ids show which runs were parallel") {
    const auto runs = parse_history("experiment_id,repository,model,hyperparam_alpha,hyperparam_epochs\r\n"
                                    "toy_net_001,toy,net,1e-05,\r\n"
                                    "toy_net_002_parallel,toy,net,,12\r\n");
    REQUIRE(runs.size() == 2);
    CHECK((runs[0].repository == "toy" && runs[0].model == "net" && !runs[0].is_parallel));
    CHECK(runs[0].hyperparameters == std::map<std::string, std::string>{{"alpha", "1e-05"}});
    CHECK(runs[1].is_parallel);
    CHECK(runs[1].hyperparameters == std::map<std::string, std::string>{{"epochs", "12"}});
}

TEST_CASE("a table may have quoted cells, a byte order mark, blank lines and short lines") {
    const auto runs = parse_history("\xEF\xBB\xBFrepository,model,mode,hyperparam_x\n"
                                    "\"a,\"\"b\"\"\",\"line\nbreak\",parallel,\"1\"\n"
                                    "\n"
                                    "short,line\n"
                                    "c,d,mutation,2");
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].repository == "a,\"b\"");
    CHECK(runs[0].model == "line\nbreak");
    CHECK(runs[0].is_parallel);
    CHECK(runs[1].hyperparameters.at("x") == "2");
    CHECK(parse_history("").empty());
    CHECK(parse_history("repository,model\n\"open").empty());
}

TEST_CASE("blanks around cells are removed, and each run has its source") {
    const auto runs = parse_history("repository, model, hyperparam_x\ntoy, net, 3\n", 4);
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].model == "net");
    CHECK(runs[0].hyperparameters.at("x") == "3");
    CHECK(runs[0].source == 4);
}
