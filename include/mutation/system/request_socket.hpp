#pragma once

#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <string>

namespace mutation::system {

/// A socket in a folder by which a process receives requests. Its file exists as long as the object; only the owner and
/// root can send to it. A request has no content: there is one socket for each kind.
class RequestSocket {
public:
    /// Replaces a socket that a killed process left. Closed if the folder's file system has no sockets.
    RequestSocket(const std::filesystem::path& directory, std::string name);
    RequestSocket(const RequestSocket&) = delete;
    RequestSocket& operator=(const RequestSocket&) = delete;
    ~RequestSocket();

    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    /// Readable when a request has arrived.
    [[nodiscard]] int fd() const { return socket_.get(); }
    /// Takes one request; false if there is none.
    [[nodiscard]] bool take() const;

private:
    UniqueFd directory_;
    std::string name_;
    UniqueFd socket_;
};

enum class Delivery { delivered, nobody_listens, forbidden };

/// Sends a request to the process that has this socket open.
[[nodiscard]] Delivery send_request(const std::filesystem::path& directory, const std::string& name);

} // namespace mutation::system
