#include "catch.hpp"

#include "mutation/sensors/gpu_usage.hpp"

using namespace mutation::energy;
using namespace mutation::sensors;
using Catch::Contains;

namespace {

struct Card {
    bool is_counted;
    std::optional<bool> used;
};

std::optional<std::string> usage_of(const std::vector<Card>& cards) {
    std::vector<GpuDeviceEnergy> devices;
    for (const Card& card : cards) {
        GpuDeviceEnergy device;
        device.index = static_cast<int>(devices.size());
        device.is_counted = card.is_counted;
        device.used_by_training = card.used;
        devices.push_back(device);
    }
    return describe_usage(devices);
}

} // namespace

TEST_CASE("a counted card that the training never used is named") {
    const auto remark = usage_of({{true, false}, {true, true}});
    REQUIRE(remark);
    CHECK_THAT(*remark, Contains("the total includes GPU 0, which the training never used"));
    CHECK_THAT(*remark, Contains("CUDA_VISIBLE_DEVICES to what it uses (GPU 1)"));
    CHECK_THAT(*usage_of({{true, false}, {true, true}, {true, false}}), Contains("GPUs 0, 2"));
}

TEST_CASE("a used card that the training should not see is named") {
    const auto remark = usage_of({{true, false}, {false, true}});
    REQUIRE(remark);
    CHECK_THAT(*remark, Contains("the total includes GPU 0"));
    CHECK_THAT(*remark, Contains("does not include GPU 1, which the training used"));
}

TEST_CASE("there is no remark if the used cards are the counted ones or unknown") {
    CHECK_FALSE(usage_of({}));
    CHECK_FALSE(usage_of({{true, true}, {true, true}}));
    CHECK_FALSE(usage_of({{true, true}, {false, false}}));
    CHECK_FALSE(usage_of({{true, std::nullopt}, {true, std::nullopt}}));
    CHECK_FALSE(usage_of({{true, std::nullopt}, {true, true}}));
}
