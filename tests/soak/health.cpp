// Reads /proc.
#include "soak/health.hpp"

#include "harness/process.hpp"

#include <algorithm>
#include <filesystem>

namespace simsync::test
{
namespace
{

using Life = std::vector<Health>;

constexpr std::size_t mib = 1024 * 1024;
// Until caches and connections are as many as they will be.
constexpr std::size_t samples_of_youth = 10;
constexpr std::size_t samples_of_a_life = 30;
constexpr std::size_t growth_of_memory = 8 * mib;
constexpr std::size_t growth_of_descriptors = 8;

std::size_t median(Life life, std::size_t Health::*what)
{
    std::ranges::nth_element(life, life.begin() + static_cast<std::ptrdiff_t>(life.size() / 2), {}, what);
    return life[life.size() / 2].*what;
}

// Of the last third against the one after youth.
std::size_t growth(const Life& life, std::size_t Health::*what)
{
    const auto third = static_cast<std::ptrdiff_t>((life.size() - samples_of_youth) / 3);
    const auto adult = life.begin() + static_cast<std::ptrdiff_t>(samples_of_youth);
    const auto before = median({adult, adult + third}, what);
    const auto after = median({life.end() - third, life.end()}, what);
    return after > before ? after - before : 0;
}

} // namespace

Health health_of(pid_t process)
{
    const std::filesystem::path folder = "/proc/" + std::to_string(process);
    Health health;
    health.resident = status_bytes(process, "VmRSS");
    std::error_code gone;
    for (std::filesystem::directory_iterator each(folder / "fd", gone), end; !gone && each != end;
         each.increment(gone))
        ++health.descriptors;
    return health;
}

std::string Lives::complaints(std::size_t most_resident) const
{
    std::string complaints;
    for (const auto& life : lives_)
    {
        for (const auto& health : life)
            if (health.resident > most_resident)
            {
                complaints += "it held " + std::to_string(health.resident / mib) + " MiB\n";
                break;
            }
        if (life.size() < samples_of_youth + samples_of_a_life)
            continue;
        if (const auto grown = growth(life, &Health::resident); grown > growth_of_memory)
            complaints += "its memory grew by " + std::to_string(grown / mib) + " MiB\n";
        if (const auto grown = growth(life, &Health::descriptors); grown > growth_of_descriptors)
            complaints += "it opened " + std::to_string(grown) + " descriptors and closed none\n";
    }
    return complaints;
}

} // namespace simsync::test
