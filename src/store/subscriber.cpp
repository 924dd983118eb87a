#include "store/subscriber.hpp"

#include "postgres/row_values.hpp"
#include "store/account_rows.hpp"
#include "store/schema_check.hpp"

#include <cctype>

namespace simsync
{
namespace
{

// Column lists are new in 15, and so is that NOTIFY of a replicated change reaches anybody.
constexpr int oldest_version = 150'000;

void require_version(Connection& session)
{
    const auto row = session.transact(
        "ask for its version",
        [](Work& work)
        {
            return work.exec_one(
                "select current_setting('server_version_num')::integer, current_setting('server_version')");
        });
    if (row[0].as<int>() < oldest_version)
        throw DatabaseUnfit(
            session.place() + " is kept by PostgreSQL " + row[1].as<std::string>() +
                ": subscribers need 15 or later, on both sides",
            "upgrade the server, or let people read a standby");
}

// Text that is good as a name of a subscription and of its slot.
std::string name_of_host()
{
    constexpr std::size_t longest = 63; // of PostgreSQL's names
    std::string name = "simsync_";
    for (const char c : this_host())
    {
        const auto byte = static_cast<unsigned char>(c);
        name += std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '_';
    }
    return name.substr(0, longest);
}

} // namespace

// Not simsync.is_subscriber(): before the migration that makes it there is none.
bool is_subscriber(Connection& session)
{
    return session.transact(
        "ask whether it is a subscriber",
        [](Work& work)
        {
            return work
                .exec_one(R"(
        select exists (select from pg_trigger
                        where tgrelid = to_regclass('simsync.ledger') and tgname = 'subscriber_rings'))")[0]
                .as<bool>();
        });
}

void refuse_subscriber(Connection& session)
{
    if (is_subscriber(session))
        throw DatabaseUnfit(
            session.place() + " is a subscriber: what it holds is replicated from another database",
            "mirror into that one, and read here; or give [database] url another database");
}

void refuse_subscriber(const std::string& url)
{
    Connection session(url);
    refuse_subscriber(session);
}

void require_fit_for_subscriber(Connection& session)
{
    require_version(session);
    if (is_subscriber(session))
        return;
    const bool mirrors = session.transact(
        "look for accounts",
        [](Work& work)
        {
            return !work.exec_one("select to_regclass('simsync.ledger') is null")[0].as<bool>() &&
                   work.exec_one("select exists (select from simsync.ledger)")[0].as<bool>();
        });
    if (mirrors)
        throw DatabaseUnfit(
            session.place() + " is no subscriber: it holds accounts that simsync mirrors, or a copy of them",
            "give the subscriber an empty database: createdb --encoding=UTF8 --template=template0 NAME, then "
            "simsync migrate --subscriber --database postgresql:///NAME");
}

std::string subscription_command(const std::string& url)
{
    Connection session(url);
    const auto subscribed = session.transact(
        "ask whether it subscribes",
        [](Work& work)
        {
            return work
                .exec_one("select exists (select from pg_subscription_rel where srrelid = "
                          "'simsync.ledger'::regclass)")[0]
                .as<bool>();
        });
    if (subscribed)
        return {};
    return "CREATE SUBSCRIPTION " + name_of_host() +
           "\n    CONNECTION 'host=PUBLISHER dbname=simsync user=simsync_subscriber'\n    PUBLICATION "
           "simsync;\n";
}

bool publish(const std::string& url)
{
    Connection session(url);
    require_our_schema(session);
    require_version(session);
    refuse_subscriber(session);
    return session.transact(
        "publish the mirror",
        [](Work& work) { return work.exec_one("select simsync.publish()")[0].as<bool>(); });
}

void keep_published(Connection& session)
{
    session.transact(
        "publish what the schema has now",
        [](Work& work)
        {
            const bool ours = work.exec_one(R"(
        select exists (select from pg_publication
                        where pubname = 'simsync' and pg_has_role(pubowner, 'usage')))")[0]
                                  .as<bool>();
            if (ours)
                work.exec("select simsync.publish()");
        });
}

std::optional<std::vector<PublicationDoubt>> doubts_about_publication(Connection& session)
{
    const auto row = session.transact(
        "look at what it publishes",
        [](Work& work)
        {
            return work.exec_one(R"(
        select exists (select from pg_publication where pubname = 'simsync'),
               current_setting('wal_level'),
               case when exists (select from pg_publication where pubname = 'simsync')
                    then case when current_setting('server_version_num')::integer < 150000 then false
                              else simsync.is_published_as_wanted() end end,
               current_setting('max_slot_wal_keep_size'),
               (select string_agg(slot_name, ', ' order by slot_name) from pg_replication_slots
                 where database = current_database() and plugin = 'pgoutput' and wal_status = 'lost'),
               (select string_agg(slot_name, ', ' order by slot_name) from pg_replication_slots
                 where database = current_database() and plugin = 'pgoutput' and wal_status <> 'lost' and not active))");
        });
    if (!row[0].as<bool>())
        return std::nullopt;
    std::vector<PublicationDoubt> doubts;
    if (const auto level = row[1].as<std::string>(); level != "logical")
        doubts.push_back(
            {"wal_level is " + level + ", and nobody can subscribe",
             "ALTER SYSTEM SET wal_level = 'logical', then restart PostgreSQL", true});
    if (!row[2].as<bool>())
        doubts.push_back(
            {"the publication simsync lacks something of this schema, or has more of it than is wanted",
             "run, as the schema's owner: simsync migrate --publisher", true});
    std::optional<std::string> lost;
    read_field(row[4], lost);
    if (lost)
        doubts.push_back(
            {"a subscriber was away for longer than max_slot_wal_keep_size keeps its WAL: " + *lost,
             "copy everything to it once more, as README's \"Subscribers\" shows; if nobody needs it: select "
             "pg_drop_replication_slot(NAME)",
             true});
    std::optional<std::string> away;
    read_field(row[5], away);
    if (away)
        doubts.push_back(
            {"a subscriber is away, and its WAL is kept on this server: " + *away,
             "let it run; if it is gone for good: select pg_drop_replication_slot(NAME)"});
    if (row[3].as<std::string>() == "-1")
        doubts.push_back(
            {"max_slot_wal_keep_size is not set: a subscriber that is away can fill this server's disk",
             "ALTER SYSTEM SET max_slot_wal_keep_size = '20GB', or what the disk has to spare; then: select "
             "pg_reload_conf()"});
    return doubts;
}

} // namespace simsync
