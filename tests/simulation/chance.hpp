// All chance of a simulation, from one seed: the same sequence on every machine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace simsync::simulation
{

// splitmix64: ample for a make-believe world, and its state is one number.
class Chance
{
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}

    std::uint64_t bits()
    {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15ULL;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
        return mixed ^ (mixed >> 31U);
    }

    // In [0, 1).
    double share() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }
    bool happens(double probability) { return share() < probability; }

    // 0 … bound - 1; a bound of 0 yields 0.
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : bits() % bound; }
    std::size_t between(std::size_t least, std::size_t most) { return least + below(most - least + 1); }

    template<class List>
    auto& one_of(List& list)
    {
        return list[below(std::size(list))];
    }

    // A sequence of its own, so that what one part draws does not move the others.
    Chance branch() { return Chance(bits()); }

private:
    std::uint64_t state_;
};

} // namespace simsync::simulation
