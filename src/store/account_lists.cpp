#include "store/account_lists.hpp"

#include "store/account_rows.hpp"
#include "store/action_rows.hpp"
#include "store/bound_values.hpp"
#include "store/held_rows.hpp"
#include "store/sim_search.hpp"

#include <utility>

namespace simsync
{
namespace
{

// Of one more than `limit`, the last of which only tells that there is one.
template<class Item, class KeyOf>
auto page_of(std::vector<Item> items, std::size_t limit, KeyOf key_of)
{
    ListPage<Item, decltype(key_of(items.front()))> page;
    if (items.size() > limit)
    {
        items.resize(limit);
        page.next = key_of(items.back());
    }
    page.items = std::move(items);
    return page;
}

} // namespace

SweepPage sweep_page(Work& work, const SweepQuestion& question)
{
    return page_of(
        sweeps_before(work, question.account, question.before, question.limit + 1), question.limit,
        [](const SweepRecord& sweep) { return sweep.id; });
}

ActionPage action_page(Work& work, const ActionQuestion& question)
{
    return page_of(
        actions_before(work, question.account, question.sim, question.before, question.limit + 1),
        question.limit, [](const PastAction& past) { return past.action.id; });
}

RemovalPage removal_page(Work& work, const RemovalQuestion& question)
{
    BoundValues values;
    auto sql = select_held_removals + " where h.account = " + values.text(question.account);
    if (question.after)
        sql += " and h.sim > " + values.text(*question.after);
    if (!question.words.empty())
    {
        const auto part = values.text('%' + like_literal(question.words) + '%');
        sql += " and (h.sim collate \"default\" ilike " + part + " or s.iccid_plastic ilike " + part +
               " or s.description ilike " + part + ')';
    }
    sql += " order by h.sim limit " + values.number(question.limit + 1);
    return page_of(
        held_removals_of(values.run(work, sql)), question.limit,
        [](const HeldRemoval& held) { return held.sim; });
}

} // namespace simsync
