#include "catch.hpp"

#include "mutation/session/control_runs.hpp"

using namespace mutation;

namespace {

record::ExperimentRecord control(double cpu, bool is_control = true) {
    record::ExperimentRecord record;
    record.is_control = is_control;
    record.attempts.resize(1);
    record.last_attempt().status = record::Status::ok;
    record.last_attempt().measurement.cpu.total = Joules(cpu);
    return record;
}

} // namespace

TEST_CASE("control runs that drift apart are reported at once") {
    session::ControlRuns controls(Percent(2));
    CHECK_FALSE(controls.add(control(100)).has_value());
    CHECK_FALSE(controls.add(control(500, false)).has_value()); // not one of them
    CHECK_FALSE(controls.add(control(101)).has_value());
    CHECK(controls.describe().value().is_within_tolerance);
    const std::string said = controls.add(control(105)).value();
    CHECK(said.find("+5.0 %") != std::string::npos);
    CHECK_FALSE(controls.describe().value().is_within_tolerance);
    CHECK(controls.describe().value().joules.size() == 3);
}

TEST_CASE("a control run without one of the figures is not compared") {
    session::ControlRuns controls(Percent(2));
    record::ExperimentRecord both = control(100);
    both.last_attempt().measurement.gpu.energy = Joules(900);
    CHECK_FALSE(controls.add(both).has_value());
    CHECK_FALSE(controls.add(control(100)).has_value());
    CHECK_FALSE(controls.describe().has_value());
    CHECK_FALSE(controls.add(both).has_value());
    CHECK(controls.summary()->find("2 differ by 0.0 %") != std::string::npos);
}

TEST_CASE("one control run alone shows nothing") {
    session::ControlRuns controls(Percent(2));
    CHECK_FALSE(controls.add(control(100)).has_value());
    CHECK_FALSE(controls.describe().has_value());
}
