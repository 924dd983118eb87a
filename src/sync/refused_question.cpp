#include "sync/refused_question.hpp"

#include "sync/queries.hpp"

namespace simsync
{

boost::asio::awaitable<bool> is_about_the_question(
    Source& source, const std::vector<Filter>& scope, Urgency urgency, const Failure& failure,
    LookReport& report)
{
    if (!judges_the_question(failure.kind) || !failure.unknown_fields.empty())
        co_return false;
    ++report.requests;
    const auto plain = co_await source.simcards(query_of_anybody(scope, urgency), nullptr);
    co_return plain.has_value();
}

} // namespace simsync
