#include "launch_spec.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"

namespace mutation::run {

namespace {

constexpr std::string_view kMagic = "mutation-launch-2";

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
            fail();
        }
        std::string field(rest_.substr(0, end));
        rest_.remove_prefix(end + 1);
        return field;
    }
    std::size_t number() {
        const std::optional<std::int64_t> value = parse_integer(text());
        if (!value || *value < 0) {
            fail();
        }
        return static_cast<std::size_t>(*value);
    }
    std::vector<std::string> list() {
        std::vector<std::string> items;
        for (std::size_t left = number(); left > 0; --left) {
            items.push_back(text());
        }
        return items;
    }
    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

    [[noreturn]] static void fail() {
        throw Error(ErrorKind::internal, "the launcher got a broken description of the training");
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
    packer.add(spec.as_root ? 1U : 0U);
    packer.add(std::size_t{spec.umask});
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
    spec.as_root = unpacker.number() != 0;
    const std::size_t umask = unpacker.number();
    constexpr std::size_t kMostUmask = 0777;
    spec.umask = static_cast<mode_t>(umask);
    if (umask > kMostUmask || spec.argv.empty() || !unpacker.is_at_end()) {
        Unpacker::fail();
    }
    return spec;
}

} // namespace mutation::run
