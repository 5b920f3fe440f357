#include "catch.hpp"

#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/sensors/power_field.hpp"

#include <array>

using namespace mutation;
using namespace mutation::energy;
using namespace mutation::sensors;

TEST_CASE("a cell that is not a number is absent") {
    CHECK(parse_gpu_number("79.10") == 79.1);
    CHECK(parse_gpu_number(" 0 ") == 0);
    for (const char* cell : {"[N/A]", "N/A", "[Not Supported]", "[Unknown Error]", "[GPU requires reset]", "ERR!", "",
                             " ", "79.10 W", "nan", "inf", "0x10", "1e999"}) {
        CAPTURE(cell);
        CHECK_FALSE(parse_gpu_number(cell).has_value());
    }
}

TEST_CASE("differences of time stamps are right over midnight and a leap day") {
    const auto difference = [](const char* from, const char* to) {
        return *parse_gpu_stamp(to) - *parse_gpu_stamp(from);
    };
    CHECK(difference("2026/01/07 12:06:42.519", "2026/01/07 12:06:42.619") == Approx(0.1));
    CHECK(difference("2026/12/31 23:59:59.900", "2027/01/01 00:00:00.100") == Approx(0.2));
    CHECK(difference("2028/02/28 23:59:59.000", "2028/03/01 00:00:00.000") == Approx(86401));
    CHECK(difference("2026/01/07 12:06:42", "2026/01/07 12:06:43.000") == Approx(1));
}

TEST_CASE("an invalid time stamp is absent") {
    for (const char* cell :
         {"", "[N/A]", "2026/01/07", "2026/13/07 12:06:42.519", "2026/02/30 12:06:42.519",
          "2026/01/07 12:06:", "2026/01/07 12:06:xx.519", "2026/01/07 12:06:99.519", "no devices were found"}) {
        CAPTURE(cell);
        CHECK_FALSE(parse_gpu_stamp(cell).has_value());
    }
}

TEST_CASE("a line is cut into its cells, without the blanks around them") {
    using Cells = std::vector<std::string_view>;
    CHECK(split_cells("a,  b b ,c") == Cells{"a", "b b", "c"});
    CHECK(split_cells("") == Cells{""});
    CHECK(split_cells("a,") == Cells{"a", ""});
}

TEST_CASE("only power and heat are throttle reasons") {
    CHECK(throttle_reasons(0).empty());
    CHECK(throttle_reasons(0x1 | 0x2 | 0x100).empty());
    CHECK(throttle_reasons(0x4 | 0x40) == std::vector<std::string>{"sw_power_cap", "hw_thermal_slowdown"});
}

TEST_CASE("for each family, the field that sees the most time is read") {
    const std::vector<std::string> all{"power.draw", "power.draw.instant"};
    struct Case {
        const char* card;
        const char* field;
        double averaging;
        double seen_share;
    };
    for (const Case& expected : {Case{"NVIDIA H100 80GB HBM3", "power.draw", 1, 1},
                                 {"NVIDIA GeForce RTX 3080", "power.draw.instant", 0.1, 1},
                                 {"NVIDIA GeForce RTX 4090", "power.draw.instant", 0.1, 1},
                                 {"NVIDIA RTX 6000 Ada Generation", "power.draw.instant", 0.1, 1},
                                 {"NVIDIA A10", "power.draw.instant", 0.1, 1},
                                 {"NVIDIA RTX A6000", "power.draw.instant", 0.1, 1},
                                 {"NVIDIA RTX A3000 Laptop GPU", "power.draw.instant", 0.1, 1},
                                 {"NVIDIA L4", "power.draw.instant", 0.1, 1},
                                 {"NVIDIA A100-SXM4-40GB", "power.draw", 0.025, 0.25},
                                 {"NVIDIA A30", "power.draw", 0.025, 0.25},
                                 {"Tesla T4", "power.draw", 0.1, 1},
                                 {"Quadro RTX 4000", "power.draw", 0.1, 1},
                                 {"Quadro RTX 6000", "power.draw", 0.1, 1},
                                 {"NVIDIA GeForce GTX 1660 Ti", "power.draw", 0.1, 1},
                                 {"Tesla V100-SXM2-16GB", "power.draw", 0.01, 0.5},
                                 {"Tesla P100-PCIE-16GB", "power.draw", 0.01, 0.5},
                                 {"NVIDIA GeForce GTX 1080 Ti", "power.draw", 0.01, 0.5},
                                 {"NVIDIA RTX 5000 Ada Generation", "power.draw.instant", 0.1, 1},
                                 {"NVIDIA GeForce RTX 5090", "power.draw", 1, 1},
                                 {"NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "power.draw", 1, 1},
                                 {"NVIDIA B200", "power.draw", 1, 1},
                                 {"NVIDIA GB300", "power.draw", 1, 1},
                                 {"A card of next year", "power.draw", 1, 1}}) {
        CAPTURE(expected.card);
        const energy::PowerField field = choose_power_field(expected.card, all);
        CHECK(field.name == expected.field);
        CHECK(field.sensor.averaging.count() == expected.averaging);
        CHECK(field.sensor.seen_share == expected.seen_share);
        CHECK((field.sensor.averaging_doubt > 0) == (field.sensor.averaging == Seconds(1)));
        CHECK(field.sensor.longest_averaging == Seconds(1));
    }
}

TEST_CASE("a card of a family that nobody measured says so, and what its row is based on") {
    const auto source = [](const char* card) { return choose_power_field(card, {"power.draw"}).accuracy_source; };
    for (const char* card : {"NVIDIA GeForce RTX 5070 Ti Laptop GPU", "NVIDIA RTX PRO 4500 Blackwell", "NVIDIA B100",
                             "NVIDIA B200", "NVIDIA B300 SXM6 AC", "NVIDIA GB200", "NVIDIA GB300"}) {
        CAPTURE(card);
        CHECK(source(card).find("Blackwell") != std::string::npos);
        CHECK(source(card).find("NVML reference") != std::string::npos);
    }
    CHECK(source("A card of next year").find("no measurement of this card is known") != std::string::npos);
    CHECK(source("Quadro RTX 5000").find("Yang") != std::string::npos);
    CHECK(source("NVIDIA RTX 5000 Ada Generation").find("Yang") != std::string::npos);
}

TEST_CASE("if a driver does not know the better field, power.draw is read with its own averaging") {
    const energy::PowerField field = choose_power_field("NVIDIA GeForce RTX 3090", {"power.draw"});
    CHECK(field.name == "power.draw");
    CHECK(field.sensor.averaging == Seconds(1));
    CHECK(field.accuracy == Percent(4.7));
    CHECK_FALSE(choose_power_field("NVIDIA GeForce RTX 3060", {"power.draw"}).accuracy.has_value());
}

TEST_CASE("an impossible power is not a reading") {
    CHECK(parse_gpu_power("61.50", std::nullopt) == Watts(61.5));
    CHECK(parse_gpu_power("640.00", Watts(320)) == Watts(640));
    for (const char* cell : {"0", "0.00", "-1", "[N/A]", "", "641.00", "1e12", "nan", "inf"}) {
        CAPTURE(cell);
        CHECK_FALSE(parse_gpu_power(cell, Watts(320)).has_value());
    }
    CHECK(parse_gpu_power("2700.00", std::nullopt) == Watts(2700));
    CHECK_FALSE(parse_gpu_power("99999.00", std::nullopt).has_value());
}

TEST_CASE("if the better field shows no power, another one is read with its own averaging") {
    struct Case {
        const char* card;
        std::vector<std::string> working;
        const char* field;
        double averaging;
        double seen_share;
    };
    for (const Case& expected :
         {Case{"NVIDIA H100 80GB HBM3", {"power.draw.instant"}, "power.draw.instant", 0.025, 0.25},
          {"NVIDIA H100 80GB HBM3", {"power.draw.average", "power.draw.instant"}, "power.draw.average", 1, 1},
          {"NVIDIA GeForce RTX 4090", {"power.draw.average"}, "power.draw.average", 1, 1},
          {"NVIDIA A100-SXM4-40GB", {"power.draw.instant"}, "power.draw.instant", 0.025, 0.25},
          {"Tesla T4", {"power.draw.instant"}, "power.draw.instant", 0.1, 1},
          {"A card of next year", {"power.draw.instant"}, "power.draw.instant", 0.025, 0.25}}) {
        CAPTURE(expected.card);
        const energy::PowerField field = choose_power_field(expected.card, expected.working);
        CHECK(field.name == expected.field);
        CHECK(field.sensor.averaging.count() == expected.averaging);
        CHECK(field.sensor.seen_share == expected.seen_share);
    }
}
