#pragma once

#include "mutation/energy/energy.hpp"
#include "mutation/record/environment.hpp"
#include "mutation/record/model_facts.hpp"
#include "support/campaign.hpp"

/// What made-up campaigns have in common.
namespace mutation::test {

/// What session.json says about `net`.
[[nodiscard]] record::ModelFacts campaign_facts();

[[nodiscard]] record::Environment campaign_environment(bool has_gpu);

/// Energies with bounds of 1 % and the verdict good, as far as the campaign has sensors.
[[nodiscard]] energy::Measurement campaign_measurement(const Campaign& campaign, Joules cpu, Joules gpu);

} // namespace mutation::test
