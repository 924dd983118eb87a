// Migrations: run twice, side by side, on a schema that somebody touched; and what the schema says of itself.
#include "harness/cluster.hpp"
#include "simsync/store/reader.hpp"
#include "store/database_checks.hpp"
#include "store/mirror.hpp"
#include "store/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <future>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::IsEmpty;

class SchemaTest : public testing::Test
{
protected:
    std::string sql(const std::string& statement) const { return run_sql(url, statement); }

    const std::string url = Cluster::shared().empty_database();
};

TEST_F(SchemaTest, NothingIsAppliedToAnEmptyDatabase)
{
    const auto status = migration_status(url);
    ASSERT_FALSE(status.empty());
    for (const auto& each : status)
        EXPECT_FALSE(each.applied) << each.name;
    EXPECT_EQ(status.front().version, 1);
    EXPECT_EQ(status.front().name, "0001_mirror");
    EXPECT_EQ(sql("select to_regnamespace('simsync') is null"), "t") << "asking made something";
}

TEST_F(SchemaTest, MigratingAppliesAllInOrderAndThenNothing)
{
    const auto applied = migrate(url);
    EXPECT_EQ(applied.size(), migration_status(url).size());
    EXPECT_TRUE(std::ranges::is_sorted(applied, {}, &MigrationStatus::version));
    EXPECT_TRUE(std::ranges::all_of(applied, &MigrationStatus::applied));
    EXPECT_FALSE(applied.front().applied_at.empty());
    EXPECT_THAT(migrate(url), IsEmpty());
}

TEST_F(SchemaTest, OnlyOneOfSeveralSideBySideAppliesEach)
{
    std::vector<std::future<std::size_t>> all;
    for (int i = 0; i < 4; ++i)
        all.push_back(std::async(std::launch::async, [this] { return migrate(url).size(); }));
    std::size_t applied = 0;
    for (auto& each : all)
        applied += each.get();
    EXPECT_EQ(applied, migration_status(url).size());
}

TEST_F(SchemaTest, AMigrationThatFailsLeavesNothingBehind)
{
    sql("create schema simsync; create table simsync.migration (version int primary key, name text, checksum "
        "text, "
        "applied_at timestamptz default now()); create table simsync.sim ()");
    EXPECT_THROW(migrate(url), SchemaMismatch);
    EXPECT_EQ(sql("select count(*) from simsync.migration"), "0");
    EXPECT_EQ(sql("select to_regclass('simsync.ledger') is null"), "t");
}

// Of a daemon that writes meanwhile one may be in the way, or have to make way.
TEST_F(SchemaTest, AMigrationThatIsInAConflictIsTriedAgain)
{
    sql("create sequence tries");
    sql("create function conflict() returns event_trigger language plpgsql as $$ begin "
        "if nextval('public.tries') in (1, 2, 9) then raise 'deadlock detected' using errcode = '40P01'; end "
        "if; end $$");
    sql("create event trigger conflict on ddl_command_start when tag in ('CREATE VIEW') execute function "
        "conflict()");
    EXPECT_EQ(migrate(url).size(), migration_status(url).size());
    EXPECT_GT(std::stoi(sql("select last_value from tries")), 9);
    EXPECT_THAT(migrate(url), IsEmpty());
}

TEST_F(SchemaTest, AMirrorThatHoldsSimsKeepsItsIndexOfDeadlines)
{
    const std::string index = "select to_regclass('simsync.sim_by_tariff_expiry') is not null";
    migrate(url);
    EXPECT_EQ(sql(index), "f") << "nothing to find yet: built once there is";
    sql("insert into simsync.sim (account, id, fingerprint, first_seen_at, changed_at) "
        "values ('main', '1', gen_random_uuid(), now(), now()); select simsync.index_deadlines(); "
        "drop function simsync.index_deadlines(); delete from simsync.migration where version = 9");
    migrate(url);
    EXPECT_EQ(sql(index), "t");
}

// What each part of simsync says of a database that it cannot work with.
template<class Act>
std::string unfit(Act act)
{
    try
    {
        act();
    }
    catch (const DatabaseUnfit& error)
    {
        return std::string(error.what()) + " HINT: " + error.hint();
    }
    return "none";
}

class EncodingTest : public SchemaTest, public testing::WithParamInterface<std::string>
{
};

TEST_P(EncodingTest, IsRefusedByAllBeforeAnythingIsMade)
{
    auto name = "in_" + GetParam();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    sql("create database " + name + " template template0 encoding '" + GetParam() + "' locale 'C'");
    const auto other = url + " dbname=" + name;
    EXPECT_THAT(
        unfit([&] { migrate(other); }),
        testing::AllOf(HasSubstr("keeps text as " + GetParam()), HasSubstr("createdb --encoding=UTF8")));
    EXPECT_THAT(unfit([&] { migration_status(other); }), HasSubstr(GetParam()));
    EXPECT_THAT(unfit([&] { Reader{other}; }), HasSubstr(GetParam()));
    EXPECT_THAT(unfit([&] { DatabaseChecks{other}; }), HasSubstr(GetParam()));
    EXPECT_THAT(unfit([&] { PostgresMirror(other, "main"); }), HasSubstr(GetParam()));
    EXPECT_EQ(run_sql(other, "select to_regnamespace('simsync') is null"), "t");
    sql("drop database " + name);
}

INSTANTIATE_TEST_SUITE_P(
    Of, EncodingTest, testing::Values("LATIN1", "SQL_ASCII", "EUC_JP"),
    [](const auto& each) { return each.param; });

std::string complaint_of(const std::string& url)
{
    try
    {
        Reader reader(url);
    }
    catch (const SchemaMismatch& error)
    {
        return std::string(error.what()) + " HINT: " + error.hint();
    }
    return "none";
}

TEST_F(SchemaTest, AMissingSchemaIsRefused)
{
    EXPECT_THAT(complaint_of(url), HasSubstr("simsync migrate"));
    EXPECT_THROW(PostgresMirror(url, "main"), SchemaMismatch);
}

TEST_F(SchemaTest, AnOlderSchemaIsRefusedAndCanBeMigrated)
{
    migrate(url);
    sql("delete from simsync.migration where version = (select max(version) from simsync.migration)");
    EXPECT_THAT(complaint_of(url), HasSubstr("older"));
    EXPECT_THROW(PostgresMirror(url, "main"), SchemaMismatch);
}

TEST_F(SchemaTest, ANewerSchemaIsRefused)
{
    migrate(url);
    sql("insert into simsync.migration values (9999, '9999_tomorrow', repeat('0', 64))");
    EXPECT_THAT(complaint_of(url), testing::AllOf(HasSubstr("newer"), HasSubstr("9999_tomorrow")));
    EXPECT_THROW(migrate(url), SchemaMismatch);
    EXPECT_THROW(migration_status(url), SchemaMismatch);
}

TEST_F(SchemaTest, ATamperedChecksumIsRefused)
{
    migrate(url);
    sql("update simsync.migration set checksum = repeat('0', 64) where version = 1");
    EXPECT_THAT(complaint_of(url), HasSubstr("0001_mirror"));
    EXPECT_THROW(migrate(url), SchemaMismatch);
}

TEST_F(SchemaTest, EverythingHasAComment)
{
    migrate(url);
    sql("select simsync.ensure_partitions(now())");
    EXPECT_EQ(
        sql(R"(
        select string_agg(what, ', ') from (
            select c.relname as what from pg_class c
             where c.relnamespace = 'simsync'::regnamespace and c.relkind in ('r', 'p', 'v')
               and obj_description(c.oid, 'pg_class') is null
            union all
            select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relnamespace = 'simsync'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0
               and not a.attisdropped and col_description(c.oid, a.attnum) is null
            union all
            select p.proname || '()' from pg_proc p
             where p.pronamespace = 'simsync'::regnamespace and obj_description(p.oid, 'pg_proc') is null
            union all
            select r.rolname from pg_roles r
             where r.rolname in ('simsync_writer', 'simsync_reader', 'simsync_consumer')
               and shobj_description(r.oid, 'pg_authid') is null) lacking)"),
        "");
}

// Where changes are published (CREATE PUBLICATION … FOR ALL TABLES), what has none cannot be deleted from.
TEST_F(SchemaTest, EveryTableHasAPrimaryKey)
{
    migrate(url);
    EXPECT_EQ(
        sql(R"(
        select coalesce(string_agg(c.relname, ', '), '') from pg_class c
         where c.relnamespace = 'simsync'::regnamespace and c.relkind in ('r', 'p')
           and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary))"),
        "");
}

TEST_F(SchemaTest, EveryPrimaryKeyButThatOfMigrationsBeginsWithAccount)
{
    migrate(url);
    EXPECT_EQ(
        sql(R"(
        select string_agg(i.indrelid::regclass::text, ', ') from pg_index i join pg_class c on c.oid = i.indrelid
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
         where c.relnamespace = 'simsync'::regnamespace and i.indisprimary and a.attname <> 'account')"),
        "simsync.migration");
}

TEST_F(SchemaTest, NoFunctionCanBeLedAstrayByASearchPath)
{
    migrate(url);
    EXPECT_EQ(
        sql(R"(
        select string_agg(proname, ', ') from pg_proc
         where pronamespace = 'simsync'::regnamespace and proname not in ('rfc3339', 'search_text') and prokind <> 'a'
           and not coalesce(array_to_string(proconfig, ',') like '%search_path=pg_catalog, pg_temp%', false))"),
        "");
}

} // namespace
} // namespace simsync::test
