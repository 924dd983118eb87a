// The language of matches in SQL: what it takes, and that it is the language of model/event_match.
#include "model/match_parser.hpp"
#include "simsync/store/consumer.hpp"
#include "simsync/store/reader.hpp"
#include "store/mirror_test.hpp"

#include <thread>
#include <variant>

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Event chosen(Kind kind, std::string id, std::string tariff, std::string description)
{
    auto made = event(kind, std::move(id));
    made.tariff_name = std::move(tariff);
    made.description = std::move(description);
    return made;
}

// Of every sort that a match could tell apart.
std::vector<Event> all_sorts()
{
    std::vector<Event> events{
        chosen(Kind::sim_blocked, "1001", "M2M 10", "Truck 12, P\u00E4rnu"),
        chosen(Kind::balance_low, "1002", "M2M_20", "100 % bus \\ (old)"),
        chosen(Kind::balance_depleted, "1003", "m2m 10", "O'Brien's \"van\" *"),
        chosen(Kind::caller_id_attached, "1001", "", ""),
        event(Kind::imei_changed, "1004"),
        chosen(Kind::tariff_expiring, "100", "M2M", " truck\n"),
    };
    events[0].iccid_plastic = "8997201183059987676";
    events[0].profile = "S1";
    events[1].standing = true;
    events[3].number = "37255500003";
    events[3].cause = Cause::action;
    events[3].requested_by = "anna";
    events[5].cause = Cause::clock;
    Event of_account;
    of_account.kind = Kind::account_degraded;
    of_account.cause = Cause::daemon;
    events.push_back(of_account);
    return events;
}

EventFacts facts_of(const Event& event)
{
    EventFacts facts;
    facts.account = "main";
    facts.kind = to_text(event.kind);
    facts.severity = to_text(severity_of(event.kind));
    facts.cause = to_text(event.cause);
    facts.sim = event.sim ? *event.sim : std::string_view{};
    facts.iccid_plastic = event.iccid_plastic ? *event.iccid_plastic : std::string_view{};
    facts.tariff_name = event.tariff_name ? *event.tariff_name : std::string_view{};
    facts.description = event.description ? *event.description : std::string_view{};
    facts.profile = event.profile ? *event.profile : std::string_view{};
    facts.number = event.number ? *event.number : std::string_view{};
    facts.requested_by = event.requested_by ? *event.requested_by : std::string_view{};
    facts.standing = event.standing ? "true" : "false";
    return facts;
}

class EventMatchTest : public MirrorTest
{
protected:
    // The seqs that a consumer reads, or what is said of the match.
    std::string read(const std::string& match, const std::string& consumer = "fresh", int max = 100) const
    {
        try
        {
            return sql(
                "select coalesce(string_agg(seq::text, ' '), '') from simsync.read_events('" + consumer +
                "', " + std::to_string(max) + ", " + literal(match) + ")");
        }
        catch (const std::runtime_error& error)
        {
            return error.what();
        }
    }

    // By the condition itself, so that no position moves.
    std::vector<std::string> found(const std::string& match)
    {
        std::vector<std::string> seqs;
        EventFilter filter;
        filter.match = match;
        for (const auto& each : reader.events(filter, {}, 100))
            seqs.push_back(std::to_string(each.seq));
        return seqs;
    }

    std::string position(const std::string& consumer) const
    {
        return sql("select acked_seq from simsync.consumer where consumer = '" + consumer + "'");
    }

    static std::string literal(const std::string& text)
    {
        std::string quoted = "'";
        for (const char c : text)
            quoted.append(c == '\'' ? 2U : 1U, c);
        return quoted + "'";
    }

    Reader reader{url};
};

TEST_F(EventMatchTest, MeansInSqlWhatItMeansInTheModel)
{
    const auto events = all_sorts();
    append(events);
    for (const std::string match :
         {"",
          " \n",
          "kind = sim.*",
          "kind = sim.*, balance.low",
          "kind != sim.*, balance.low",
          "kind ~ BALANCE",
          "severity >= info",
          "severity >= warning",
          "severity >= \"critical\"",
          "severity = warn*",
          "cause = action, clock",
          "cause != sweep",
          "standing = true",
          "standing != true",
          "sim = 1001",
          "sim = 100",
          "sim = 100*",
          "sim ~ 100",
          "sim = \"\"",
          "sim != \"\"",
          "iccid_plastic = *7676",
          "tariff_name = \"M2M 10\"",
          "tariff_name ~ \"m2m 10\"",
          "tariff_name = M2M_20",
          "tariff_name = M2M?20",
          "tariff_name = \"M2M*\"",
          "description ~ truck",
          "description = \"*P\u00E4rnu\"",
          "description ~ \"p\u00E4RNU\"",
          "description ~ \"p\u00C4RNU\"",
          "description ~ \"100 %\"",
          "description ~ \"1% bus\"",
          "description ~ 100*bus",
          R"(description ~ "\\")",
          R"(description ~ '\\ (')",
          R"(description = "*\*")",
          R"(description = "*\\*")",
          R"(description ~ "o'brien")",
          R"(description ~ 'o\'brien')",
          R"(description ~ '"van"')",
          "description = *",
          "description ~ ''",
          "description ~ \"truck\n\"",
          "profile = S1",
          "profile = s1",
          "profile ~ s1",
          "number = 372*",
          "requested_by = anna, bert",
          "account = main",
          "account = m*n",
          "account != main",
          "not sim = 1001",
          "not not sim = 1001",
          "not (sim = 1001 or sim = 1002)",
          "sim = 1001 or sim = 1002 and kind = balance.low",
          "(sim = 1001 or sim = 1002) and kind = balance.low",
          "sim = 1001 and not kind = sim.* or standing = true",
          "NOT sim = 1001 AND kind = *.low Or sim=100",
          "((kind=sim.*))or(kind=imei.*)",
          "tariff_name='M2M'and sim~0",
          "sim = a'or''1'",
          "sim='1001'"})
    {
        const auto parsed = parse_match(match);
        const auto* const taken = std::get_if<EventMatch>(&parsed);
        if (taken == nullptr)
        {
            EXPECT_THAT(read(match), HasSubstr("22023")) << match;
            continue;
        }
        std::vector<std::string> expected;
        for (std::size_t i = 0; i < events.size(); ++i)
            if (taken->takes(facts_of(events[i])))
                expected.push_back(std::to_string(i + 1));
        EXPECT_EQ(found(match), expected) << match;
    }
}

TEST_F(EventMatchTest, IsRefusedInSqlAtTheSamePlace)
{
    const auto nested = [](std::size_t times)
    { return std::string(times, '(') + "kind = *" + std::string(times, ')'); };
    EXPECT_EQ(read(nested(deepest_match)), "");
    for (const auto& match :
         {std::string("tarif_name = M10"),
          std::string("kind = sim.blokked"),
          std::string("kind = sims.*"),
          std::string("kind ~ sims"),
          std::string("severity = fatal"),
          std::string("severity >= *"),
          std::string("severity >= info, critical"),
          std::string("cause = timer"),
          std::string("standing = yes"),
          std::string("kind >= sim.added"),
          std::string("kind"),
          std::string("kind sim.added"),
          std::string("kind ("),
          std::string("kind ="),
          std::string("kind = and"),
          std::string("kind = sim.added,"),
          std::string("kind = , sim.added"),
          std::string("description = two words"),
          std::string("description = \"P\u00E4rnu"),
          std::string("description = \"P\u00E4rnu\" x"),
          std::string("description = \"a\\"),
          std::string("(kind = sim.*"),
          std::string("kind = sim.*)"),
          std::string("(kind = sim.*))"),
          std::string("(kind = sim.*),"),
          std::string("((kind = sim.*) x)"),
          std::string("()"),
          std::string("and kind = sim.*"),
          std::string("kind = sim.* or"),
          std::string("kind = sim.* not"),
          std::string("not"),
          std::string("\"kind\" = sim.*"),
          std::string("kind = sim.* & x"),
          std::string("severity < warning"),
          std::string("sim = 1\\2"),
          std::string("Kind = sim.*"),
          std::string("tarif < 3"),
          std::string("kind = x <"),
          std::string("=="),
          nested(deepest_match + 1),
          std::string(longest_match + 1, ' ')})
    {
        const auto parsed = parse_match(match);
        ASSERT_TRUE(std::holds_alternative<MatchFault>(parsed)) << match;
        const auto& fault = std::get<MatchFault>(parsed);
        const auto said = read(match);
        EXPECT_THAT(said, HasSubstr("match, character " + std::to_string(fault.at) + ": " + fault.what))
            << match;
        EXPECT_THAT(said, HasSubstr("22023")) << match;
        EXPECT_THAT(said, HasSubstr("HINT")) << match;
    }
    EXPECT_EQ(sql("select count(*) from simsync.consumer where acked_seq > 0"), "0");
}

TEST_F(EventMatchTest, KnowsEveryKindAndItsSeverity)
{
    std::string kinds;
    for (const auto kind : all_kinds())
        kinds.append(kinds.empty() ? "" : " ")
            .append(to_text(kind))
            .append(1, '/')
            .append(to_text(severity_of(kind)));
    EXPECT_EQ(sql("select string_agg(kind || '/' || severity, ' ') from simsync.event_kind"), kinds);
}

TEST_F(EventMatchTest, ReadsTheSameAgainUntilItIsAcknowledged)
{
    append(all_sorts());
    EXPECT_EQ(read("kind = balance.*", "pager", 1), "2");
    EXPECT_EQ(read("kind = balance.*", "pager", 1), "2");
    EXPECT_EQ(position("pager"), "0") << "what may still be asked for otherwise is not passed";
    sql("select simsync.ack_events('pager', 'main', 2)");
    EXPECT_EQ(read("kind = balance.*", "pager"), "3");
}

TEST_F(EventMatchTest, MovesPastWhatDoesNotMatch)
{
    append(all_sorts());
    EXPECT_EQ(read("sim = nobody", "pager"), "");
    EXPECT_EQ(position("pager"), "7");
    append({event(Kind::sim_added, "nobody")});
    EXPECT_EQ(read("sim = nobody", "pager"), "8");
    EXPECT_EQ(position("pager"), "7");
}

TEST_F(EventMatchTest, FindsTheOneOfThousandsAndStopsBeforeIt)
{
    append(std::vector<Event>(3'000, event(Kind::balance_changed, "1")));
    append({event(Kind::sim_blocked, "1")});
    append(std::vector<Event>(50, event(Kind::balance_changed, "1")));
    EXPECT_EQ(read("kind = sim.blocked", "pager", 1), "3001");
    EXPECT_GT(std::stoi(position("pager")), 1'000) << "it need not look at all of them again";
    EXPECT_LE(std::stoi(position("pager")), 3'000);
    EXPECT_EQ(read("kind = sim.blocked", "pager"), "3001");
    sql("select simsync.ack_events('pager', 'main', 3001)");
    EXPECT_EQ(read("kind = sim.blocked", "pager"), "");
    EXPECT_EQ(position("pager"), "3051");
}

// Somebody who moves the position back while events are looked through has the last word.
TEST_F(EventMatchTest, LeavesAPositionAloneThatSomebodyMovesMeanwhile)
{
    append(all_sorts());
    EXPECT_EQ(read("sim = nobody", "pager"), "");
    append({event(Kind::sim_added, "1")});

    const auto mover = connect(url);
    const auto run = [&](const char* statement) { PQclear(PQexec(mover.get(), statement)); };
    run("begin");
    run("update simsync.consumer set acked_seq = 3 where consumer = 'pager'");
    std::thread reading([&] { EXPECT_EQ(read("sim = nobody", "pager"), ""); });
    while (sql("select count(*) from pg_stat_activity where datname = current_database() and "
               "wait_event_type = 'Lock'") == "0")
        std::this_thread::yield();
    run("commit");
    reading.join();
    EXPECT_EQ(position("pager"), "3");
}

TEST_F(EventMatchTest, IsReadByAConsumerInOrderAcrossAccounts)
{
    PostgresMirror other(url, "another");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    const auto append_other = [&](Kind kind)
    { other.transact([&](Transaction& transaction) { transaction.append(std::vector{event(kind, "1")}); }); };
    append({event(Kind::sim_blocked, "1"), event(Kind::balance_changed, "1")});
    append_other(Kind::balance_changed);
    append_other(Kind::sim_blocked);
    append({event(Kind::sim_blocked, "2")});

    Consumer consumer(url, "pager");
    std::vector<std::string> read;
    for (const auto& each : consumer.next(10, "kind = sim.blocked"))
        read.push_back(each.account + std::to_string(each.seq) + ' ' + each.id.substr(each.id.find(':')));
    EXPECT_THAT(read, ElementsAre("main1 :1", "another2 :2", "main3 :3"));
    EXPECT_FALSE(consumer.has_moved());
    consumer.acknowledge({{"main", 3}, {"another", 2}});
    EXPECT_THAT(consumer.next(10, "kind = sim.blocked"), IsEmpty());
    append_other(Kind::balance_changed);
    EXPECT_THAT(consumer.next(10, "kind = sim.blocked"), IsEmpty());
    EXPECT_FALSE(consumer.has_moved()) << "what it moved past itself is no news";
    EXPECT_EQ(
        sql("select acked_seq from simsync.consumer where consumer = 'pager' and account = 'another'"), "3");
}

TEST_F(EventMatchTest, IsForThoseWhoMayReadEvents)
{
    append(all_sorts());
    const auto consumer = Cluster::shared().as_member_of("simsync_consumer", url);
    EXPECT_EQ(run_sql(consumer, "select count(*) from simsync.read_events('pager', 9, 'kind = sim.*')"), "1");
    const auto analyst = Cluster::shared().as_member_of("simsync_reader", url);
    EXPECT_EQ(run_sql(analyst, "select simsync.match_condition('')"), "true");
    EXPECT_THROW(run_sql(analyst, "select simsync.read_events('pager', 9, '')"), std::runtime_error);
}

} // namespace
} // namespace simsync::test
