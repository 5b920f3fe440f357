#include "environment_table.hpp"

namespace mutation::record {

namespace {

template <class Owner, class Access>
void add_machine(ObjectTable<Owner>& table, Access machine_of) {
    // clang-format off
    table.field("tool_version", "version of this program", [=](auto& o) -> auto& { return machine_of(o).tool_version; });
    table.field("host", "name of the machine", [=](auto& o) -> auto& { return machine_of(o).host; });
    table.field("kernel", "its operating system and release", [=](auto& o) -> auto& { return machine_of(o).kernel; });
    table.field("cpu_model", "as the processor names itself", [=](auto& o) -> auto& { return machine_of(o).cpu_model; });
    table.field("cpu_count", "logical CPUs", [=](auto& o) -> auto& { return machine_of(o).cpu_count; });
    table.field("governor", "of all CPUs; several names if they differ; null: the kernel shows none", [=](auto& o) -> auto& { return machine_of(o).governor; });
    // clang-format on
}

const ObjectTable<energy::GpuFacts>& gpu_facts_table() {
    static const ObjectTable<energy::GpuFacts> filled = [] {
        ObjectTable<energy::GpuFacts> table;
        // clang-format off
        table.field("index", "as nvidia-smi counts", [](auto& g) -> auto& { return g.index; });
        table.field("uuid", "the card's own identifier", [](auto& g) -> auto& { return g.uuid; });
        table.field("name", "the card's name", [](auto& g) -> auto& { return g.name; });
        table.field("persistence_mode", "as nvidia-smi names it", [](auto& g) -> auto& { return g.persistence_mode; });
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<energy::IdlePower>& idle_power_table() {
    static const ObjectTable<energy::IdlePower> filled = [] {
        ObjectTable<energy::IdlePower> table;
        // clang-format off
        table.field("watts", "mean power", [](auto& p) -> auto& { return p.mean; });
        table.field("spread_watts", "standard deviation", [](auto& p) -> auto& { return p.spread; });
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<energy::IdleBaseline>& baseline_table() {
    static const ObjectTable<energy::IdleBaseline> filled = [] {
        ObjectTable<energy::IdleBaseline> table;
        // clang-format off
        table.field("cpu_watts", "mean power of the idle CPU", [](auto& b) -> auto& { return b.cpu; });
        table.field("cpu_spread_watts", "standard deviation", [](auto& b) -> auto& { return b.cpu_spread; });
        table.list("gpus", "the idle GPUs, in the order of `environment.gpus`; null: no sample", idle_power_table(), [](auto& b) -> auto& { return b.gpus; });
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<RepositoryFacts>& repository_table() {
    static const ObjectTable<RepositoryFacts> filled = [] {
        ObjectTable<RepositoryFacts> table;
        // clang-format off
        table.field("commit", "null: git did not answer", [](auto& r) -> auto& { return r.commit; });
        table.field("is_dirty", "whether files differ from the commit", [](auto& r) -> auto& { return r.is_dirty; });
        // clang-format on
        return table;
    }();
    return filled;
}

} // namespace

const ObjectTable<Environment>& environment_table() {
    static const ObjectTable<Environment> filled = [] {
        ObjectTable<Environment> table;
        add_machine(
            table, [](auto& e) -> auto& { return e.machine; });
        // clang-format off
        table.field("perf_version", "null: perf was not used", [](auto& e) -> auto& { return e.sensors.perf_version; });
        table.field("gpu_driver", "its version", [](auto& e) -> auto& { return e.sensors.gpu_driver; });
        table.list("gpus", "every GPU that nvidia-smi listed at the session's start", gpu_facts_table(), [](auto& e) -> auto& { return e.sensors.gpus; });
        table.object("baseline", "the idle machine before the first experiment; null: it was not measured", baseline_table(), [](auto& e) -> auto& { return e.sensors.baseline; });
        table.object("repository", "the repository's clone; null: its folder is no clone", repository_table(), [](auto& e) -> auto& { return e.repository; });
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<MachineFacts>& machine_table() {
    static const ObjectTable<MachineFacts> filled = [] {
        ObjectTable<MachineFacts> table;
        add_machine(
            table, [](auto& m) -> auto& { return m; });
        return table;
    }();
    return filled;
}

} // namespace mutation::record
