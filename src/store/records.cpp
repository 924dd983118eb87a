// Names of a sweep's outcomes.
#include "simsync/store/records.hpp"

#include <array>

namespace simsync
{

std::string_view to_text(Outcome outcome)
{
    constexpr std::array<std::string_view, 4> names{"running", "complete", "incomplete", "failed"};
    return names.at(static_cast<std::size_t>(outcome));
}

} // namespace simsync
