// The service manager's end of sd_notify(3).
#pragma once

#include "harness/process.hpp"

#include <string>

namespace simsync::test
{

class NotifySocket
{
public:
    explicit NotifySocket(const Folder& folder, const std::string& name = "notify");
    ~NotifySocket();
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;

    std::string variable() const { return "NOTIFY_SOCKET=" + path_; }

    // Waits for a message that begins so, and passes over others; the message. Throws after half a minute.
    std::string await(const std::string& begin);

private:
    std::string path_;
    int socket_;
};

} // namespace simsync::test
