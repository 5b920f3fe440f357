#include "launch_spec.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"

namespace mutation::run {

namespace {

constexpr std::string_view kMagic = "mutation-launch-1";

class Packer {
public:
    void add(std::string_view field) {
        bytes_.append(field);
        bytes_.push_back('\0');
    }
    void add(std::size_t number) { add(std::to_string(number)); }
    template <class List>
    void add_list(const List& list) {
        add(list.size());
        for (const auto& item : list) {
            add(item);
        }
    }
    std::string bytes_;
};

class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

    std::string text() {
        const std::size_t end = rest_.find('\0');
        if (end == std::string_view::npos) {
            throw Error(ErrorKind::internal, "the launcher got a cut description of the training");
        }
        std::string field(rest_.substr(0, end));
        rest_.remove_prefix(end + 1);
        return field;
    }
    std::size_t number() { return static_cast<std::size_t>(parse_integer(text()).value_or(0)); }
    std::vector<std::string> list() {
        std::vector<std::string> items(std::min(number(), rest_.size()));
        for (std::string& item : items) {
            item = text();
        }
        return items;
    }

private:
    std::string_view rest_;
};

} // namespace

std::string pack_launch_spec(const LaunchSpec& spec) {
    Packer packer;
    packer.add(kMagic);
    packer.add_list(spec.argv);
    packer.add_list(spec.environment);
    packer.add(spec.directory.native());
    packer.add(spec.log.native());
    packer.add(spec.run_as ? 1U : 0U);
    if (spec.run_as) {
        packer.add(std::size_t{spec.run_as->uid});
        packer.add(std::size_t{spec.run_as->gid});
        packer.add_list(std::vector<std::size_t>(spec.run_as->groups.begin(), spec.run_as->groups.end()));
    }
    return packer.bytes_;
}

LaunchSpec unpack_launch_spec(std::string_view bytes) {
    Unpacker unpacker(bytes);
    if (unpacker.text() != kMagic) {
        throw Error(ErrorKind::internal, "the launcher got no description of a training");
    }
    LaunchSpec spec;
    spec.argv = unpacker.list();
    spec.environment = unpacker.list();
    spec.directory = unpacker.text();
    spec.log = unpacker.text();
    if (unpacker.number() == 1) {
        UserIds ids{static_cast<uid_t>(unpacker.number()), static_cast<gid_t>(unpacker.number()), {}};
        for (const std::string& group : unpacker.list()) {
            ids.groups.push_back(static_cast<gid_t>(parse_integer(group).value_or(0)));
        }
        spec.run_as = std::move(ids);
    }
    return spec;
}

} // namespace mutation::run
