#include "sync/queries.hpp"

namespace simsync
{
namespace
{

ListQuery query_of_ids(std::vector<std::string> ids, const std::vector<Filter>& scope, Urgency urgency)
{
    const auto limit = ids.size();
    auto filter = scope;
    filter.push_back({"id", Comparator::in, std::move(ids), Joint::all});
    return {0, limit, std::move(filter), {{"id", true}}, false, urgency};
}

} // namespace

ListQuery query_of(const PageRequest& request, const std::vector<Filter>& scope, std::size_t known)
{
    const bool descending = request.way == PageRequest::Way::upto;
    auto filter = scope;
    if (request.by_key())
        filter.push_back({"id", descending ? Comparator::lte : Comparator::gt, request.pivot, Joint::all});
    // The end of the list may have moved, its beginning has not.
    const bool has_rows =
        !request.by_key() && known > 0 && (request.offset == 0 || request.offset + request.limit <= known);
    return {request.offset, request.limit, std::move(filter), {{"id", !descending}}, has_rows};
}

ListQuery query_of(const Inquiry& inquiry, const std::vector<Filter>& scope)
{
    return query_of_ids(inquiry.ids(), scope, Urgency::sweep);
}

ListQuery query_of_watched(std::vector<std::string> ids, const std::vector<Filter>& scope)
{
    return query_of_ids(std::move(ids), scope, Urgency::watched);
}

ListQuery query_of_anybody(const std::vector<Filter>& scope, Urgency urgency)
{
    return {.limit = 1, .filter = scope, .sort = {{.field = "id"}}, .urgency = urgency};
}

ListQuery query_of(const RecentRequest& request, const std::vector<Filter>& scope)
{
    auto filter = scope;
    if (request.filters())
        filter.push_back({"latestActivity", Comparator::gte, to_text(request.since), Joint::all});
    if (request.until)
        filter.push_back({"latestActivity", Comparator::lte, to_text(*request.until), Joint::all});
    const Sort sort =
        request.sorts_by_time() ? Sort{.field = "latestActivity", .ascending = false} : Sort{.field = "id"};
    return {request.offset, request.limit, std::move(filter), {sort}, false, Urgency::recent};
}

} // namespace simsync
