#include "catch.hpp"

#include "mutation/sensors/gpu_query.hpp"
#include "mutation/sensors/visible_gpus.hpp"

using namespace mutation::sensors;

namespace {

std::vector<GpuInfo> three_gpus() {
    std::vector<GpuInfo> gpus(3);
    const char* const uuids[] = {"GPU-11aa0000-0000", "GPU-11bb0000-0000", "GPU-22cc0000-0000"};
    for (int i = 0; i < 3; ++i) {
        gpus[static_cast<std::size_t>(i)].index = i;
        gpus[static_cast<std::size_t>(i)].uuid = uuids[i];
    }
    return gpus;
}

const char* const kBusOrder = "PCI_BUS_ID";

std::vector<bool> counted(const std::optional<std::string>& variable) {
    return select_visible(three_gpus(), variable, kBusOrder).is_counted;
}

const std::vector<bool> kNone{false, false, false};

} // namespace

TEST_CASE("without CUDA_VISIBLE_DEVICES every GPU is seen") {
    CHECK(counted(std::nullopt) == std::vector<bool>{true, true, true});
    CHECK_FALSE(select_visible(three_gpus(), std::nullopt, kBusOrder).remark.has_value());
}

TEST_CASE("an empty list sees no GPU, and says so") {
    for (const char* list : {"", " ", "-1", "NoDevFiles", "3", "none"}) {
        CAPTURE(list);
        const VisibleGpus visible = select_visible(three_gpus(), list, kBusOrder);
        CHECK(visible.is_counted == kNone);
        CHECK(visible.remark.value_or("").find("sees no GPU") != std::string::npos);
    }
}

TEST_CASE("GPUs are given by index, UUID or a unique beginning of it") {
    CHECK(counted("1") == std::vector<bool>{false, true, false});
    CHECK(counted("2,0") == std::vector<bool>{true, false, true});
    CHECK(counted(" 0 , 2 ") == std::vector<bool>{true, false, true});
    CHECK(counted("GPU-11bb0000-0000") == std::vector<bool>{false, true, false});
    CHECK(counted("GPU-11a,GPU-2") == std::vector<bool>{true, false, true});
    CHECK(counted("GPU-11") == kNone);
}

TEST_CASE("the list ends at its first invalid entry") {
    CHECK(counted("0,-1,1") == std::vector<bool>{true, false, false});
    CHECK(counted("1,7,0") == std::vector<bool>{false, true, false});
    CHECK(counted("1,,0") == std::vector<bool>{false, true, false});
}

TEST_CASE("a MIG instance counts as its whole GPU, with a remark") {
    const VisibleGpus old = select_visible(three_gpus(), "MIG-GPU-22cc0000-0000/3/0", kBusOrder);
    CHECK(old.is_counted == std::vector<bool>{false, false, true});
    CHECK(old.remark.value_or("").find("whole GPU") != std::string::npos);

    std::vector<GpuInfo> gpus = three_gpus();
    CHECK(select_visible(gpus, "MIG-5f6e", kBusOrder).is_counted == kNone);
    gpus[1].mig_mode = "Enabled";
    CHECK(select_visible(gpus, "MIG-5f6e", kBusOrder).is_counted == std::vector<bool>{false, true, false});
    gpus[2].mig_mode = "Enabled";
    const VisibleGpus unclear = select_visible(gpus, "MIG-5f6e", kBusOrder);
    CHECK(unclear.is_counted == kNone);
    CHECK(unclear.remark.value_or("").find("MIG-5f6e") != std::string::npos);
}

TEST_CASE("a MIG instance is found in the GPU that nvidia-smi lists") {
    std::vector<GpuInfo> gpus = three_gpus();
    add_mig_instances(
        "GPU 0: NVIDIA A100 (UUID: " + gpus[0].uuid + ")\n  MIG 1g.5gb Device  0: (UUID: MIG-aaaa-1)\n" +
            "GPU 1: NVIDIA A100 (UUID: " + gpus[1].uuid + ")\n  MIG 1g.5gb Device  0: (UUID: MIG-bbbb-1)\n" +
            "  MIG 2g.10gb Device  1: (UUID: MIG-bbbb-2)\nGPU 9: none (UUID: GPU-x)\n  MIG (UUID: MIG-cc)\n",
        gpus);
    gpus[0].mig_mode = gpus[1].mig_mode = "Enabled";
    CHECK(gpus[1].mig_uuids == std::vector<std::string>{"MIG-bbbb-1", "MIG-bbbb-2"});
    CHECK(select_visible(gpus, "MIG-bbbb-2", kBusOrder).is_counted == std::vector<bool>{false, true, false});
    CHECK(select_visible(gpus, "MIG-aaaa-1", kBusOrder).is_counted == std::vector<bool>{true, false, false});
    CHECK(select_visible(gpus, "MIG-cc", kBusOrder).is_counted == kNone);
}

TEST_CASE("an index in CUDA's own order is ambiguous if the cards differ") {
    std::vector<GpuInfo> gpus = three_gpus();
    gpus[0].name = gpus[1].name = "NVIDIA A100";
    gpus[2].name = "NVIDIA T4";
    for (const std::optional<std::string>& order : {std::optional<std::string>("FASTEST_FIRST"), {""}, {}}) {
        const VisibleGpus visible = select_visible(gpus, "GPU-22,0", order);
        CHECK(visible.is_counted == kNone);
        CHECK(visible.remark.value_or("").find("UUID") != std::string::npos);
        CHECK(visible.remark.value_or("").find("PCI_BUS_ID") != std::string::npos);
        CHECK(select_visible(gpus, std::nullopt, order).is_counted == std::vector<bool>{true, true, true});
        CHECK(select_visible(gpus, "2,1,0", order).is_counted == std::vector<bool>{true, true, true});
        CHECK(select_visible(gpus, "GPU-22,GPU-11a", order).is_counted == std::vector<bool>{true, false, true});
        CHECK(select_visible(gpus, "-1", order).remark.value_or("").find("sees no GPU") != std::string::npos);
        CHECK(select_visible(three_gpus(), "1", order).is_counted == std::vector<bool>{false, true, false});
    }
    CHECK(select_visible(gpus, "0", kBusOrder).is_counted == std::vector<bool>{true, false, false});
}
