// An honest answer first, then what is done to it.
#include "simulation/source.hpp"

#include "api/fingerprint.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>

namespace simsync::simulation
{
namespace
{

// No sweep of a simulated fleet needs nearly as many: one that asks on is caught in a loop.
constexpr std::int64_t most_requests = 20'000;

// The part of the list that the other filters leave.
Scope scope_of(const ListQuery& query)
{
    for (const auto& filter : query.filter)
        if (filter.field == "profile")
            return {std::get<std::string>(filter.value)};
    return {};
}

const std::vector<std::string>* names(const ListQuery& query)
{
    for (const auto& filter : query.filter)
        if (filter.field == "id" && filter.comparator == Comparator::in)
            return &std::get<std::vector<std::string>>(filter.value);
    return nullptr;
}

const Filter* pivot(const ListQuery& query)
{
    for (const auto& filter : query.filter)
        if (filter.field == "id" &&
            (filter.comparator == Comparator::gt || filter.comparator == Comparator::lte))
            return &filter;
    return nullptr;
}

bool filters_by_activity(const ListQuery& query)
{
    return std::ranges::find(query.filter, "latestActivity", &Filter::field) != query.filter.end();
}

bool passes(const std::optional<Timestamp>& activity, const Filter& filter)
{
    const auto bound = parse_date(std::get<std::string>(filter.value));
    return filter.comparator == Comparator::gte ? activity >= bound : activity && activity <= bound;
}

bool sorts_by_activity(const ListQuery& query)
{
    return query.sort.front().field == "latestActivity";
}

} // namespace

SimulatedSource::SimulatedSource(World& world, const Scenario& scenario, Chance chance, Findings& findings)
    : world_(world),
      scenario_(scenario),
      chance_(chance),
      findings_(findings)
{
}

void SimulatedSource::begin_sweep(std::int64_t number)
{
    tally_ = {.sweep = number, .oldest = world_.version()};
}

boost::asio::awaitable<Answer<Page>> SimulatedSource::simcards(ListQuery query, const Fleet* known)
{
    co_await dawdle();
    auto answer = query.urgency == Urgency::recent    ? recent(query)
                  : query.urgency == Urgency::watched ? watched(query)
                                                      : list(query);
    if (answer)
        hash_payloads(*answer);
    if (answer && known != nullptr)
        recognise(*answer, *known);
    co_await dawdle();
    co_return answer;
}

boost::asio::awaitable<Answer<Page>> SimulatedSource::simcard(std::string id)
{
    co_await dawdle();
    auto answer = one(id);
    co_await dawdle();
    co_return answer;
}

// As the decoder does it, and long before the page is made use of. Of SIMs that are alike the bytes are, too.
void SimulatedSource::hash_payloads(Page& page)
{
    for (auto& item : page.items)
        item.payload_hash = {item.fingerprint.low, item.sim.undecoded.empty() ? 1U : 0U};
}

void SimulatedSource::recognise(Page& page, const Fleet& fleet)
{
    std::size_t items = 0;
    const auto is_known = [&](const ObservedSim& item)
    {
        const auto place = fleet.find(item.sim.id);
        const bool known = item.payload_hash.length > 0 && place != Fleet::nowhere &&
                           fleet.payload_hash(place) == item.payload_hash;
        if (known)
        {
            findings_.saw("a SIM known by its wording");
            page.unchanged.push_back({item.sim.id, fleet.fingerprint(place), items});
        }
        else
            ++items;
        return known;
    };
    std::erase_if(page.items, is_known);
}

// Answers overtake each other, and what is under way in the database.
boost::asio::awaitable<void> SimulatedSource::dawdle()
{
    for (auto steps = chance_.below(4); steps > 0; --steps)
        co_await boost::asio::post(boost::asio::use_awaitable);
}

// False where there is no answer.
bool SimulatedSource::arrives()
{
    if (on_request)
        on_request();
    world_.pass();
    drifted_ = faulty_ && drifted_ != chance_.happens(scenario_.drift);
    if (++tally_.requests == most_requests)
        findings_.complain("a sweep asks for ever");
    return tally_.requests < most_requests && !(faulty_ && chance_.happens(scenario_.faults.failure));
}

Answer<Page> SimulatedSource::list(const ListQuery& query)
{
    const auto* ids = names(query);
    const bool by_key = pivot(query) != nullptr;
    if (!arrives() || (ids != nullptr && scenario_.by_list == ByList::refused))
        return failure();
    if (drifted_ && selects_description_)
        return unknown_description();
    if (by_key && scenario_.by_key == ByKey::refused)
        return Failure{
            chance_.happens(0.5) ? FailureKind::schema : FailureKind::graphql_errors,
            "ids cannot be compared",
            {},
            {}};
    const auto& all = look(query);
    Rows rows;
    auto total = all.size();
    if (ids != nullptr && scenario_.by_list != ByList::ignored)
    {
        const std::vector<std::string> first{ids->front()};
        rows = rows_named(all, scenario_.by_list == ByList::honoured ? *ids : first, query.limit);
        total = rows.size();
    }
    else
        rows = cut_out(scenario_.sorts ? by_pivot(all, query) : shuffled(all), query.offset, query.limit);
    spoil(rows, ids == nullptr);
    note(rows, ids == nullptr);
    if (ids == nullptr)
        ++tally_.pages;
    else
        note_absence(all, *ids, rows);
    const auto* what = by_key ? "id GT" : ids == nullptr ? "page" : "id IN";
    findings_.saw(what);
    log(what, rows);
    return page_of(rows, total);
}

// A recent look, which is no part of the sweep beside it: it counts for nothing that the sweep is judged by.
Answer<Page> SimulatedSource::recent(const ListQuery& query)
{
    world_.pass();
    const bool refused = scenario_.by_activity == ByActivity::refused &&
                         (filters_by_activity(query) || sorts_by_activity(query));
    if (refused || (faulty_ && chance_.happens(scenario_.faults.failure)))
        return failure();
    if (drifted_ && selects_description_)
        return unknown_description();
    return beside(cut_out(by_activity(look(query), query), query.offset, query.limit), "look");
}

Answer<Page> SimulatedSource::watched(const ListQuery& query)
{
    world_.pass();
    const auto* ids = names(query); // none: it asks whether the API answers at all
    const bool refused = scenario_.by_list == ByList::refused && ids != nullptr;
    if (refused || (faulty_ && chance_.happens(scenario_.faults.failure)))
        return failure();
    if (drifted_ && selects_description_)
        return unknown_description();
    const auto& all = look(query);
    if (scenario_.by_list == ByList::ignored || ids == nullptr)
        return beside(cut_out(all, query.offset, query.limit), "watched");
    const std::vector<std::string> first{ids->front()};
    return beside(
        rows_named(all, scenario_.by_list == ByList::honoured ? *ids : first, query.limit), "watched");
}

Answer<Page> SimulatedSource::beside(Rows rows, const char* what)
{
    if (faulty_ && !rows.empty())
        strike(rows);
    for (auto& row : rows)
    {
        if (row.entry.card->illegible && !row.hidden())
            row.fate = Fate::set_aside;
        tally_.look_lied |= row.fate == Fate::differing;
    }
    log(what, rows);
    return page_of(rows, rows.size());
}

List SimulatedSource::by_activity(const List& list, const ListQuery& query) const
{
    auto found = list;
    const bool filters =
        scenario_.by_activity == ByActivity::honoured || scenario_.by_activity == ByActivity::filters_only;
    const bool sorts =
        scenario_.by_activity == ByActivity::honoured || scenario_.by_activity == ByActivity::sorts_only;
    for (const auto& filter : query.filter)
        if (filters && filter.field == "latestActivity")
            std::erase_if(
                found, [&filter](const Entry& entry)
                { return !passes(entry.observed->sim.latest_activity, filter); });
    if (sorts && sorts_by_activity(query))
        std::ranges::stable_sort(
            found, std::ranges::greater{},
            [](const Entry& entry) { return entry.observed->sim.latest_activity; });
    return found;
}

Answer<Page> SimulatedSource::one(const std::string& id)
{
    if (!arrives() || scenario_.by_one == ByOne::refused)
    {
        tally_.by_one_in_doubt = true;
        return failure();
    }
    if (drifted_ && selects_description_)
        return unknown_description();
    const auto& all = look({});
    Rows rows;
    if (scenario_.by_one == ByOne::honoured)
        rows = rows_named(all, {id}, 1);
    else if (scenario_.by_one == ByOne::anything)
        rows = cut_out(all, chance_.below(all.size()), 1);
    spoil(rows, false);
    note(rows, false);
    note_absence(all, {&id, 1}, rows);
    tally_.by_one_in_doubt |=
        scenario_.by_one != ByOne::honoured ||
        std::ranges::any_of(rows, [](const Row& row) { return row.fate != Fate::shown; });
    findings_.saw("simcard(id)");
    log("simcard(id)", rows);
    return page_of(rows, rows.size());
}

const List& SimulatedSource::look(const ListQuery& query)
{
    const auto behind = faulty_ ? std::min<Version>(chance_.below(scenario_.lag + 1), world_.version()) : 0;
    shown_ = world_.version() - behind;
    tally_.oldest = std::min(tally_.oldest, shown_);
    const auto& all = world_.list(behind);
    const auto scope = scope_of(query);
    if (!scope.profile)
        return all;
    covered_.clear();
    std::ranges::copy_if(
        all, std::back_inserter(covered_),
        [&](const Entry& entry) { return scope.cover(entry.observed) != nullptr; });
    return covered_;
}

// What the filter by a pivot leaves of the list, in the order that was asked for.
const List& SimulatedSource::by_pivot(const List& list, const ListQuery& query)
{
    const auto* filter = pivot(query);
    if (filter == nullptr)
        return list;
    const bool other = scenario_.by_key == ByKey::by_other_rule;
    const auto rule =
        (scenario_.ids == Ids::sorted_as_numbers) == other ? Ids::sorted_as_text : Ids::sorted_as_numbers;
    const auto& id = std::get<std::string>(filter->value);
    pivoted_.clear();
    for (const auto& entry : list)
        if (scenario_.by_key == ByKey::ignored ||
            World::less(rule, id, entry.card->id) == (filter->comparator == Comparator::gt))
            pivoted_.push_back(entry);
    if (!query.sort.front().ascending && scenario_.by_key != ByKey::never_descends)
        std::ranges::reverse(pivoted_);
    return pivoted_;
}

const List& SimulatedSource::shuffled(const List& list)
{
    shuffled_ = list;
    for (auto left = shuffled_.size(); left > 1; --left)
        std::swap(shuffled_[left - 1], shuffled_[chance_.below(left)]);
    return shuffled_;
}

SimulatedSource::Rows
SimulatedSource::cut_out(const List& list, std::uint64_t offset, std::uint64_t limit) const
{
    Rows rows;
    const auto end = std::min<std::uint64_t>(list.size(), offset + std::min(limit, scenario_.cap));
    for (auto at = offset; at < end; ++at)
        rows.push_back({list[at]});
    return rows;
}

SimulatedSource::Rows
SimulatedSource::rows_named(const List& list, const std::vector<std::string>& ids, std::uint64_t limit)
{
    std::vector<const Card*> cards;
    for (const auto& id : ids)
        cards.push_back(world_.find(id));
    std::ranges::sort(cards);
    Rows rows;
    for (const auto& entry : list)
        if (rows.size() < std::min(limit, scenario_.cap) && std::ranges::binary_search(cards, entry.card))
            rows.push_back({entry, Fate::shown, true});
    return rows;
}

// What is wrong with this answer, within the rule of lies.
void SimulatedSource::spoil(Rows& rows, bool of_list)
{
    if (faulty_ && !rows.empty())
        strike(rows);
    const bool again = breaks_the_rule(rows, of_list);
    for (auto& row : rows)
    {
        if (again)
            row.fate = Fate::shown;
        if (row.entry.card->illegible && !row.hidden())
            row.fate = Fate::set_aside;
    }
}

// At most one fault an answer.
void SimulatedSource::strike(Rows& rows)
{
    const auto& rates = scenario_.faults;
    auto lot = chance_.share();
    const auto falls = [&lot](double rate) { return (lot -= rate) < 0; };
    auto first_hidden = rows.size();
    auto& any = chance_.one_of(rows);
    if (falls(rates.empty))
        first_hidden = 0;
    else if (falls(rates.cut_short))
        first_hidden = chance_.below(rows.size());
    else if (falls(rates.row_missing))
        any.fate = Fate::missing;
    else if (falls(rates.row_twice))
        any.fate = Fate::twice;
    else if (falls(rates.row_differing))
        any.fate = Fate::differing;
    else if (falls(rates.set_aside))
        any.fate = Fate::set_aside;
    for (; first_hidden < rows.size(); ++first_hidden)
        rows[first_hidden].fate = Fate::withheld;
}

bool SimulatedSource::breaks_the_rule(const Rows& rows, bool of_list) const
{
    if (std::ranges::none_of(rows, &Row::hidden))
        return false;
    if (of_list)
        return !scenario_.wild &&
               (honest_pages_ <= scenario_.plan.in_flight ||
                std::ranges::any_of(rows, [](const Row& row) { return row.entry.card->lied_around; }));
    return std::ranges::any_of(
        rows, [](const Row& row) { return row.hidden() && row.entry.card->hidden_by_name; });
}

void SimulatedSource::note(const Rows& rows, bool of_list)
{
    const bool lied = std::ranges::any_of(rows, &Row::hidden);
    if (of_list)
        honest_pages_ = lied ? 0 : honest_pages_ + 1;
    for (const auto& row : rows)
        if (of_list)
            note_page(row, lied);
        else if (row.named)
            row.entry.card->hidden_by_name = row.hidden();
}

void SimulatedSource::note_page(const Row& row, bool lied)
{
    row.entry.card->lied_around = lied;
    auto& account = row.entry.card->in_sweep(tally_.sweep);
    if (row.fate == Fate::set_aside || row.fate == Fate::missing)
        account.excused = true;
    tally_.showed_anybody |= !row.hidden();
    if (row.fate >= Fate::set_aside)
        return;
    account.shown = true;
    account.shown_last = shown_;
}

// Of the SIMs that were asked for by name, those that the answer does not show.
void SimulatedSource::note_absence(const List& list, std::span<const std::string> ids, const Rows& rows)
{
    for (const auto& id : ids)
    {
        auto* card = world_.find(id);
        if (card == nullptr)
            return findings_.complain("the API was asked for " + id + ", which never was");
        const bool shown = std::ranges::any_of(
            rows, [card](const Row& row) { return row.entry.card == card && !row.hidden(); });
        const auto entry = std::ranges::find(list, card, &Entry::card);
        const bool there = entry != list.end() && world_.scope.cover(entry->observed) != nullptr;
        auto& account = card->in_sweep(tally_.sweep);
        account.absences += shown ? 0 : 1;
        account.honest_absences += there ? 0 : 1;
        account.present_when_last_named = shown;
    }
}

std::optional<std::uint64_t> SimulatedSource::count(std::size_t total, std::size_t rows)
{
    switch (scenario_.count)
    {
    case Count::total:
        return total;
    case Count::page:
        return rows;
    case Count::missing:
        return std::nullopt;
    case Count::anything:
        return chance_.happens(0.1) ? 1'000'000 : chance_.below(2 * total + 2);
    }
    return std::nullopt;
}

Page SimulatedSource::page_of(const Rows& rows, std::size_t total)
{
    Page page;
    for (const auto& row : rows)
    {
        if (row.hidden())
            continue;
        ++page.rows;
        if (row.fate == Fate::set_aside)
            page.decode_errors.push_back({"", "id", "null"});
        else
            page.items.push_back(*row.entry.observed);
        if (row.fate == Fate::twice || row.fate == Fate::differing)
        {
            ++page.rows;
            page.items.push_back(*row.entry.observed);
        }
        if (row.fate == Fate::differing)
            show_as_before(row, page);
    }
    page.count = count(total, page.rows);
    if (!selects_description_)
        leave_out_description(page);
    return page;
}

// One of the last two items, which are the same SIM, shows an older state of it.
void SimulatedSource::show_as_before(const Row& row, Page& page)
{
    for (const auto& state : row.entry.card->states)
        if (state.observed != nullptr && state.since < shown_ && chance_.happens(0.5))
        {
            page.items[page.items.size() - 1 - chance_.below(2)] = *state.observed;
            tally_.oldest = std::min(tally_.oldest, state.since);
            return;
        }
}

void SimulatedSource::leave_out_description(Page& page)
{
    tally_.drifted = true;
    page.left_out = {"description"};
    for (auto& item : page.items)
    {
        item.sim.description.reset();
        item.fingerprint = fingerprint(item.sim);
    }
    mark_left_out(page);
}

std::vector<std::string> SimulatedSource::select_all_but(const std::vector<std::string>& fields)
{
    selects_description_ = std::ranges::find(fields, "description") == fields.end();
    return selects_description_ ? std::vector<std::string>{} : std::vector<std::string>{"description"};
}

Failure SimulatedSource::unknown_description() const
{
    findings_.saw("an unknown field");
    return {FailureKind::schema, "the API knows no description", {}, {"description"}};
}

Failure SimulatedSource::failure()
{
    static constexpr auto kinds = static_cast<std::size_t>(FailureKind::redirected) + 1;
    Failure failure;
    // Most mend by asking again; some end the sweep.
    failure.kind =
        chance_.happens(0.5) ? FailureKind::server_error : static_cast<FailureKind>(chance_.below(kinds));
    failure.what = "the simulated API answers with " + std::string(to_text(failure.kind));
    if (tally_.requests >= most_requests)
        failure.kind = FailureKind::unauthorized;
    if (failure.kind == FailureKind::throttled)
        failure.retry_after = std::chrono::milliseconds{0};
    findings_.log([&] { return "  " + failure.what; });
    return failure;
}

void SimulatedSource::log(const char* what, const Rows& rows) const
{
    findings_.log(
        [&]
        {
            static constexpr const char* marks[] = {"", "+", "~", "?", "-", "--"};
            std::string line = "  " + std::string(what) + " @" + std::to_string(shown_) + ':';
            for (const auto& row : rows)
                line += ' ' + row.entry.card->id + marks[static_cast<int>(row.fate)];
            return line;
        });
}

} // namespace simsync::simulation
