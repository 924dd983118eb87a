// A TCP proxy in front of a Cluster that sees where messages begin and end, and breaks at one of them.
#pragma once

#include "harness/cluster.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace simsync::test
{

// Speaks just enough of PostgreSQL's protocol (version 3, unencrypted) to tell messages apart in both
// directions. They are numbered in the order in which they come, whatever connection they belong to.
class FaultyProxy
{
public:
    enum class Side
    {
        before, // the message does not pass
        after,  // it passes, and nothing after it
    };

    explicit FaultyProxy(const Cluster& cluster);
    ~FaultyProxy();
    FaultyProxy(const FaultyProxy&) = delete;
    FaultyProxy& operator=(const FaultyProxy&) = delete;

    // The URL of a database of the cluster (as Cluster gives it), through the proxy.
    std::string url_of(const std::string& url) const;

    // Numbers messages anew, from 1, and lets them all pass.
    void count();
    // The same, up to message `number`: there the proxy calls `act`, if there is one, while both ends wait,
    // and then cuts that connection. Whatever connection comes later passes.
    void cut_at(std::size_t number, Side side, std::function<void()> act = {});

    bool has_cut() const;
    std::size_t passed() const;            // messages since they were numbered anew
    std::string passed(std::size_t) const; // what a message was, for people: "> Query commit"

private:
    struct Link; // a connection of a client and ours to the server
    struct Plan
    {
        std::size_t number = 0; // 0: none
        Side side = Side::before;
        std::function<void()> act;
    };

    void serve();
    void accept_link();
    void forward(Link& link, bool to_server);
    bool pass(Link& link, bool to_server, std::string_view message); // false: the link is cut
    void begin(Plan plan);

    std::string socket_of_server_;
    int listener_;
    int wake_;
    std::uint16_t port_;
    std::list<Link> links_; // touched on the thread only
    mutable std::mutex mutex_;
    Plan plan_;
    std::vector<std::string> passed_;
    bool has_cut_ = false;
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

} // namespace simsync::test
