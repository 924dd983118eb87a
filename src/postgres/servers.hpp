// The servers that a connection string names, one by one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

struct Server
{
    std::string conninfo; // of this one alone; holds the password: for libpq only
    std::string name;     // for people: "\"db1\" (10.0.0.7), port 5432"
};

struct Servers
{
    std::vector<Server> each;                      // in the order in which they are to be tried; never none
    std::optional<std::chrono::seconds> patience;  // with each of them; empty: as long as it takes
    std::optional<std::chrono::milliseconds> lead; // of each over the next; empty: until it has failed
};

// Host by host, and a host that has several addresses address by address. At most one of them can be the
// primary: where it is asked for, a host that is silent does not keep the next one waiting for long. Empty
// where libpq has to see to it itself: a service's file is read, or its servers are tried in two rounds.
std::optional<Servers> servers_of(const std::string& conninfo);

} // namespace simsync
