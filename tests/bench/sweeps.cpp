// A fleet's first load, a sweep without changes and one with 1 %; beside them curl, simdjson and psql doing
// no more than they must.
#include "bench/ground.hpp"
#include "bench/scenarios.hpp"

#include <stdexcept>

namespace simsync::bench
{
namespace
{

const std::string copied_columns = "account, id, iccid_plastic, sim_id, is_blocked, "
                                   "allow_free_caller_id_change, allow_free_voice_substitution, "
                                   "balance, data_balance, fmcs, caller_ids, external_msisdns, tariff_name, "
                                   "tariff_package_total_calls_max_duration, "
                                   "tariff_type, profile, description, latest_activity, tariff_expires_at, "
                                   "imei, imei_is_correct, is_archived, "
                                   "first_seen_at, changed_at, fingerprint";

// As many rows and events as the sweep with 1 % changes writes, in one statement.
const std::string change_one_percent = R"(
    with changed as (
        update simsync.sim set is_blocked = not is_blocked, changed_at = now(), revision = revision + 1
         where account = 'main' and id in (select id from simsync.sim order by id limit
                                           (select count(*) / 100 from simsync.sim))
        returning id, iccid_plastic, is_blocked)
    insert into simsync.change_event (account, seq, kind, severity, sim, iccid_plastic, observed_at,
                                      previous_observed_at, recorded_at, before, after, cause, sweep_id, dedup_key)
    select 'main', 1000000 + row_number() over (), 'sim.blocked', 'warning', id, iccid_plastic, now(), now(), now(),
           jsonb_build_object('is_blocked', not is_blocked), jsonb_build_object('is_blocked', is_blocked), 'sweep', 1,
           'main:' || id || ':sim.blocked' from changed)";

class Round
{
public:
    Round(Api& api, const test::Folder& folder, std::size_t sims, Costs& costs)
        : api_(api),
          folder_(folder),
          sims_(sims),
          costs_(costs)
    {
    }

    // The database, with the rows in it.
    std::string sweep()
    {
        auto url = cluster().mirror_database();
        test::run_sql(url, "checkpoint");
        api_.block(0, sims_ / 100, false); // a few are blocked from the beginning
        sync("first load", url, sims_);
        sync("nothing changed", url, 0);
        api_.block(0, sims_ / 100, true);
        sync("1 % changed", url, sims_ / 100);
        psql(
            "read id and fingerprint of every row", url,
            "copy (select id, fingerprint from simsync.sim) to stdout (format binary)", "> /dev/null");
        test::run(
            {"sh", "-c", "psql -qc 'copy simsync.sim to stdout' \"$0\" > \"$1\"", url, rows()},
            folder_ / "copy.log");
        return url;
    }

    // In the database of a sweep: `\copy` fills the indexes that a mirror in operation has.
    void limits(const std::string& url)
    {
        test::run_sql(url, "truncate simsync.sim, simsync.change_event");
        test::run_sql(url, "checkpoint");
        shell("fetch all pages", url, "curl -K curl.conf > /dev/null");
        shell("fetch and parse", url, "curl -K curl.conf | " SIMSYNC_READER " items > /dev/null");
        psql("\\copy the rows in", url, "\\copy simsync.sim from " + rows().string(), "");
        test::run_sql(url, "analyze simsync.sim"); // a planner that holds it for empty would loop over it
        psql("update 1 % and insert their events", url, change_one_percent, "");
        test::run_sql(url, "truncate simsync.sim");
        shell(
            "fetch, parse and \\copy", url,
            "curl -K curl.conf | " SIMSYNC_READER " rows | psql -q -c '\\copy simsync.sim (" +
                copied_columns + ") from stdin' '" + url + "'");
    }

private:
    std::filesystem::path rows() const { return folder_ / "rows"; }

    void note(const std::string& name, const test::Command& command, const std::string& url)
    {
        costs_[name].push_back(measure(command, folder_ / "measured.log", url));
    }

    void sync(const std::string& name, const std::string& url, std::size_t changes)
    {
        const auto before = test::run_sql(url, "select coalesce(sum(revision), 0) from simsync.sim");
        note(name, program(folder_, url, api_, {}, "sync"), url);
        const auto after = test::run_sql(url, "select coalesce(sum(revision), 0) from simsync.sim");
        if (std::stoul(after) - std::stoul(before) != changes)
            throw std::runtime_error(name + ": " + before + " revisions became " + after);
    }

    void shell(const std::string& name, const std::string& url, const std::string& script)
    {
        note(name, {"sh", "-c", "cd '" + folder_.path().string() + "' && " + script}, url);
    }

    void psql(
        const std::string& name, const std::string& url, const std::string& sql,
        const std::string& redirection)
    {
        note(name, {"sh", "-c", "psql -q -c \"$1\" \"$0\" " + redirection, url, sql}, url);
    }

    Api& api_;
    const test::Folder& folder_;
    std::size_t sims_;
    Costs& costs_;
};

} // namespace

const std::vector<std::string>& sweep_names()
{
    static const std::vector<std::string> names{
        "first load",         "nothing changed",         "1 % changed",
        "fetch all pages",    "fetch and parse",         "read id and fingerprint of every row",
        "\\copy the rows in", "fetch, parse and \\copy", "update 1 % and insert their events"};
    return names;
}

Costs measure_sweeps(std::size_t sims, std::size_t repetitions)
{
    const test::Folder folder;
    Api api(sims, folder);
    api.curl_config(Habits{}.page_size);
    Costs costs;
    for (std::size_t i = 0; i < repetitions; ++i)
    {
        Round round(api, folder, sims, costs);
        round.limits(round.sweep());
    }
    return costs;
}

} // namespace simsync::bench
