// Randomness that a seed decides: the same sequence on every machine and with every standard library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace simsync::simulator
{

// splitmix64. Its quality is ample for a make-believe fleet, and its state is one number.
class Random
{
public:
    explicit Random(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next()
    {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15ULL;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
        return mixed ^ (mixed >> 31U);
    }

    // 0 … bound - 1; a bound of 0 yields 0. The bias is below bound / 2^64.
    std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }

    std::int64_t between(std::int64_t least, std::int64_t most)
    {
        return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
    }

    bool percent(unsigned chance) { return below(100) < chance; }

    template<class T, std::size_t N>
    const T& pick(const std::array<T, N>& from)
    {
        return from[below(N)];
    }

private:
    std::uint64_t state_;
};

} // namespace simsync::simulator
