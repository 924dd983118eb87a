#include "sync/queries.hpp"

namespace simsync
{

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
    auto ids = inquiry.ids();
    const auto limit = ids.size();
    auto filter = scope;
    filter.push_back({"id", Comparator::in, std::move(ids), Joint::all});
    return {0, limit, std::move(filter), {{"id", true}}, false};
}

} // namespace simsync
