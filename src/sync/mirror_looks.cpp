// The account mirror's looks between sweeps: which rows of one may be news, and the write of those that are.
#include "sync/account_mirror.hpp"

#include "api/fingerprint.hpp"

#include <string_view>
#include <unordered_map>
#include <utility>

namespace simsync
{

using boost::asio::awaitable;

void AccountMirror::note_reading(const std::string& id)
{
    if (touched_)
        touched_->insert(id);
}

void AccountMirror::note_readings(const Page& page)
{
    if (touched_)
        for (const auto id : ids_of(page))
            touched_->emplace(id);
}

bool AccountMirror::may_be_news(const ObservedSim& observed) const
{
    const auto place = fleet_.find(observed.sim.id);
    return place != Fleet::nowhere && fleet_.fingerprint(place) != observed.fingerprint &&
           !sims_in_action_.contains(observed.sim.id) && !(touched_ && touched_->contains(observed.sim.id));
}

// Where it is not, a sweep has read something that waits to be written, and may be newer.
bool AccountMirror::is_known_as_stored(const StoredSim& stored) const
{
    return !stored.removed_at && fleet_.fingerprint(fleet_.find(stored.sim.id)) == fingerprint(stored.sim);
}

bool AccountMirror::shows_later_activity(const ObservedSim& observed, const StoredSim& stored)
{
    return observed.sim.latest_activity > stored.sim.latest_activity;
}

awaitable<std::vector<SoonToChange>>
AccountMirror::soon_to_change(Timestamp since, Timestamp until, std::size_t most)
{
    return database_([=](Mirror& mirror) { return mirror.soon_to_change(since, until, most); });
}

awaitable<LookResult> AccountMirror::commit_look(std::vector<ObservedSim> rows, IsNewer is_newer)
{
    LookResult result;
    std::vector<std::string> ids;
    for (const auto& row : rows)
        if (may_be_news(row))
            ids.push_back(row.sim.id);
    if (ids.empty())
    {
        end_look();
        co_return result;
    }
    const auto stored =
        co_await database_.transact([&ids](Transaction& transaction) { return transaction.load(ids); });
    // From here to the write nothing is waited for: what is decided holds until it is under way.
    std::unordered_map<std::string_view, const StoredSim*> stored_of;
    for (const auto& row : stored)
        stored_of.emplace(row.sim.id, &row);
    std::vector<ObservedSim> news;
    for (std::size_t row = 0; row < rows.size(); ++row)
    {
        auto& observed = rows[row];
        const auto found = stored_of.find(observed.sim.id);
        if (found == stored_of.end() || !may_be_news(observed) || !is_known_as_stored(*found->second) ||
            !is_newer(observed, *found->second))
            continue;
        const auto place = fleet_.remember(observed.sim.id, observed.fingerprint);
        fleet_.note_payload_hash(place, observed.payload_hash);
        fleet_.note_look(place, observed.sim.latest_activity);
        news.push_back(std::move(observed));
        result.news_until = row + 1;
    }
    end_look();
    if (news.empty())
        co_return result;
    const auto when = event_context(Cause::sweep);
    const auto known = rule_context();
    result.written = co_await database_.transact(
        [&](Transaction& transaction)
        {
            ChangeWriter writer{transaction, known, when};
            writer.write(news, false);
            return writer.flush();
        });
    if (result.written.deadlines && new_deadlines_)
        new_deadlines_();
    co_return result;
}

} // namespace simsync
