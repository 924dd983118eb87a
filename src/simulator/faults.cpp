// One case for each fault.
#include "simulator/faults.hpp"

#include <array>
#include <utility>

namespace simsync::simulator
{
namespace
{

Answer delivered(Answer answer, Transmission transmission)
{
    answer.transmission = transmission;
    return answer;
}

Answer too_many_requests()
{
    auto answer = refuse(429, "Too many requests.");
    answer.retry_after = "1";
    return answer;
}

Answer html_page()
{
    Answer answer;
    answer.content_type = "text/html; charset=utf-8";
    answer.body = "<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>";
    return answer;
}

} // namespace

Fault RandomFaults::next()
{
    static constexpr std::array faults{Fault::unauthorized, Fault::unavailable, Fault::too_many_requests,
                                       Fault::errors,       Fault::html,        Fault::cut,
                                       Fault::reset,        Fault::empty_page,  Fault::short_page};
    constexpr std::uint64_t resolution = 1'000'000;
    const auto drawn = static_cast<double>(random_.below(resolution)) / static_cast<double>(resolution);
    return drawn < share_ ? random_.pick(faults) : Fault::none;
}

bool forestalls(Fault fault)
{
    switch (fault)
    {
    case Fault::unauthorized:
    case Fault::unavailable:
    case Fault::too_many_requests:
    case Fault::errors:
    case Fault::html:
        return true;
    default:
        return false;
    }
}

Answer spoil(Answer good, Fault fault)
{
    switch (fault)
    {
    case Fault::unauthorized:
        return refuse(401, "Unauthorized.");
    case Fault::unavailable:
        return refuse(503, "Service unavailable.");
    case Fault::too_many_requests:
        return too_many_requests();
    case Fault::errors:
        return refuse(200, "Internal server error.");
    case Fault::html:
        return html_page();
    case Fault::cut:
        return delivered(std::move(good), Transmission::half);
    case Fault::reset:
        return delivered(std::move(good), Transmission::nothing);
    case Fault::silence:
        return delivered(std::move(good), Transmission::never);
    case Fault::none:
    case Fault::empty_page:
    case Fault::short_page:
        break;
    }
    return good;
}

std::size_t items_left(Fault fault, std::size_t asked)
{
    if (fault == Fault::empty_page)
        return 0;
    return fault == Fault::short_page ? asked / 2 : asked;
}

} // namespace simsync::simulator
