// What goes wrong with the database, and what the caller is told of it.
#include "postgres/connection.hpp"
#include "simsync/store/reader.hpp"
#include "store/mirror_test.hpp"

#include <fstream>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string endpoint = "https://api.example";

class FailuresTest : public MirrorTest
{
protected:
    // From now on `act` (PL/pgSQL) runs at every insert into the table: at each row, or at COMMIT.
    void at_insert(const std::string& table, const std::string& act) const
    {
        trigger("create trigger trip before insert on " + table, act);
    }
    void at_commit(const std::string& table, const std::string& act) const
    {
        trigger(
            "create constraint trigger trip after insert on " + table + " deferrable initially deferred",
            act);
    }

    void write_a_page()
    {
        mirror.transact(
            [this](Transaction& transaction)
            {
                ++calls;
                const std::vector<std::string> ids{"1"};
                transaction.load(ids);
                transaction.insert(rows_of({to_write(sim("1"))}));
                transaction.append(std::vector{event(Kind::sim_added, "1")});
            });
    }

    std::string written() const
    {
        return sql("select (select count(*) from simsync.sim) || ' rows, ' || (select count(*) from "
                   "simsync.change_event) || "
                   "' events, last ' || (select last_seq from simsync.ledger)");
    }

    void end_all_sessions() const
    {
        sql("select pg_terminate_backend(pid, 10000) from pg_stat_activity "
            "where pid <> pg_backend_pid() and datname = current_database()");
    }

    int calls = 0;

private:
    void trigger(const std::string& head, const std::string& act) const
    {
        sql("create function trip() returns trigger language plpgsql as $$ begin " + act +
            "; return new; end $$; " + head + " for each row execute function trip()");
    }
};

const std::string cut = "perform pg_terminate_backend(pg_backend_pid())";

TEST_F(FailuresTest, AConnectionThatIsCutInTheRowsLosesThemAll)
{
    at_insert("simsync.sim", cut);
    EXPECT_THROW(write_a_page(), DatabaseUnavailable);
    EXPECT_EQ(written(), "0 rows, 0 events, last 0");
}

TEST_F(FailuresTest, AConnectionThatIsCutInTheEventsLosesTheRowsToo)
{
    at_insert("simsync.change_event", cut);
    EXPECT_THROW(write_a_page(), DatabaseUnavailable);
    EXPECT_EQ(written(), "0 rows, 0 events, last 0");
}

TEST_F(FailuresTest, AConnectionThatIsCutInTheCommitIsUnavailable)
{
    at_commit("simsync.sim", cut);
    EXPECT_THROW(write_a_page(), DatabaseUnavailable);
    EXPECT_EQ(written(), "0 rows, 0 events, last 0");
}

TEST_F(FailuresTest, AConnectionThatIsCutBetweenStatementsIsUnavailable)
{
    EXPECT_THROW(
        mirror.transact(
            [this](Transaction& transaction)
            {
                transaction.insert(rows_of({to_write(sim("1"))}));
                end_all_sessions();
                transaction.append(std::vector{event(Kind::sim_added, "1")});
            }),
        DatabaseUnavailable);
    EXPECT_EQ(written(), "0 rows, 0 events, last 0");
}

TEST_F(FailuresTest, AConnectionThatIsCutWhileNothingHappensIsUnavailableEverywhere)
{
    end_all_sessions();
    EXPECT_THROW(mirror.load_fleet(), DatabaseUnavailable);
    EXPECT_THROW(mirror.account(), DatabaseUnavailable);
    EXPECT_THROW(mirror.keep_partitions(std::chrono::seconds{0}), DatabaseUnavailable);
    EXPECT_THROW(write_a_page(), DatabaseUnavailable);
    EXPECT_EQ(calls, 0) << "no work on a dead connection";
}

class ConflictTest : public FailuresTest, public testing::WithParamInterface<std::string>
{
protected:
    std::string fail_times(int times) const
    {
        sql("create sequence public.failures");
        return "if nextval('public.failures') <= " + std::to_string(times) +
               " then raise 'clash' using errcode = '" + GetParam() + "'; end if";
    }
};

TEST_P(ConflictTest, IsRunAgainWithTheWorkCalledAnew)
{
    at_insert("simsync.change_event", fail_times(3));
    write_a_page();
    EXPECT_EQ(calls, 4);
    EXPECT_EQ(written(), "1 rows, 1 events, last 1");
}

TEST_P(ConflictTest, InTheCommitIsRunAgainToo)
{
    at_commit("simsync.sim", fail_times(2));
    write_a_page();
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(written(), "1 rows, 1 events, last 1");
}

TEST_P(ConflictTest, ThatDoesNotEndIsGivenUpAfterFiveMoreTries)
{
    at_insert("simsync.change_event", fail_times(1'000));
    EXPECT_THROW(write_a_page(), TransactionConflict);
    EXPECT_EQ(calls, 6);
    EXPECT_EQ(written(), "0 rows, 0 events, last 0");
    sql("drop trigger trip on simsync.change_event");
    write_a_page(); // the connection is as good as before
}

INSTANTIATE_TEST_SUITE_P(
    All, ConflictTest, testing::Values("40001", "40P01", "55P03"), // serialization, deadlock, lock timeout
    [](const auto& each) { return "Code" + each.param; });

struct Complaint
{
    std::string code;
    std::string said_hint; // a part of it
};

class UnavailableTest : public FailuresTest, public testing::WithParamInterface<Complaint>
{
};

TEST_P(UnavailableTest, IsToldWithWhatToDo)
{
    at_insert("simsync.change_event", "raise 'trouble' using errcode = '" + GetParam().code + "'");
    try
    {
        write_a_page();
        FAIL() << "nothing was thrown";
    }
    catch (const DatabaseUnavailable& error)
    {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("cannot write account \"main\""), HasSubstr("trouble")));
        EXPECT_THAT(error.hint(), HasSubstr(GetParam().said_hint));
    }
    EXPECT_EQ(calls, 1);
}

INSTANTIATE_TEST_SUITE_P(
    All, UnavailableTest,
    testing::Values(
        Complaint{"53100", "disk is full"}, Complaint{"53200", "short of a resource"},
        Complaint{"25006", "no primary"}, Complaint{"57014", "cancelled"}, Complaint{"58030", "its log"},
        // What somebody else has made refuses it, in words and states of his own.
        Complaint{"P0001", "a trigger"}, Complaint{"P0004", "a trigger"}, Complaint{"38000", "a trigger"},
        Complaint{"39P01", "a trigger"}, Complaint{"23514", "a constraint"},
        Complaint{"23503", "a constraint"}, Complaint{"23505", "a constraint"},
        Complaint{"2BP01", "depends on it"}, Complaint{"0A000", "extension"}, Complaint{"22012", "a trigger"},
        Complaint{"AB123", "see what PostgreSQL says"}, Complaint{"55006", "pg_stat_activity"},
        Complaint{"55000", "pg_stat_activity"}, Complaint{"HV00N", "foreign table"},
        Complaint{"F0000", "configuration"}, Complaint{"54001", "limit"}, Complaint{"XX001", "damaged"},
        Complaint{"XX002", "damaged"}, Complaint{"XX000", "its log"}, Complaint{"57P05", "stood still"},
        Complaint{"25P04", "stood still"}, Complaint{"26000", "proxy"}),
    [](const auto& each) { return "Code" + each.param.code; });

class AlteredTest : public FailuresTest, public testing::WithParamInterface<std::string>
{
};

TEST_P(AlteredTest, IsNoDefectAndNamesWhatIsMissing)
{
    sql(GetParam());
    try
    {
        write_a_page();
        FAIL() << "nothing was thrown";
    }
    catch (const SchemaMismatch& error)
    {
        EXPECT_THAT(
            error.what(),
            testing::AnyOf(HasSubstr("description"), HasSubstr("change_event"), HasSubstr("last_seq")));
        EXPECT_THAT(error.hint(), HasSubstr("simsync migrate"));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Schema, AlteredTest,
    testing::Values(
        "alter table simsync.change_event rename to gone",
        "alter table simsync.sim rename description to note",
        "alter table simsync.ledger rename last_seq to newest"),
    [](const auto& each) { return "Case" + std::to_string(each.index); });

// What PostgreSQL would have people do may destroy what is somebody else's.
TEST_F(FailuresTest, NeverHandsOnAHintThatIsNotOurs)
{
    for (const std::string code : {"P0001", "2BP01", "XX000", "23503", "55000", "42P17"})
    {
        sql("drop trigger if exists trip on simsync.change_event; drop function if exists trip()");
        at_insert(
            "simsync.change_event",
            "raise 'odd' using errcode = '" + code +
                "', hint = 'Use DROP ... CASCADE to drop the dependent objects too.'");
        try
        {
            write_a_page();
            FAIL() << "nothing was thrown";
        }
        catch (const StoreError& error)
        {
            EXPECT_THAT(error.what(), HasSubstr("odd"));
            EXPECT_THAT(error.hint(), Not(HasSubstr("CASCADE"))) << code;
        }
    }
}

TEST_F(FailuresTest, WhatOnlySimsyncCanHaveSaidWrongIsADefect)
{
    Connection session(url);
    const auto said = [&](const std::string& statement)
    { session.transact("try it", [&](Work& work) { work.exec(statement); }); };
    EXPECT_THROW(said("selct 1"), StoreDefect);
    EXPECT_THROW(said("select 1 / 0"), StoreDefect);
    EXPECT_THROW(said("select 'x'::int"), StoreDefect);
    EXPECT_THROW(said("fetch nothing"), StoreDefect);
}

class ServerTest : public testing::Test
{
protected:
    Cluster cluster;
};

TEST_F(ServerTest, AfterAnImmediateShutdownANewMirrorGoesOn)
{
    const auto url = cluster.mirror_database();
    auto mirror = std::make_unique<PostgresMirror>(url, "main");
    ASSERT_TRUE(mirror->try_lead(endpoint));
    const std::vector<Event> one{event(Kind::sim_added, "1")};
    mirror->transact([&](Transaction& transaction) { transaction.append(one); });
    Reader reader(url);

    cluster.stop_immediately();
    EXPECT_THROW(
        mirror->transact([&](Transaction& transaction) { transaction.append(one); }), DatabaseUnavailable);
    EXPECT_THROW(reader.ping(), DatabaseUnavailable);
    EXPECT_THROW(PostgresMirror(url, "main"), DatabaseUnavailable);

    cluster.start();
    mirror = std::make_unique<PostgresMirror>(url, "main");
    ASSERT_TRUE(mirror->try_lead(endpoint));
    mirror->transact([&](Transaction& transaction) { EXPECT_EQ(transaction.append(one), 2); });
}

TEST_F(ServerTest, RefusalsToConnectAreSortedAndKeepThePassword)
{
    const auto url = cluster.mirror_database();
    run_sql(
        url,
        "create role guarded login password 'open-sesame'; create role crowded login connection limit 0");
    std::ofstream(cluster.folder() / "data/pg_hba.conf")
        << "local all guarded scram-sha-256\nlocal all unlisted reject\nlocal all all trust\n";
    cluster.restart();

    const auto complaint = [](const std::string& to) -> std::string
    {
        try
        {
            Reader reader(to);
        }
        catch (const DatabaseRefused& error)
        {
            return std::string("refused: ") + error.what() + " HINT: " + error.hint();
        }
        catch (const DatabaseUnavailable& error)
        {
            return std::string("unavailable: ") + error.what() + " HINT: " + error.hint();
        }
        return "none";
    };
    EXPECT_EQ(
        complaint(url + " user=guarded password=open-sesame"), // logs in, but is no member of a group
        complaint(url + " user=guarded password=open-sesame"));
    EXPECT_THAT(
        complaint(url + " user=guarded password=wrong-sesame"),
        AllOf(HasSubstr("refused"), HasSubstr("pgpass"), Not(HasSubstr("sesame"))));
    EXPECT_THAT(
        complaint(url + " user=guarded passfile=/nonexistent"),
        AllOf(HasSubstr("refused"), HasSubstr("password")));
    EXPECT_THAT(complaint(url + " user=unlisted"), HasSubstr("refused"));
    EXPECT_THAT(complaint(url + " user=nobody_at_all"), HasSubstr("refused"));
    EXPECT_THAT(
        complaint(url + " user=crowded"), AllOf(HasSubstr("unavailable"), HasSubstr("out of connections")));
    EXPECT_THAT(
        complaint(url + " dbname=nowhere password=open-sesame"),
        AllOf(HasSubstr("unavailable"), HasSubstr("createdb"), Not(HasSubstr("sesame"))));
    EXPECT_THAT(
        complaint("host=/nonexistent password=open-sesame dbname=x"),
        AllOf(HasSubstr("unavailable"), HasSubstr("\"x\" on /nonexistent"), Not(HasSubstr("sesame"))));
    EXPECT_THAT(
        complaint("host=127.0.0.1 port=1 password=open-sesame dbname=x"),
        AllOf(HasSubstr("unavailable"), Not(HasSubstr("sesame"))));
}

} // namespace
} // namespace simsync::test
