// One case for each fault. Called by the service.
#include "simulator/faults.hpp"

#include <utility>

namespace simsync::simulator
{
namespace
{

Answer delivered(Answer answer, Delivery delivery)
{
    answer.delivery = delivery;
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
        return delivered(std::move(good), Delivery::half);
    case Fault::reset:
        return delivered(std::move(good), Delivery::nothing);
    case Fault::silence:
        return delivered(std::move(good), Delivery::never);
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
