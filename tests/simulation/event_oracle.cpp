// Nothing here calls the rules that it checks; it knows what the README says of events only.
#include "simulation/event_oracle.hpp"

#include "model/diff.hpp"

#include <algorithm>

namespace simsync::simulation
{
namespace
{

const Value* column(const Fields& fields, std::string_view name)
{
    const auto found = std::ranges::find(fields, name, &Field::column);
    return found == fields.end() ? nullptr : &found->value;
}

std::optional<Money> balance_of(const Fields& fields)
{
    const auto* value = column(fields, "balance");
    const auto* money = value == nullptr ? nullptr : std::get_if<Money>(value);
    return money == nullptr ? std::nullopt : std::optional(*money);
}

std::optional<Timestamp> deadline_of(const Fields& fields)
{
    const auto* value = column(fields, "tariff_expires_at");
    const auto* time = value == nullptr ? nullptr : std::get_if<Timestamp>(value);
    return time == nullptr ? std::nullopt : std::optional(*time);
}

bool is_list(const Value& value)
{
    return std::holds_alternative<std::vector<std::string>>(value);
}

// Whether a state of the world has these columns; no columns stand for no SIM.
bool shows(const ObservedSim* state, const Fields& fields)
{
    if (state == nullptr || fields.empty())
        return state == nullptr && fields.empty();
    const auto columns = all_fields(state->sim);
    return std::ranges::all_of(
        fields, [&](const Field& field) { return std::ranges::find(columns, field) != columns.end(); });
}

bool depleted(const std::optional<Money>& balance)
{
    return balance && *balance <= Money{};
}

// The nearest step before a deadline that has come by `now`; zero is the deadline itself.
std::chrono::seconds nearest_step(Timestamp deadline, Timestamp now)
{
    std::chrono::seconds step = std::chrono::seconds::max();
    for (const auto warning : warnings)
        if (deadline - warning <= now)
            step = std::min(step, warning);
    return deadline <= now ? std::chrono::seconds{0} : step;
}

} // namespace

EventOracle::EventOracle(
    World& world, const SimulatedSource& source, const Scenario& scenario, Findings& findings)
    : world_(world),
      source_(source),
      scenario_(scenario),
      findings_(findings)
{
}

void EventOracle::rescope(const Tables& tables)
{
    baselined_ = is_baselined(tables);
    absent_are_kept(); // those of the old scope
}

bool EventOracle::is_baselined(const Tables& tables) const
{
    return tables.ledger && tables.ledger->baselined && tables.ledger->scope == world_.scope.text();
}

void EventOracle::committed(const Tables& written, const Tables& before)
{
    AllNews news;
    const auto note = [&](const std::string& id)
    {
        const auto found = emitted_.find(id);
        if (found == emitted_.end())
            news.try_emplace(id, News{.fresh = true});
        else
            news.try_emplace(
                id, News{.before = found->second, .fresh = found->second.removed_at.has_value()});
    };
    for (const auto& [id, row] : written.sims)
        note(id);
    for (const auto& event : written.events)
        if (event.sim)
            note(*event.sim);

    see_moves(written, before);
    for (const auto& event : written.events)
    {
        findings_.saw(to_text(event.kind));
        if (event.sim)
            hear(event, news.at(*event.sim));
        else
            hear_account(event);
    }

    const auto now = [&](auto Tables::*table, const std::string& id)
    {
        const auto found = (written.*table).find(id);
        return found != (written.*table).end() ? found : (before.*table).find(id);
    };
    for (const auto& [id, each] : news)
    {
        const auto row = now(&Tables::sims, id);
        if (row == before.sims.end())
        {
            wrong(id, "it is told of, but has no row");
            continue;
        }
        check_row(id, row->second);
        const auto standing = now(&Tables::standing, id);
        check_balance(id, each, standing == before.standing.end() ? Standing{} : standing->second);
        check_expiry(id, each);
    }
    check_ledger(written, before);
}

// Before the baseline nobody is told who comes and goes: the rows alone tell.
void EventOracle::see_moves(const Tables& written, const Tables& before)
{
    const bool baselined = is_baselined(before);
    for (const auto& [id, row] : written.sims)
    {
        const auto old = before.sims.find(id);
        const bool first_sight = old == before.sims.end();
        const bool goes = !first_sight && !old->second.removed_at && row.removed_at;
        const bool comes = first_sight || (old->second.removed_at && !row.removed_at);
        if (goes)
            check_gone(id);
        if (baselined)
            continue;
        auto& emitted = emitted_[id];
        if (first_sight)
            emitted = {.columns = all_fields(row.observed.sim)};
        else if (comes && emitted.not_emitted)
            emitted.removed_at.reset();
        else if (goes)
        {
            emitted.removed_at = row.removed_at;
            emitted.low = false;
            emitted.not_emitted = true;
        }
    }
}

void EventOracle::hear(const Event& event, News& news)
{
    check_window(event, news);
    auto& emitted = emitted_[*event.sim];
    switch (event.kind)
    {
    case Kind::sim_added:
        if (!emitted.columns.empty())
            wrong(event, "it was known");
        emitted.columns = event.after;
        break;
    case Kind::sim_removed:
        hear_removed(event, emitted);
        break;
    case Kind::sim_restored:
        if (!emitted.removed_at ||
            event.before != (emitted.not_emitted ? Fields{} : Fields{{"removed_at", *emitted.removed_at}}))
            wrong(event, "it was not gone, or since another time");
        emitted.removed_at.reset();
        break;
    case Kind::balance_low:
    case Kind::balance_recovered:
    case Kind::balance_depleted:
        hear_condition(event, emitted, news);
        break;
    case Kind::tariff_renewed:
        news.renewed += event.cause == Cause::clock ? 0 : 1;
        [[fallthrough]];
    case Kind::tariff_expiring:
    case Kind::tariff_expired:
        hear_expiry(event, emitted);
        break;
    default:
        hear_change(event, emitted);
    }
}

// Each `before` is the last `after`, column by column.
void EventOracle::hear_change(const Event& event, Emitted& emitted)
{
    if (event.before.empty() || event.before.size() != event.after.size())
        wrong(event, "it tells no change");
    for (std::size_t i = 0; i < event.before.size(); ++i)
    {
        const auto known = std::ranges::find(emitted.columns, event.before[i].column, &Field::column);
        if (known == emitted.columns.end() || known->value != event.before[i].value)
            return wrong(event, "its `before` of " + event.before[i].column + " is not what was told last");
        hear_flip(event, emitted);
        if (event.after[i].column != event.before[i].column || event.after[i].value == known->value)
            wrong(event, "its `after` does not match its `before`");
        known->value = event.after[i].value;
    }
}

// A flag that is as it was when it could be read last has not flipped.
void EventOracle::hear_flip(const Event& event, Emitted& emitted) const
{
    for (const auto& field : event.after)
        if (const auto* flag = std::get_if<bool>(&field.value))
        {
            const auto [known, first] = emitted.flags.try_emplace(field.column, *flag);
            if (event.kind != Kind::attributes_changed && !first && known->second == *flag)
                wrong(event, "it was so before it could not be read");
            known->second = *flag;
        }
}

void EventOracle::hear_condition(const Event& event, Emitted& emitted, News& news)
{
    const auto balance = balance_of(emitted.columns);
    if (!event.before.empty() || !balance || balance_of(event.after) != balance)
        wrong(event, "it tells of another balance");
    if (event.kind == Kind::balance_depleted)
        ++news.depleted;
    else if (emitted.low == (event.kind == Kind::balance_low))
        wrong(event, "it had been told");
    else
        emitted.low = event.kind == Kind::balance_low;
}

void EventOracle::hear_expiry(const Event& event, Emitted& emitted)
{
    const auto deadline = deadline_of(emitted.columns);
    if (deadline_of(event.after) != deadline || emitted.removed_at)
        wrong(event, "it tells of another deadline");
    if (event.kind == Kind::tariff_renewed && event.cause == Cause::clock && (deadline || !emitted.expiry))
        wrong(event, "its deadline is there, or nobody was told of it");
    if (event.kind == Kind::tariff_renewed)
        return emitted.expiry.reset();
    if (!deadline)
        return wrong(event, "there is no deadline");
    const auto step = nearest_step(*deadline, event.observed_at);
    if ((event.kind == Kind::tariff_expired) != (step.count() == 0))
        wrong(event, "it is not yet time, or too late");
    if (emitted.expiry && emitted.expiry->deadline == *deadline && emitted.expiry->ahead <= step)
        wrong(event, "it had been told");
    emitted.expiry = {*deadline, step};
}

void EventOracle::hear_removed(const Event& event, Emitted& emitted)
{
    if (emitted.columns.empty() || emitted.removed_at)
        wrong(event, "it was not there");
    emitted.removed_at = event.observed_at;
    emitted.low = false;
    emitted.not_emitted = false;
}

void EventOracle::hear_account(const Event& event)
{
    const auto flip = [&](bool& state, bool to)
    {
        if (state == to)
            findings_.complain(std::string(to_text(event.kind)) + " was told twice");
        state = to;
    };
    if (event.kind == Kind::account_baselined)
        flip(baselined_, true);
    else if (event.kind == Kind::account_degraded || event.kind == Kind::account_recovered)
        flip(degraded_, event.kind == Kind::account_degraded);
    else if (event.kind == Kind::account_removals_held || event.kind == Kind::account_removals_released)
    {
        // That a person's decision has lapsed is told whether or not removals were held still.
        if (std::ranges::find(event.after, "lapsed", &Field::column) != event.after.end())
            held_ = event.kind == Kind::account_removals_released;
        flip(held_, event.kind == Kind::account_removals_held);
    }
}

// The change happened between the times that the event names: in that time the SIM was as `before` says, and
// as `after` does. What changed about a SIM while it was gone changed when it came back. Where sweeps miss
// SIMs or are shown the past, nobody knows when.
void EventOracle::check_window(const Event& event, const News& news) const
{
    const auto& faults = scenario_.faults;
    const bool known = !absent_are_kept_ && scenario_.sorts && scenario_.lag == 0 && !scenario_.wild &&
                       scenario_.illegible == 0 && faults.row_missing == 0 && faults.set_aside == 0 &&
                       faults.row_differing == 0;
    const auto* card = world_.find(*event.sim);
    if (!known || !event.previous_observed_at || card == nullptr)
        return;
    const auto was = [&](const Fields& fields)
    {
        return card->was_between(
            *event.previous_observed_at, event.observed_at,
            [&](const ObservedSim* state) { return shows(world_.scope.cover(state), fields); });
    };
    const auto absent = [&] { return was({}); };
    if (event.kind == Kind::sim_added || event.kind == Kind::sim_restored || event.kind == Kind::sim_removed)
    {
        if (!absent())
            wrong(
                event, "it was there all the time between " + to_text(*event.previous_observed_at) + " and " +
                           to_text(event.observed_at));
    }
    else if (
        !event.before.empty() && !is_list(event.before[0].value) &&
        (!(news.fresh || scenario_.drift > 0 || was(event.before)) || !was(event.after)))
        wrong(
            event, "the change did not happen between " + to_text(*event.previous_observed_at) + " and " +
                       to_text(event.observed_at));
}

void EventOracle::check_row(const std::string& id, const Row& row)
{
    const auto& emitted = emitted_[id];
    if (emitted.columns.empty())
        return wrong(id, "it has a row although nobody was told");
    const auto columns = all_fields(row.observed.sim);
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].column != "latest_activity" &&
            (i >= emitted.columns.size() || columns[i] != emitted.columns[i]))
            return wrong(id, "its row has a " + columns[i].column + " that nobody was told of");
    if (emitted.removed_at != row.removed_at)
        wrong(id, "its row is removed, or there, and nobody was told");
}

void EventOracle::check_balance(const std::string& id, const News& news, const Standing& standing)
{
    const auto& emitted = emitted_[id];
    const auto balance = balance_of(emitted.columns);
    const auto& policy = scenario_.alert;
    bool low = !news.fresh && news.before.low;
    if (policy.balance_low && balance && *balance < *policy.balance_low)
        low = true;
    else if (
        policy.balance_low && balance && *balance >= policy.balance_recovered.value_or(*policy.balance_low))
        low = false;
    low = low && !emitted.removed_at;
    if (emitted.low != low || standing.balance_low != low)
        wrong(
            id, std::string("its balance ") + (low ? "is" : "is not") + " low, but that is not what stands");

    const bool was_depleted = !news.fresh && depleted(news.before.balance);
    const bool emits = !was_depleted && depleted(balance) && !emitted.removed_at;
    if (news.depleted != (emits ? 1 : 0))
        wrong(id, "balance.depleted was told " + std::to_string(news.depleted) + " times");
    auto& known = emitted_[id].balance;
    if (balance || news.fresh)
        known = balance;
}

// A deadline that moves later after something was raised for it is told; that it is no more tells the expiry
// watcher.
void EventOracle::check_expiry(const std::string& id, const News& news)
{
    auto& emitted = emitted_[id];
    const auto deadline = deadline_of(emitted.columns);
    const auto& raised = news.before.expiry;
    // With another deadline it begins anew; but where nobody was told that it went, that one is over now.
    const bool returns = news.before.removed_at && !news.before.not_emitted;
    const bool renews = raised && !emitted.removed_at && !returns && deadline && *deadline > raised->deadline;
    if (news.renewed != (renews ? 1 : 0))
        wrong(id, "tariff.renewed was told " + std::to_string(news.renewed) + " times");
    // What was raised for an earlier deadline is over; the expiry watcher will look at this one.
    if (emitted.expiry && deadline && emitted.expiry->deadline != deadline)
        emitted.expiry.reset();
}

// No SIM is declared gone that the API still has. Two answers that asked for the SIM by name did not show it,
// one of them may have lied, and the last did not show it.
//
// Where the list shows nobody, a person says whether all have gone: no SIM is left by which an API could be
// found out that says nothing of anybody, and that person believed the list. So it must have been right, as
// the oldest replica that answered has it.
void EventOracle::check_gone(const std::string& id) const
{
    auto* card = world_.find(id);
    if (card == nullptr)
        return wrong(id, "it never was");
    const auto& tally = source_.tally();
    const auto& said = card->in_sweep(tally.sweep);
    const bool proven = said.absences >= 2 && said.honest_absences >= 1 && !said.present_when_last_named;
    const bool believed = !tally.showed_anybody && said.absences >= 2 && !said.present_when_last_named &&
                          !card->stays_since(tally.oldest, world_.scope);
    if (!proven && !believed)
        wrong(
            id, "it was removed after " + std::to_string(said.absences) + " absences, " +
                    std::to_string(said.honest_absences) + " of them true");
}

void EventOracle::check_ledger(const Tables& written, const Tables& before)
{
    if (!written.ledger)
        return;
    const auto emitted = before.events.size() + written.events.size();
    if (written.ledger->last_seq != static_cast<std::int64_t>(emitted))
        findings_.complain(
            "the last event is " + std::to_string(written.ledger->last_seq) + " of " +
            std::to_string(emitted));
    if (is_baselined(written) != baselined_ || written.ledger->degraded != degraded_ ||
        (written.ledger->held_removals > 0) != held_)
        findings_.complain("the ledger says otherwise than what was told of the account");
    const auto& held = written.held ? written.held : before.held;
    const bool decided = held && held->decision != Decision::none;
    if (!decided && written.ledger->held_removals != static_cast<std::int64_t>(held ? held->sims.size() : 0))
        findings_.complain("the ledger counts other removals than are held");
}

void EventOracle::wrong(const Event& event, const std::string& why) const
{
    findings_.complain(std::string(to_text(event.kind)) + " of SIM " + event.sim.value_or("?") + ": " + why);
}

void EventOracle::wrong(const std::string& id, const std::string& why) const
{
    findings_.complain("SIM " + id + ": " + why);
}

} // namespace simsync::simulation
