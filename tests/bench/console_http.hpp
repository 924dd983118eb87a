// What the console costs over HTTP: each row is printed as it is measured.
#pragma once

#include <cstddef>
#include <string>

namespace simsync::bench
{

struct Looks
{
    std::size_t asked = 50;     // times that each path is asked for
    std::size_t events = 100;   // whose way from commit to a follower is timed
    std::size_t sims = 100'000; // of the fleet that is swept beside viewers
    std::size_t sweeps = 30;    // each with them and without
    std::size_t viewers = 5;
};

// `url`: a mirror of account "main" that nobody sweeps; its log is written to.
void measure_http(const std::string& url, const Looks& looks);

} // namespace simsync::bench
