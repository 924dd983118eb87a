// Two PostgreSQL nodes under Patroni with one etcd, on loopback, and what can befall them.
#pragma once

#include "harness/process.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace simsync::test
{

class Patroni
{
public:
    // Starts all of it; returns once there is a leader and a standby that follows. Throws where that takes
    // more than a minute.
    Patroni();
    ~Patroni();
    Patroni(const Patroni&) = delete;
    Patroni& operator=(const Patroni&) = delete;

    // Both hosts, read-write: whoever is the primary.
    std::string url(const std::string& database) const;

    // While it is set, nobody reads a commit before the standby has it. Returns when it is so.
    void set_synchronous(bool synchronous);
    bool is_synchronous() const noexcept { return synchronous_; }

    // Each returns when there are a primary and a standby that follows it again.
    // Its Patroni too, as when a host loses power; both are started again when the standby is promoted. That
    // one lacks what was written in so long before.
    void kill_primary(std::chrono::milliseconds standby_behind = {});
    void crash_postgres(); // of the primary, and no more: its Patroni sees to it
    void switch_over();    // to the other one
    void stop_etcd();      // for longer than a leader may do without it

private:
    struct Node
    {
        std::string name;
        unsigned short database_port;
        unsigned short api_port;
        std::optional<Process> process{};
    };

    void write_configuration(const Node& node) const;
    void start(Node& node);
    void start_etcd();
    Node& primary();
    void kill_postgres(const Node& node);
    static pid_t stop_receiver(const Node& standby);
    bool are_two() const;
    void await_two_of_them();

    Folder folder_;
    unsigned short etcd_port_;
    unsigned short etcd_peer_port_;
    std::optional<Process> etcd_;
    std::array<Node, 2> nodes_;
    bool synchronous_ = true;
};

} // namespace simsync::test
