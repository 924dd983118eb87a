// Tables as maps, a transaction as what it has written over them. Each verb does what its SQL does
// (src/store/{sim_rows,condition_rows,account_rows,event_rows,expiry_rows}.cpp), constraints included.
#include "simulation/mirror.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace simsync::simulation
{
namespace
{

// PostgresMirror runs a conflicting transaction again at most so often.
constexpr int most_conflicts = 5;

Event expiry_event(const Row& row, const std::string& account, Timestamp now)
{
    const auto deadline = row.observed.sim.tariff_expires_at;
    Event event;
    event.kind = deadline <= now ? Kind::tariff_expired : Kind::tariff_expiring;
    event.sim = row.observed.sim.id;
    event.iccid_plastic = row.observed.sim.iccid_plastic;
    event.observed_at = now;
    event.after = {{"tariff_expires_at", deadline ? Value{*deadline} : Value{}}};
    event.cause = Cause::clock;
    event.dedup_key = dedup_key(event.kind, account, *event.sim);
    return event;
}

// The nearest step that has come; zero is the deadline itself.
std::optional<std::chrono::seconds>
nearest(Timestamp deadline, Timestamp now, std::span<const std::chrono::seconds> warnings)
{
    std::optional<std::chrono::seconds> step;
    if (deadline <= now)
        step.emplace(0);
    for (const auto warning : warnings)
        if (deadline - warning <= now && (!step || warning < *step))
            step = warning;
    return step;
}

} // namespace

class Database::Writing final : public Transaction
{
public:
    explicit Writing(Database& database) : database_(database), committed_(database.tables_) {}

    Tables take() { return std::move(written_); }

    std::vector<StoredSim> load(std::span<const std::string> ids) override;
    void insert(std::span<const SimToWrite> sims) override;
    void update(std::span<const SimToWrite> sims) override;
    void remove(std::span<const std::string> ids, Timestamp at) override;
    void leave_scope(std::span<const std::string> ids, Timestamp at) override;
    void set_absences(const std::map<std::string, Absence>& absences) override
    {
        ledger().absences = absences;
    }
    std::map<std::string, Presence> presence(std::span<const std::string> ids, Timestamp from) override;
    std::int64_t append(std::span<const Event> events) override;
    std::int64_t next_sweep_id() override;
    void record(const SweepRecord& sweep) override;
    void set_baselined(const std::string& scope, Timestamp at) override;
    void begin_baseline() override
    {
        ledger().baselined = false;
        ledger().baselined_at.reset();
    }
    EventCounts standing(Timestamp now, std::span<const std::chrono::seconds> warnings) override;
    void set_drifts(const Drifts& drifts) override;
    void set_balance_low(const std::optional<Money>&) override {} // nobody asks the simulation for a forecast
    bool set_degraded(bool degraded) override;
    HeldRemovals held_removals() override;
    void hold_removals(std::span<const std::string> ids, std::int64_t sweep_id) override;
    void keep_rejected(std::span<const std::string> absent) override;
    void release_removals() override;
    // The worlds know no people.
    std::optional<ActionRecord> take_action(std::span<const std::string>) override { return std::nullopt; }
    std::vector<ActionRecord> actions_in_doubt() override { return {}; }
    void finish_action(std::int64_t, const ActionEnd&) override {}
    using Transaction::raise_due;
    DueLook
    raise_due(DueLook look, std::span<const std::chrono::seconds> warnings, std::size_t most) override;
    std::optional<Timestamp> next_due(Timestamp, std::span<const std::chrono::seconds>) override;

private:
    std::vector<Event> end_missing(Timestamp now);
    const Row* row(const std::string& id) const;
    Row& row_to_write(const std::string& id);
    Standing standing(const std::string& id) const;
    Standing& standing_to_write(const std::string& id);
    LedgerRecord& ledger();
    void defect(const std::string& what) const;

    Database& database_;
    const Tables& committed_;
    Tables written_;
};

const Row* Database::Writing::row(const std::string& id) const
{
    for (const auto* tables : {&written_, &committed_})
        if (const auto found = tables->sims.find(id); found != tables->sims.end())
            return &found->second;
    return nullptr;
}

Row& Database::Writing::row_to_write(const std::string& id)
{
    const auto found = written_.sims.find(id);
    return found != written_.sims.end() ? found->second
                                        : written_.sims.emplace(id, committed_.sims.at(id)).first->second;
}

Standing Database::Writing::standing(const std::string& id) const
{
    for (const auto* tables : {&written_, &committed_})
        if (const auto found = tables->standing.find(id); found != tables->standing.end())
            return found->second;
    return {};
}

Standing& Database::Writing::standing_to_write(const std::string& id)
{
    return written_.standing.try_emplace(id, standing(id)).first->second;
}

LedgerRecord& Database::Writing::ledger()
{
    if (!written_.ledger)
        written_.ledger = committed_.ledger;
    return *written_.ledger;
}

void Database::Writing::defect(const std::string& what) const
{
    database_.findings_.complain(what);
    throw StoreDefect(what, "");
}

std::vector<StoredSim> Database::Writing::load(std::span<const std::string> ids)
{
    database_.pass_boundary();
    std::vector<StoredSim> stored;
    const std::set<std::string> each(ids.begin(), ids.end());
    for (const auto& id : each)
    {
        const auto* found = row(id);
        if (found == nullptr)
            continue;
        const auto stands = standing(id);
        const auto expiry =
            stands.tariff_expiry ? std::optional(stands.tariff_expiry->deadline) : std::nullopt;
        stored.push_back(
            {found->observed.sim,
             {stands.balance_low, expiry, found->last_known},
             found->changed_at,
             found->removed_at,
             found->revision,
             found->left_scope});
    }
    return stored;
}

void Database::Writing::insert(std::span<const SimToWrite> sims)
{
    database_.pass_boundary();
    for (const auto& each : sims)
    {
        const auto& id = each.observed.sim.id;
        if (row(id) != nullptr)
            defect("SIM " + id + " was inserted although it has a row");
        written_.sims.emplace(id, Row{each.observed, each.at, each.at, std::nullopt, 1});
        if (each.conditions.balance_low)
            standing_to_write(id).balance_low = true;
    }
}

void Database::Writing::update(std::span<const SimToWrite> sims)
{
    database_.pass_boundary();
    std::set<std::string_view> updated;
    for (const auto& each : sims)
    {
        const auto& id = each.observed.sim.id;
        if (row(id) == nullptr || !updated.insert(id).second)
            defect("SIM " + id + " was updated twice in one statement, or although it has no row");
        auto& writes = row_to_write(id);
        if (each.readmitted != writes.left_scope)
            defect("SIM " + id + " comes back with a filter that it did not leave with");
        writes = {each.observed, writes.first_seen_at, each.at,
                  std::nullopt,  writes.revision + 1,  each.conditions.last_known};
        auto& stands = standing_to_write(id);
        stands.balance_low = each.conditions.balance_low;
        const auto& sim = each.observed.sim;
        if (!each.conditions.tariff_expiry)
            stands.tariff_expiry.reset();
        else if (sim.tariff_expires_at || sim.undecoded.contains("tariff_expires_at"))
            stands.tariff_expiry.value().missing_since.reset();
        else if (!stands.tariff_expiry.value().missing_since)
            stands.tariff_expiry->missing_since = each.at;
    }
}

void Database::Writing::remove(std::span<const std::string> ids, Timestamp at)
{
    database_.pass_boundary();
    for (const auto& id : ids)
    {
        standing_to_write(id).balance_low = false;
        if (const auto* found = row(id); found == nullptr || found->removed_at)
            continue;
        auto& removed = row_to_write(id);
        removed.removed_at = removed.changed_at = at;
        ++removed.revision;
    }
}

void Database::Writing::leave_scope(std::span<const std::string> ids, Timestamp at)
{
    remove(ids, at);
    for (const auto& id : ids)
        row_to_write(id).left_scope = true;
}

std::map<std::string, Presence> Database::Writing::presence(std::span<const std::string> ids, Timestamp from)
{
    std::map<std::string, Presence> presence;
    for (const auto& id : ids)
    {
        auto appeared_at = row(id)->first_seen_at;
        auto& each = presence[id];
        each.of_baseline = committed_.ledger->baselined_at && appeared_at <= *committed_.ledger->baselined_at;
        for (const auto& event : committed_.events)
            if (event.sim == id && event.kind == Kind::sim_restored)
            {
                each.of_baseline = false;
                each.returns += event.observed_at > from ? 1 : 0;
                appeared_at = std::max(appeared_at, event.observed_at);
            }
        for (const auto& [number, sweep] : committed_.sweeps)
            if (sweep.outcome == Outcome::complete && sweep.started_at > appeared_at)
                each.sweeps = std::min(each.sweeps + 1, sweeps_that_settle);
    }
    return presence;
}

std::int64_t Database::Writing::append(std::span<const Event> events)
{
    database_.pass_boundary();
    written_.events.insert(written_.events.end(), events.begin(), events.end());
    return ledger().last_seq += static_cast<std::int64_t>(events.size());
}

std::int64_t Database::Writing::next_sweep_id()
{
    database_.pass_boundary();
    const auto& sweeps = committed_.sweeps;
    return sweeps.empty() ? 1 : sweeps.rbegin()->first + 1;
}

void Database::Writing::record(const SweepRecord& sweep)
{
    database_.pass_boundary();
    if ((sweep.outcome == Outcome::running) != !sweep.finished_at)
        defect("sweep " + std::to_string(sweep.id) + " runs although it has finished, or the reverse");
    written_.sweeps[sweep.id] = sweep;
}

void Database::Writing::set_baselined(const std::string& scope, Timestamp at)
{
    ledger().baselined = true;
    ledger().scope = scope;
    ledger().baselined_at = at;
}

bool Database::Writing::set_degraded(bool degraded)
{
    return std::exchange(ledger().degraded, degraded) != degraded;
}

void Database::Writing::set_drifts(const Drifts& drifts)
{
    ledger().drifts = drifts;
}

HeldRemovals Database::Writing::held_removals()
{
    database_.pass_boundary();
    return written_.held ? *written_.held : committed_.held.value_or(HeldRemovals{});
}

void Database::Writing::hold_removals(std::span<const std::string> ids, std::int64_t /*sweep_id*/)
{
    database_.pass_boundary();
    const std::set<std::string> each(ids.begin(), ids.end());
    if (each.size() != ids.size())
        defect("a SIM's removal was held twice over");
    written_.held = {{each.begin(), each.end()}, Decision::none};
    ledger().held_removals = static_cast<std::int64_t>(ids.size());
}

void Database::Writing::keep_rejected(std::span<const std::string> absent)
{
    auto held = held_removals();
    std::erase_if(held.sims, [&](const auto& id) { return std::ranges::find(absent, id) == absent.end(); });
    written_.held = std::move(held);
    ledger().held_removals = 0;
}

void Database::Writing::release_removals()
{
    database_.pass_boundary();
    written_.held.emplace();
    ledger().held_removals = 0;
}

// No more than the digest of a baseline takes from it, which the mirror oracle does not read.
EventCounts Database::Writing::standing(Timestamp /*now*/, std::span<const std::chrono::seconds> /*warnings*/)
{
    database_.pass_boundary();
    return {};
}

std::vector<Event> Database::Writing::end_missing(Timestamp now)
{
    std::vector<Event> emitted;
    for (const auto& [id, stands] : committed_.standing)
    {
        const auto& expiry = stands.tariff_expiry;
        if (!expiry || !expiry->missing_since || *expiry->missing_since > now - deadline_may_be_missing)
            continue;
        const auto& each = *row(id);
        if (each.removed_at || each.observed.sim.tariff_expires_at)
            continue;
        standing_to_write(id).tariff_expiry.reset();
        auto event = expiry_event(each, committed_.ledger->account, now);
        event.kind = Kind::tariff_renewed;
        emitted.push_back(std::move(event));
    }
    return emitted;
}

DueLook
Database::Writing::raise_due(DueLook look, std::span<const std::chrono::seconds> warnings, std::size_t most)
{
    database_.pass_boundary();
    const auto now = look.now;
    look.emitted.clear();
    if (!look.read_upto)
    {
        const auto ended = end_missing(now);
        append(ended);
        count(look.emitted, ended);
    }
    using Place = std::pair<Timestamp, std::string>;
    std::map<Place, Event> emitted;
    for (const auto& [id, each] : committed_.sims)
    {
        const auto& deadline = each.observed.sim.tariff_expires_at;
        const auto step = deadline && !each.removed_at ? nearest(*deadline, now, warnings) : std::nullopt;
        const auto stands = standing(id).tariff_expiry;
        if (!step || (stands && stands->deadline == *deadline && stands->ahead <= *step))
            continue;
        const Place place{*deadline, id};
        if (!look.read_upto || place > Place{look.read_upto->deadline, look.read_upto->sim})
            emitted.emplace(place, expiry_event(each, committed_.ledger->account, now));
    }
    std::vector<Event> piece;
    for (const auto& [place, event] : emitted)
    {
        if (piece.size() == most)
            break;
        const auto& [deadline, id] = place;
        standing_to_write(id).tariff_expiry = {deadline, *nearest(deadline, now, warnings)};
        look.read_upto = {deadline, id};
        piece.push_back(event);
    }
    append(piece);
    count(look.emitted, piece);
    look.through = piece.size() < most;
    return look;
}

std::optional<Timestamp>
Database::Writing::next_due(Timestamp /*now*/, std::span<const std::chrono::seconds> /*warnings*/)
{
    return std::nullopt;
}

class Database::Connection final : public Mirror
{
public:
    explicit Connection(Database& database) : database_(database) { pass(); }

    bool try_lead(const std::string& endpoint) override;
    std::string leader() override { return "nobody"; }
    LedgerRecord account() override;
    bool load_fleet(Fleet& fleet, std::size_t most, LoadProgress& progress) override;
    std::vector<HousekeepingTrouble> keep_partitions(std::chrono::seconds) override
    {
        pass();
        return {};
    }
    CountedConditions count_conditions(const std::string&, std::size_t) override
    {
        return {};
    } // nobody here exports them
    std::vector<SoonToChange> soon_to_change(Timestamp, Timestamp, std::size_t) override { return {}; }
    void transact(const std::function<void(Transaction&)>& work) override;

private:
    void pass();
    bool attempt(const std::function<void(Transaction&)>& work, bool may_conflict);

    Database& database_;
    bool lost_ = false;
    bool leads_ = false;
};

// A lost connection stays lost.
void Database::Connection::pass()
{
    if (lost_)
        throw DatabaseUnavailable("the simulated connection is lost", "");
    lost_ = true;
    database_.pass_boundary();
    lost_ = false;
}

bool Database::Connection::try_lead(const std::string& endpoint)
{
    pass();
    auto& tables = database_.tables_;
    if (!tables.ledger)
        tables.ledger.emplace().account = "main";
    tables.ledger->scope = tables.ledger->scope.empty() ? "[]" : tables.ledger->scope;
    tables.ledger->endpoint = endpoint;
    if (!tables.sweeps.empty() && tables.sweeps.rbegin()->second.outcome == Outcome::running)
    {
        auto& orphan = tables.sweeps.rbegin()->second;
        orphan.outcome = Outcome::failed;
        orphan.finished_at = database_.clock();
    }
    pass();
    return leads_ = true;
}

LedgerRecord Database::Connection::account()
{
    pass();
    auto record = database_.tables_.ledger.value_or(LedgerRecord{});
    record.holds_rows = !database_.tables_.sims.empty();
    for (const auto& [id, sweep] : database_.tables_.sweeps)
        if (sweep.outcome == Outcome::complete)
            record.last_complete_sweep = sweep;
    const auto since = record.last_complete_sweep ? *record.last_complete_sweep->finished_at : Timestamp{};
    for (const auto& event : database_.tables_.events)
        record.auth_failed |= event.kind == Kind::account_auth_failed && event.observed_at > since;
    return record;
}

bool Database::Connection::load_fleet(Fleet& fleet, std::size_t most, LoadProgress& /*progress*/)
{
    pass();
    std::map<std::string_view, const ObservedSim*> rows;
    for (const auto& [id, row] : database_.tables_.sims)
        if (!row.removed_at)
            rows.emplace(id, &row.observed);
    const std::string last(fleet.empty() ? "" : fleet.id(static_cast<Fleet::Place>(fleet.size() - 1)));
    auto next = rows.upper_bound(last);
    for (; next != rows.end() && most > 0; ++next, --most)
        fleet.note_payload_hash(
            fleet.remember(next->first, next->second->fingerprint), next->second->payload_hash);
    return most > 0;
}

void Database::Connection::transact(const std::function<void(Transaction&)>& work)
{
    if (!leads_)
        database_.findings_.complain("the account was to be written without its lease");
    for (int conflicts = 0; !attempt(work, conflicts < most_conflicts); ++conflicts)
    {
    }
}

// False where the transaction has to be run again. What comes before its commit is undone by losing the
// connection; what comes after it is not.
bool Database::Connection::attempt(const std::function<void(Transaction&)>& work, bool may_conflict)
{
    pass();
    Writing transaction(database_);
    lost_ = true; // should it be lost at one of the work's statements
    work(transaction);
    lost_ = false;
    if (may_conflict && database_.chance_.happens(database_.conflict_))
    {
        database_.findings_.saw("conflict");
        return false;
    }
    pass();
    database_.commit(transaction.take());
    pass();
    return true;
}

Database::Database(double conflict, Chance chance, Findings& findings)
    : conflict_(conflict),
      chance_(chance),
      findings_(findings)
{
}

std::unique_ptr<Mirror> Database::connect()
{
    return std::make_unique<Connection>(*this);
}

void Database::decide(Decision decision)
{
    if (tables_.held && !tables_.held->sims.empty())
        tables_.held->decision = decision;
}

void Database::rest()
{
    conflict_ = 0;
    crash_at_ = 0;
}

void Database::pass_boundary()
{
    if (++boundaries_ != crash_at_)
        return;
    findings_.log([&] { return "  the connection is lost at boundary " + std::to_string(boundaries_); });
    throw DatabaseUnavailable("the simulated connection is lost", "");
}

void Database::commit(Tables written)
{
    const auto& audited = written;
    if (auditor != nullptr)
        auditor->committed(audited, tables_);
    rows_written_ += static_cast<std::int64_t>(written.sims.size());
    for (auto& [id, row] : written.sims)
        tables_.sims.insert_or_assign(id, std::move(row));
    for (auto& [id, stands] : written.standing)
        tables_.standing.insert_or_assign(id, stands);
    for (auto& [id, sweep] : written.sweeps)
        tables_.sweeps.insert_or_assign(id, std::move(sweep));
    tables_.events.insert(tables_.events.end(), written.events.begin(), written.events.end());
    if (written.ledger)
        tables_.ledger = std::move(written.ledger);
    if (written.held)
        tables_.held = std::move(written.held);
}

} // namespace simsync::simulation
