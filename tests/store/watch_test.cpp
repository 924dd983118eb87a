// What an instance asks for all of its accounts together.
#include "store/watch.hpp"

#include "simsync/store/reader.hpp"
#include "store/action_queue.hpp"
#include "store/mirror_test.hpp"
#include "store/writer_session.hpp"

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using WatchTest = MirrorTest;

// What it was notified of since the last time.
std::vector<std::string> heard(const Session& listener)
{
    PQclear(PQexec(listener.get(), "select 1")); // what was committed before is delivered with the answer
    std::vector<std::string> heard;
    while (const std::unique_ptr<PGnotify, void (*)(void*)> each{PQnotifies(listener.get()), PQfreemem})
        heard.emplace_back(each->extra);
    return heard;
}

Session listening(const std::string& url)
{
    auto listener = connect(url);
    PQclear(PQexec(listener.get(), "listen simsync_events"));
    return listener;
}

TEST_F(WatchTest, LooksAmongThoseOfTheSameAccountsWhicheverTheyAreNow)
{
    Watch watch(url);
    Watch other(url);
    other.enter({"main"});
    EXPECT_EQ(watch.look({"main", "other"}).shares.alive.size(), 1U);
    EXPECT_EQ(watch.look({"main"}).shares.alive.size(), 2U);
    EXPECT_EQ(other.look({"main"}).shares.alive.size(), 2U);
    watch.leave();
    EXPECT_EQ(other.look({"main"}).shares.alive.size(), 1U);
}

TEST_F(WatchTest, SeesHowFarTheEventsAre)
{
    append({event(Kind::sim_added, "1"), event(Kind::sim_added, "2")});
    const auto last = Watch(url).last_events(std::vector<std::string>{"main", "unheard-of"});
    ASSERT_EQ(last.size(), 1U);
    EXPECT_EQ(last.at("main").seq, 2);
    EXPECT_EQ(last.at("main").stream_id, mirror.account().stream_id);
}

// Else its place among the instances lasts a minute, and nobody takes its share of the accounts.
TEST_F(WatchTest, OfAProcessThatIsStoppedInMidTransactionIsCutOffAsSoonAsItsLeases)
{
    sql(R"(create table public.bound (of_transaction text);
        create function note_bound() returns trigger language plpgsql as $$
        begin
            insert into public.bound values (current_setting('idle_in_transaction_session_timeout'));
            return new;
        end $$;
        create trigger note_bound before update on simsync.ledger for each row execute function note_bound();
        update simsync.ledger set loading_sims = 0; delete from bound)");
    Watch(url).note_loading({{"main", {.sims = 1, .expected = 2}}});
    mirror.transact([](Transaction& transaction)
                    { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    EXPECT_EQ(sql("select string_agg(of_transaction, ' ') from bound"), "10s 10s");
}

TEST_F(WatchTest, SeesWhoseActionsWait)
{
    Watch watch(url);
    EXPECT_THAT(watch.accounts_with_requests(), IsEmpty());
    ActionQueue queue(url, "main");
    ActionRecord block;
    block.sim = "1";
    block.operation = "block";
    const auto first = queue.request(block, "somebody");
    queue.request(block, "somebody");
    EXPECT_THAT(watch.accounts_with_requests(), ElementsAre("main")) << "once";
    queue.withdraw(first, "no more");
    EXPECT_THAT(watch.accounts_with_requests(), ElementsAre("main"));
    mirror.transact([](Transaction& transaction) { ASSERT_TRUE(transaction.take_action({})); });
    EXPECT_THAT(watch.accounts_with_requests(), IsEmpty());
}

// Whoever takes the lead loads what the mirror holds; others are told how far that is, until it is done.
TEST_F(WatchTest, NotesHowFarALeaderHasLoadedUntilItHas)
{
    insert({to_write(sim("1"))});
    Watch watch(url);
    Reader reader(url);
    const auto seen = [&] { return reader.status().at(0).account.loading; };
    EXPECT_EQ(seen(), (LoadingRecord{0, std::nullopt})) << "it has begun";
    watch.note_loading({{"main", {3, 0}}, {"unheard-of", {1, 2}}});
    EXPECT_EQ(seen(), (LoadingRecord{3, std::nullopt}));
    watch.note_loading({{"main", {4, 10}}});
    EXPECT_EQ(seen(), (LoadingRecord{4, 10}));

    Fleet fleet;
    LoadProgress progress;
    EXPECT_FALSE(mirror.load_fleet(fleet, 1, progress));
    EXPECT_EQ(seen(), (LoadingRecord{4, 10})) << "whether there are more nobody knows yet";
    EXPECT_TRUE(mirror.load_fleet(fleet, 1, progress));
    EXPECT_EQ(fleet.size(), 1U);
    EXPECT_EQ(seen(), std::nullopt);
    watch.note_loading({{"main", {5, 10}}});
    EXPECT_EQ(seen(), std::nullopt) << "a note that comes late";
}

TEST_F(WatchTest, NobodyLoadsWhereNobodyLeads)
{
    Reader reader(url);
    {
        PostgresMirror other(url, "other");
        ASSERT_TRUE(other.try_lead("https://api.example"));
        EXPECT_TRUE(reader.status().at(1).account.loading);
    }
    EXPECT_EQ(reader.status().at(1).account.loading, std::nullopt) << "it went before it had loaded";
}

TEST_F(WatchTest, RingsForManyAccountsAtOnce)
{
    const auto listener = listening(url);
    Watch watch(url);
    watch.ring({{"main", 3}, {"other", 4}});
    EXPECT_THAT(heard(listener), ElementsAre("main:3", "other:4"));
    watch.ring({});
    EXPECT_THAT(heard(listener), IsEmpty());
}

// Writers that commit at once need not wait for each other, as they would for the lock of NOTIFY.
TEST_F(WatchTest, ACommitIsNoRingAndARingNoCommit)
{
    const auto listener = listening(url);
    std::vector<std::string> rung;
    PostgresMirror other(
        std::make_shared<WriterSession>(url), "other", std::make_shared<SeenEvents>(),
        [&](const std::string& account, std::int64_t seq)
        { rung.push_back(account + ':' + std::to_string(seq)); });
    ASSERT_TRUE(other.try_lead("https://api.example"));
    other.transact([](Transaction& transaction)
                   { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    EXPECT_THAT(heard(listener), IsEmpty()) << "not by the transaction that wrote it";
    EXPECT_THAT(rung, ElementsAre("other:1"));
    EXPECT_EQ(sql("select last_seq from simsync.account where account = 'other'"), "1");
}

TEST_F(WatchTest, CountsInstancesAndTellsTheTightestBound)
{
    const std::vector<std::string> accounts{"main", "other"};
    Watch watch(url);
    EXPECT_EQ(watch.room(accounts).instances, 0) << "whoever only looks is none";
    watch.enter(accounts);
    EXPECT_EQ(watch.room(accounts).instances, 1);
    EXPECT_EQ(
        std::to_string(watch.room(accounts).most),
        sql("select current_setting('max_connections')::int - "
            "current_setting('superuser_reserved_connections')::int"));
    EXPECT_THAT(watch.room(accounts).bound, HasSubstr("max_connections = " + sql("show max_connections")));
    {
        Watch another(url);
        another.enter({"other", "main"});
        EXPECT_EQ(watch.room(accounts).instances, 2);
        another.enter({"main"});
        EXPECT_EQ(watch.room(accounts).instances, 1) << "of other accounts nobody knows what it takes";
    }

    const auto database = sql("select current_database()");
    sql("alter database " + database + " connection limit 40");
    EXPECT_EQ(watch.room(accounts).most, 40);
    EXPECT_THAT(
        watch.room(accounts).bound, HasSubstr("database \"" + database + "\" has CONNECTION LIMIT 40"));
    const auto writer = Cluster::shared().as_member_of("simsync_writer", url);
    const auto role = run_sql(writer, "select current_user");
    sql("alter role " + role + " connection limit 30");
    EXPECT_EQ(Watch(writer).room(accounts).most, 30);
    sql("alter role " + role + " connection limit -1");
}

} // namespace
} // namespace simsync::test
