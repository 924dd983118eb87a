// The service manager's end of sd_notify(3).
#pragma once

#include "harness/process.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace simsync::test
{

// Reads all the time, as systemd does: sd_notify waits where nobody reads, and the daemon with it.
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
    void read_on();

    std::string path_;
    int socket_;
    std::mutex mutex_;
    std::condition_variable heard_;
    std::deque<std::string> messages_; // not awaited yet
    std::thread reader_;
};

} // namespace simsync::test
