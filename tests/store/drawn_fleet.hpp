// Two accounts of SIMs that were drawn, in every state that a list of the console knows, and balances that
// fell.
#pragma once

#include "store/fleet_reader.hpp"
#include "store/mirror_test.hpp"

#include <sstream>

namespace simsync::test
{

class DrawnFleet : public MirrorTest
{
protected:
    void SetUp() override
    {
        MirrorTest::SetUp();
        ASSERT_TRUE(other.try_lead("https://api.example"));
        sql(R"(
            select simsync.ensure_partitions(now() - interval '20 days'), setseed(0.21);
            update simsync.ledger set balance_low = 5;
            insert into simsync.sim (account, id, iccid_plastic, sim_id, imei, balance, tariff_type, tariff_name, profile,
                                     is_blocked, is_archived, imei_is_correct, tariff_expires_at, latest_activity,
                                     caller_ids, external_msisdns, description, first_seen_at, returned_at, removed_at,
                                     changed_at, fingerprint)
            select (array['main', 'other'])[1 + k % 2], (1000 + k)::text, '89972' || k * 7919, (k * 31)::text,
                   case when k % 3 > 0 then (350000000000000 + k * 104729)::text end,
                   case when k % 15 > 0 then round((random() * 40 - 3)::numeric, k % 3) end,
                   (array['PREPAID_PACKAGE', 'PREPAID', 'POSTPAID_MINUTE', null])[1 + k % 4],
                   (array['Package 500', 'World unlimited', null])[1 + k % 3], (array['S1', null])[1 + k % 2],
                   (array[false, false, null, true])[1 + k / 2 % 4], k % 9 = 0, (array[true, false, null])[1 + k % 3],
                   case when k % 5 > 0 then now() + (random() * 60 - 20) * interval '1 day' end,
                   case when k % 4 > 0 then date_trunc('hour', now() - random() * interval '9 hours') end,
                   array['+3725550' || k, '3725999' || k], case when k % 10 = 0 then array['37250' || k] else '{}' end,
                   (array['Käufer & Söhne #' || k, 'Room 12-34 ' || k, null, 'LIFT 50%_' || k])[1 + k % 4],
                   now() - random() * interval '40 days',
                   case when k % 7 = 0 then now() - random() * interval '20 days' end,
                   case when k % 17 = 0 then now() end, now(), gen_random_uuid()
              from generate_series(1, 300) k;
            insert into simsync.condition (account, sim, condition, raised_at)
            select account, id, 'balance.low', now() - interval '1 hour' from simsync.sim
             where balance < 5 and removed_at is null;
            insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, before, after, cause)
            select account, row_number() over (partition by account order by at), 'balance.changed', 'info', sim, at,
                   at + interval '1 second', jsonb_build_object('balance', (10 + random() * 5)::numeric(6, 2)::text),
                   jsonb_build_object('balance', (random() * 12)::numeric(6, 2)::text), 'sweep'
              from (select (array['main', 'other'])[1 + k % 2] as account, (1000 + k)::text as sim,
                           now() - random() * interval '18 days' as at
                      from (select 1 + floor(random() * 300)::int as k from generate_series(1, 2000)) d) drawn;
            update simsync.ledger l set last_seq = (select max(seq) from simsync.change_event e where e.account = l.account))");
    }

    // The first column, comma by comma.
    std::vector<std::string> column(const std::string& query) const
    {
        std::vector<std::string> values;
        std::istringstream lines(sql("select string_agg(x, ',') from (" + query + ") as q (x)"));
        for (std::string value; std::getline(lines, value, ',');)
            values.push_back(value);
        return values;
    }

    static std::string name(const FleetSim& sim) { return sim.account + '/' + sim.sim.id; }

    // The whole list by its pages; `between` runs after each.
    static std::vector<std::string> walk(
        FleetReader& reader, SimQuestion question, const std::function<void()>& between = [] {})
    {
        std::vector<std::string> names;
        for (;;)
        {
            const auto page = reader.sims(question);
            EXPECT_LE(page.items.size(), question.limit);
            for (const auto& each : page.items)
                names.push_back(name(each));
            if (!page.next)
                return names;
            EXPECT_EQ(page.items.size(), question.limit) << "a page that is not the last is full";
            EXPECT_TRUE(fits(*page.next, question));
            question.after = page.next;
            between();
        }
    }

    PostgresMirror other{url, "other"};
};

} // namespace simsync::test
