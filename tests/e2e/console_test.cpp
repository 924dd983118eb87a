// The console's API as curl asks it: a real `simsync run`, over real sockets, between the simulator and a
// real PostgreSQL.
#include "daemon/web_client.hpp"
#include "e2e/testbed.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <list>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr std::size_t fleet = 120;

// A stream of server-sent events.
class Follower
{
public:
    struct Message
    {
        std::string id;
        std::string kind;
        json::value data;
    };

    Follower(std::uint16_t port, const std::string& query, const std::string& last_id = {}) : client_(port)
    {
        client_.send(
            "GET /api/stream" + query + " HTTP/1.1\r\nHost: localhost\r\n" +
            (last_id.empty() ? "" : "Last-Event-ID: " + last_id + "\r\n") + "\r\n");
        head = client_.receive_header();
    }

    // The next of this kind; those of others are passed over.
    Message next(const std::string& kind)
    {
        for (;;)
        {
            auto message = next();
            if (message.kind == kind || message.kind.empty())
                return message;
        }
    }

    // Of no kind: the stream has ended.
    Message next()
    {
        for (;;)
        {
            const auto end = text_.find("\n\n");
            if (end == std::string::npos)
            {
                const auto chunk = client_.receive_chunk();
                if (!chunk)
                    return {};
                text_ += *chunk;
                continue;
            }
            const auto message = parsed(text_.substr(0, end + 1));
            text_.erase(0, end + 2);
            if (!message.kind.empty())
                return message;
        }
    }

    Answer head;

private:
    static Message parsed(const std::string& lines)
    {
        Message message;
        std::istringstream all(lines);
        for (std::string line; std::getline(all, line);)
            if (line.starts_with("id: "))
                message.id = line.substr(4);
            else if (line.starts_with("event: "))
                message.kind = line.substr(7);
            else if (line.starts_with("data: "))
                message.data = json::parse(line.substr(6));
        return message;
    }

    Client client_;
    std::string text_;
};

class Console : public testing::Test
{
protected:
    explicit Console(Cluster& cluster = Cluster::shared()) : testbed(fleet, {}, cluster) {}

    // Until the baseline is there, and what had come due before it was told behind it.
    void start()
    {
        port = run("daemon", daemon);
        daemon->await_err("complete");
        testbed.await_sql("select count(*) > 0 from simsync.change_event where kind like 'tariff.exp%'", "t");
    }

    // Without a service manager: nobody here reads what it would be told.
    std::uint16_t run(const std::string& name, std::optional<Program>& program) const
    {
        program.emplace(testbed.folder(), name, Strings{"--config", testbed.config_file(), "run"});
        return static_cast<std::uint16_t>(std::stoul(http_port(*program)));
    }

    Answer get(const std::string& path, const std::string& headers = {}) const
    {
        return Client(port).get(path, headers);
    }

    json::value ask(const std::string& path) const
    {
        const auto answer = get(path);
        EXPECT_EQ(answer.status, 200) << path << '\n' << answer.body;
        return answer.status == 200 ? json::parse(answer.body) : json::value();
    }

    // The ids of a list, page by page.
    std::vector<std::string> walk(const std::string& path, const char* id = "id") const
    {
        std::vector<std::string> ids;
        for (std::string next; ids.size() < 10 * fleet;)
        {
            const auto page = ask(path + next);
            for (const auto& item : page.at("items").as_array())
                ids.push_back(
                    item.at(id).is_string() ? std::string(item.at(id).as_string())
                                            : json::serialize(item.at(id)));
            if (page.at("next").is_null())
                break;
            next = "&cursor=" + std::string(page.at("next").as_string());
        }
        return ids;
    }

    std::vector<std::string> lines_of(const std::string& sql) const
    {
        std::istringstream all(testbed.sql("select string_agg(line, E'\\n') from (" + sql + ") as l (line)"));
        std::vector<std::string> lines;
        for (std::string line; std::getline(all, line);)
            lines.push_back(line);
        return lines;
    }

    void block(std::size_t position, bool blocked)
    {
        testbed.change(position, [blocked](simulator::Simcard& sim) { sim.is_blocked = blocked; });
    }

    std::string some_id() const { return testbed.sql("select min(id) from simsync.sim"); }

    std::string sessions() const
    {
        return testbed.sql("select count(*) from pg_stat_activity where application_name = 'simsync console' "
                           "and datname = current_database()");
    }

    Testbed testbed;
    std::optional<Program> daemon;
    std::uint16_t port = 0;
};

TEST_F(Console, AnswersEachOfItsPaths)
{
    start();
    for (const auto& path :
         {std::string("/api/session"), std::string("/api/overview"),
          std::string("/api/overview?account=main"), std::string("/api/sims"), "/api/sims/main/" + some_id(),
          "/api/sims/main/" + some_id() + "/balances", std::string("/api/events"),
          std::string("/api/accounts/main/sweeps"), std::string("/api/accounts/main/removals"),
          std::string("/api/accounts/main/actions"), std::string("/api/dictionary")})
    {
        const auto answer = get(path);
        EXPECT_EQ(answer.status, 200) << path << '\n' << answer.body;
        EXPECT_EQ(answer.headers.at("Content-Type"), "application/json") << path;
        EXPECT_EQ(answer.headers.at("Cache-Control"), "no-cache") << path;
        EXPECT_EQ(answer.headers.at("X-Content-Type-Options"), "nosniff") << path;
        EXPECT_THAT(answer.headers, Contains(testing::Key("ETag"))) << path;
        EXPECT_TRUE(json::parse(answer.body).is_object()) << path;
    }
    EXPECT_THAT(
        get("/metrics").body,
        HasSubstr(R"(simsync_console_requests_total{endpoint="/api/session",status="200"} 1)"));
}

TEST_F(Console, CountsAsSqlDoes)
{
    start();
    const auto overview = ask("/api/overview");
    const auto& account = overview.at("accounts").at(0);
    EXPECT_EQ(account.at("account").as_string(), "main");
    EXPECT_TRUE(account.at("fresh").as_bool());
    EXPECT_TRUE(account.at("first_sweep").is_null());
    EXPECT_EQ(account.at("sims").as_int64(), static_cast<std::int64_t>(fleet));
    const auto counted = [&](const std::string& where) {
        return std::stoll(
            testbed.sql("select count(*) from simsync.sim where removed_at is null and " + where));
    };
    EXPECT_EQ(account.at("blocked").as_int64(), counted("is_blocked"));
    EXPECT_EQ(account.at("depleted").as_int64(), counted("balance <= 0"));
    EXPECT_EQ(account.at("imei_mismatched").as_int64(), counted("not imei_is_correct"));
    EXPECT_EQ(overview.at("events_by_hour").as_array().size(), 25U);
    EXPECT_EQ(account.at("leader").at("pid").as_int64(), daemon->process().id());
}

TEST_F(Console, OfManyWhoAskCountsOnce)
{
    start();
    const auto first = ask("/api/overview");
    block(3, true);
    block(4, false);
    testbed.await_sql("select count(*) > 2 from simsync.sweep", "t");
    EXPECT_EQ(ask("/api/overview").at("computed_at"), first.at("computed_at"));
}

TEST_F(Console, WalksAWholeListByItsCursor)
{
    start();
    const auto all = lines_of("select id from simsync.sim order by id");
    ASSERT_EQ(all.size(), fleet);
    for (const char* sort : {"id", "-id", "balance", "-balance", "tariff_expires_at", "-latest_activity"})
    {
        auto ids = walk(std::string("/api/sims?limit=7&sort=") + sort);
        std::ranges::sort(ids);
        EXPECT_EQ(ids, all) << sort;
    }
    EXPECT_EQ(
        walk("/api/sims?limit=200&state=blocked"),
        lines_of("select id from simsync.sim where is_blocked order by account, id"));
}

TEST_F(Console, WalksAllEventsNewestFirst)
{
    start();
    const auto all = walk("/api/events?limit=7", "seq");
    ASSERT_FALSE(all.empty());
    const auto upto = " where e.seq <= " + all.front();
    EXPECT_EQ(
        all, lines_of("select e.seq::text from simsync.change_event e" + upto + " order by e.seq desc"));
    auto urgent = walk("/api/events?limit=7&severity=warning,critical", "seq");
    std::erase_if(urgent, [&](const std::string& seq) { return std::stoll(seq) > std::stoll(all.front()); });
    EXPECT_EQ(
        urgent, lines_of(
                    "select e.seq::text from simsync.change_event e" + upto +
                    " and e.severity <> 'info' order by e.seq desc"));
}

TEST_F(Console, FindsASimByTheEndOfItsIccid)
{
    start();
    const auto end = testbed.sql("select right(iccid_plastic, 6) from simsync.sim order by id limit 1");
    const auto found = ask("/api/sims?q=" + end);
    ASSERT_FALSE(found.at("items").as_array().empty());
    EXPECT_EQ(found.at("items").at(0).at("id").as_string(), some_id());
    EXPECT_EQ(found.at("total").as_int64(), static_cast<std::int64_t>(found.at("items").as_array().size()));
}

TEST_F(Console, ExportsWhatSqlHolds)
{
    start();
    const auto answer = get("/api/sims.csv?sort=id");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("Content-Type"), "text/csv; charset=utf-8");
    EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
    EXPECT_THAT(
        answer.headers.at("Content-Disposition"),
        MatchesRegex(R"(attachment; filename="[0-9-]{10}-sims\.csv")"));
    EXPECT_THAT(
        get("/api/sims.csv?state=wrong_device&account=a%22%0D%0Ab").headers.at("Content-Disposition"),
        MatchesRegex(R"(attachment; filename="[0-9-]{10}-a___b-wrong_device-sims\.csv")"));
    const auto lines = std::ranges::count(answer.body, '\n');
    EXPECT_EQ(lines, static_cast<std::ptrdiff_t>(fleet) + 1) << answer.body;
    for (const auto& id : lines_of("select id from simsync.sim"))
        EXPECT_THAT(answer.body, HasSubstr(id));

    const auto events = get("/api/events.csv?since=2000-01-01");
    EXPECT_EQ(events.status, 200);
    EXPECT_EQ(
        std::ranges::count(events.body, '\n') - 1,
        std::stoll(testbed.sql("select count(*) from simsync.change_event")));
    EXPECT_EQ(get("/api/events.csv").status, 400);
}

TEST_F(Console, TellsAnEventAsTheCommandDoesWhenItIsCommitted)
{
    block(5, false);
    start();
    const std::string position(ask("/api/events").at("position").as_string());
    Follower follower(port, "?kind=sim.blocked");
    EXPECT_EQ(follower.head.status, 200);
    EXPECT_EQ(follower.head.headers.at("Content-Type"), "text/event-stream");
    EXPECT_EQ(follower.head.headers.at("Cache-Control"), "no-store");
    EXPECT_EQ(follower.head.headers.at("X-Accel-Buffering"), "no");
    Follower from_page(port, "?kind=sim.blocked&after=" + position);
    EXPECT_THAT(get("/metrics").body, HasSubstr("simsync_console_streams 2"));
    follower.next("status"); // it follows
    block(5, true);
    const auto told = follower.next("change");
    EXPECT_EQ(told.data.at("kind").as_string(), "sim.blocked");
    const auto seq = told.data.at("seq").as_int64();
    const auto line = testbed.run({"events", "--after", std::to_string(seq - 1), "--json"}).out;
    EXPECT_EQ(json::parse(line.substr(0, line.find('\n'))), told.data);
    EXPECT_EQ(from_page.next("change").data, told.data);
    EXPECT_THAT(
        told.id,
        StartsWith("main@" + testbed.sql("select left(stream_id::text, 8) from simsync.ledger") + ":"));
}

TEST_F(Console, OutlivesAnEventThatNobodyCanTell)
{
    start();
    Follower follower(port, "");
    follower.next("status"); // it follows
    std::string deep = "1";
    for (int i = 0; i < 2'000; ++i)
        deep = "{\"a\":" + deep + '}';
    testbed.sql(
        "with next as (update simsync.ledger set last_seq = last_seq + 1 returning account, last_seq)"
        " insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, "
        "before, cause)"
        " select account, last_seq, 'sim.blocked', 'warning', '1', now(), now(), '" +
        deep + "', 'sweep' from next");
    daemon->await_err("an event cannot be told");
    EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Console, GoesOnForAPageThatComesBackWithoutLossOrRepeat)
{
    block(5, false);
    start();
    std::string id;
    std::vector<std::int64_t> told;
    {
        Follower follower(port, "?kind=sim.blocked,sim.unblocked");
        follower.next("status");
        block(5, true);
        const auto first = follower.next("change");
        told.push_back(first.data.at("seq").as_int64());
        id = first.id;
    }
    for (const bool blocked : {false, true, false})
    {
        const auto before = testbed.sql("select last_seq from simsync.ledger");
        block(5, blocked);
        testbed.await_sql("select last_seq > " + before + " from simsync.ledger", "t");
    }
    Follower again(port, "?kind=sim.blocked,sim.unblocked", id);
    for (int i = 0; i < 3; ++i)
        told.push_back(again.next("change").data.at("seq").as_int64());
    block(5, true);
    told.push_back(again.next("change").data.at("seq").as_int64());
    std::vector<std::string> seqs;
    for (const auto seq : told)
        seqs.push_back(std::to_string(seq));
    EXPECT_EQ(
        seqs, lines_of(
                  "select seq::text from simsync.change_event where kind in ('sim.blocked', "
                  "'sim.unblocked') and not standing and seq >= " +
                  seqs.front() + " order by seq"));
}

TEST_F(Console, TellsWhoeverHoldsAnotherNumberingToLoadAgain)
{
    start();
    Follower stranger(port, "", "main@00000000:1");
    EXPECT_EQ(stranger.next("reset").data.at("reason").as_string(), "renumbered");
    Follower garbled(port, "", "3064");
    EXPECT_EQ(garbled.next("reset").data.at("reason").as_string(), "unreadable");

    Follower follower(port, "");
    follower.next("status");
    testbed.sql("update simsync.ledger set stream_id = gen_random_uuid()");
    EXPECT_EQ(follower.next("reset").data.at("reason").as_string(), "renumbered");
}

TEST_F(Console, LetsSixteenFollowAndTellsTheNextOneToPoll)
{
    start();
    std::list<Follower> followers;
    for (int i = 0; i < 16; ++i)
        EXPECT_EQ(followers.emplace_back(port, "").head.status, 200) << i;
    EXPECT_EQ(Follower(port, "").head.status, 204);
    EXPECT_EQ(get("/api/session").status, 200) << "they are no clients to make room for";
    followers.pop_back();
    while (get("/metrics").body.find("simsync_console_streams 15") == std::string::npos)
    {
    }
    EXPECT_EQ(Follower(port, "").head.status, 200);
}

TEST_F(Console, HasNoConnectionBeforeSomebodyLooks)
{
    start();
    EXPECT_EQ(sessions(), "0");
    ask("/api/session");
    EXPECT_EQ(sessions(), "1");
    Follower follower(port, "");
    follower.next("status");
    EXPECT_EQ(sessions(), "2");
}

TEST_F(Console, AnswersTheSameWithoutSendingItAgain)
{
    start();
    const auto dictionary = get("/api/dictionary");
    const auto tag = dictionary.headers.at("ETag");
    const auto same = get("/api/dictionary", "If-None-Match: " + tag + "\r\n");
    EXPECT_EQ(same.status, 304);
    EXPECT_THAT(same.body, IsEmpty());
    EXPECT_EQ(same.headers.at("ETag"), tag);
    EXPECT_EQ(get("/api/dictionary", "If-None-Match: \"another\"\r\n").status, 200);

    Client client(port);
    client.send("HEAD /api/dictionary HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto head = client.receive(false);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.at("ETag"), tag);
    EXPECT_EQ(client.get("/healthz").body, "ok\n") << "no body was in between";
}

TEST_F(Console, SaysWhatIsWrongWithAQuestion)
{
    start();
    const auto unknown = get("/api/sims?stat=low");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(unknown.headers.at("Content-Type"), "application/problem+json");
    EXPECT_EQ(json::parse(unknown.body).at("hint").as_string(), "did you mean \"state\"?");
    for (const char* path :
         {"/api/nothing", "/api", "/api/", "/api/sims/main/nobody", "/api/sims/main/nobody/balances",
          "/api/sims/main", "/api/accounts/nobody/sweeps", "/api/accounts/nobody/removals",
          "/api/accounts/nobody/actions", "/api/sims/", "/api/sims/main/a%00b"})
        EXPECT_THAT(get(path).status, testing::AnyOf(404, 400)) << path;
    Client client(port);
    client.send("POST /api/sims HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.receive().status, 405);
}

TEST_F(Console, RefusesQuestionsBeyondItsQueue)
{
    start();
    ask("/api/session");
    const auto locker = connect(testbed.url());
    PQclear(PQexec(locker.get(), "begin; lock table simsync.sim in access exclusive mode"));
    std::list<Client> clients;
    for (int i = 0; i < 12; ++i)
        clients.emplace_back(port).send("GET /api/sims?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::multiset<std::string> titles;
    for (auto& client : clients)
    {
        const auto answer = client.receive();
        EXPECT_EQ(answer.status, 503);
        EXPECT_EQ(answer.headers.at("Retry-After"), "1");
        titles.insert(std::string(json::parse(answer.body).at("title").as_string()));
    }
    EXPECT_GE(titles.count("too many questions wait for the database"), 1U);
    PQclear(PQexec(locker.get(), "rollback"));
    EXPECT_EQ(get("/api/sims?limit=1").status, 200);
}

TEST_F(Console, IsServedByAStandbyToo)
{
    start();
    std::optional<Program> second;
    const auto other = run("second", second);
    EXPECT_EQ(Client(other).get("/api/sims?limit=1").status, 200);
    EXPECT_EQ(
        json::parse(Client(other).get("/api/overview").body).at("accounts").at(0).at("leader").at("pid"),
        daemon->process().id());
}

TEST_F(Console, ThatIsTurnedOffAnswersNoApi)
{
    testbed.set("console", "enabled", "false");
    start();
    EXPECT_EQ(get("/api/session").status, 404);
    EXPECT_EQ(get("/healthz").status, 200);
    testbed.set("console", "enabled", "true");
    kill(daemon->process().id(), SIGHUP);
    daemon->await_err("took the new configuration");
    EXPECT_EQ(get("/api/session").status, 200);
}

TEST_F(Console, EndsItsStreamsWhenTheDaemonStops)
{
    start();
    Follower follower(port, "");
    follower.next("status");
    kill(daemon->process().id(), SIGTERM);
    while (!follower.next().kind.empty())
    {
    }
    EXPECT_EQ(daemon->process().wait(), 0);
    EXPECT_THAT(daemon->err(), Not(HasSubstr("cuts the connections")));
}

TEST_F(Console, AnswersTheExamplesOfItsPage)
{
    start();
    std::ifstream file(API_PAGE);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    const std::regex example(R"(http://127\.0\.0\.1:9469([^'\s]*))");
    std::set<std::string> paths;
    for (std::sregex_iterator at(page.begin(), page.end(), example), end; at != end; ++at)
        paths.insert(std::regex_replace(at->str(1), std::regex("10000029"), some_id()));
    EXPECT_GE(paths.size(), 15U);
    for (const auto& path : paths)
    {
        Client client(port);
        client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_EQ(client.receive_header().status, 200) << path;
    }
}

class ConsoleOverADatabaseThatFails : public Console
{
protected:
    ConsoleOverADatabaseThatFails() : Console(cluster()) {}

    // With each line of the log that says so.
    std::vector<std::string> hints_of(const std::string& message)
    {
        std::vector<std::string> hints;
        std::istringstream log(daemon->err());
        for (std::string line; std::getline(log, line);)
            if (line.find(message) != std::string::npos)
                hints.push_back(line.substr(line.find("hint=")));
        return hints;
    }

    static Cluster& cluster()
    {
        static Cluster own;
        return own;
    }
};

TEST_F(ConsoleOverADatabaseThatFails, SaysSoOnceAndGoesOn)
{
    block(5, false);
    start();
    ask("/api/session");
    Follower follower(port, "?kind=sim.blocked");
    follower.next("status");
    cluster().stop_immediately();
    const auto away = get("/api/sims");
    EXPECT_EQ(away.status, 503);
    EXPECT_EQ(away.headers.at("Retry-After"), "1");
    EXPECT_THAT(json::parse(away.body).at("hint").as_string(), Not(IsEmpty()));
    EXPECT_EQ(get("/api/sims").status, 503);
    cluster().start();
    EXPECT_EQ(get("/api/session").status, 200) << "a new connection is made at once";
    const auto sweeps = testbed.sql("select max(id) from simsync.sweep");
    testbed.await_sql("select max(id) > " + sweeps + " + 1 from simsync.sweep", "t");
    block(5, true);
    EXPECT_EQ(follower.next("change").data.at("kind").as_string(), "sim.blocked") << "the stream goes on";
    const auto causes = hints_of("the console cannot read the database");
    EXPECT_THAT(causes, Not(IsEmpty()));
    EXPECT_EQ(std::set<std::string>(causes.begin(), causes.end()).size(), causes.size())
        << "each cause once:\n"
        << daemon->err();
    EXPECT_THAT(get("/metrics").body, Not(HasSubstr("simsync_console_database_errors_total 0")));
}

} // namespace
} // namespace simsync::test
