// Time and chance as the machine has them. Whatever decides takes them as arguments; this is where they come
// from.
#pragma once

#include "simsync/model/time.hpp"

#include <chrono>
#include <random>

namespace simsync
{

inline Timestamp system_now()
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// A random number in [0, 1).
inline double random_chance()
{
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

} // namespace simsync
