#include "mutation/system/request_socket.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mutation::system {

namespace {

UniqueFd open_folder(const std::filesystem::path& directory) {
    return UniqueFd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

UniqueFd make_socket() {
    return UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// By way of the folder's descriptor: an address has no more than 108 bytes.
sockaddr_un address_of(const UniqueFd& directory, const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = fmt::format("/proc/self/fd/{}/{}", directory.get(), name);
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

} // namespace

RequestSocket::RequestSocket(const std::filesystem::path& directory, std::string name)
    : directory_(open_folder(directory)), name_(std::move(name)), socket_(make_socket()) {
    ::unlinkat(directory_.get(), name_.c_str(), 0);
    const sockaddr_un address = address_of(directory_, name_);
    // The file gets our umask, which gives others no right to write, and so none to send.
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        socket_.reset();
    }
}

RequestSocket::~RequestSocket() {
    if (socket_.is_open()) {
        ::unlinkat(directory_.get(), name_.c_str(), 0);
    }
}

bool RequestSocket::take() const {
    char request = 0;
    return ::recv(socket_.get(), &request, sizeof request, 0) >= 0;
}

Delivery send_request(const std::filesystem::path& directory, const std::string& name) {
    const UniqueFd folder = open_folder(directory);
    const UniqueFd socket = make_socket();
    const sockaddr_un address = address_of(folder, name);
    const char request = 'R';
    if (::sendto(socket.get(), &request, sizeof request, MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
                 sizeof address) == sizeof request ||
        errno == EAGAIN) { // its queue is full of the same request
        return Delivery::delivered;
    }
    return errno == EACCES || errno == EPERM ? Delivery::forbidden : Delivery::nobody_listens;
}

} // namespace mutation::system
