#include "mutation/config/file_kind.hpp"

#include "mutation/config/key_tables.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

namespace mutation::config {

namespace {

/// 2 for a known key, 1 for one that is near to it.
int key_likeness(std::string_view key, std::span<const KeyTable* const> tables) {
    std::vector<std::string> known;
    for (const KeyTable* table : tables) {
        known.insert(known.end(), table->keys.begin(), table->keys.end());
    }
    if (std::find(known.begin(), known.end(), key) != known.end()) {
        return 2;
    }
    return nearest_name(key, known).empty() ? 0 : 1;
}

int likeness(const Json& object, std::span<const KeyTable* const> tables) {
    int sum = 0;
    if (object.is_object()) {
        for (const auto& [key, value] : object.items()) {
            sum += is_free_key(key) ? 0 : key_likeness(key, tables);
        }
    }
    return sum;
}

/// Above 0 for a config, below 0 for a registry file.
int lean(const Json& object) {
    const std::array config{&experiment_keys().head, &experiment_keys().entry};
    const std::array registry{&registry_keys().file, &registry_keys().repository};
    return likeness(object, config) - likeness(object, registry);
}

/// The sum over all objects inside, down to `depth` levels.
int lean_inside(const Json& value, int depth) {
    int sum = 0;
    if (value.is_structured() && depth > 0) {
        for (const Json& element : value) {
            sum += lean(element) + lean_inside(element, depth - 1);
        }
    }
    return sum;
}

} // namespace

std::optional<FileKind> guess_file_kind(const Json& document) {
    constexpr int kSure = 2; // one known key of one kind
    int sum = lean(document);
    if (std::abs(sum) < kSure) { // `[{"repo": ...}]`, or v3.0's repositories without "models" around them
        sum += lean_inside(document, 2);
    }
    if (sum == 0) {
        return std::nullopt;
    }
    return sum > 0 ? FileKind::experiment_config : FileKind::registry;
}

} // namespace mutation::config
