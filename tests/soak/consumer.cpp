#include "soak/consumer.hpp"

#include <chrono>
#include <set>
#include <string_view>
#include <utility>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

// What is said of an event, but for its number.
const std::string content = "md5((to_jsonb(e) - 'seq' - 'recorded_at')::text)";

const std::string next_events = "select seq, simsync.event_id(account, seq), " + content +
                                " from simsync.read_events('soak', 1000) e order by seq";

Result ask(PGconn* session, const std::string& sql)
{
    return {PQexec(session, sql.c_str()), &PQclear};
}

} // namespace

RememberingConsumer::RememberingConsumer(std::string url) : url_(std::move(url)), thread_([this] { run(); })
{
}

RememberingConsumer::~RememberingConsumer()
{
    ending_ = true;
    if (thread_.joinable())
        thread_.join();
}

// Until it is told to end and all is read. A session that is lost is one of many.
void RememberingConsumer::run()
{
    for (bool more = true; more || !ending_;)
    {
        const auto session = connect(url_);
        for (more = true; PQstatus(session.get()) == CONNECTION_OK && (more || !ending_);)
            if (more = read_on(session.get()); !more)
                std::this_thread::sleep_for(100ms);
        if (PQstatus(session.get()) != CONNECTION_OK)
            std::this_thread::sleep_for(100ms), more = true;
    }
}

// True where there was something. A consumer whose events were lost is told so, and goes on as it is advised.
bool RememberingConsumer::read_on(PGconn* session)
{
    const auto events = ask(session, next_events);
    if (PQresultStatus(events.get()) != PGRES_TUPLES_OK)
    {
        const auto* state = PQresultErrorField(events.get(), PG_DIAG_SQLSTATE);
        if (state != nullptr && std::string_view(state) == "55000")
        {
            ++losses_;
            ask(session, "select simsync.resume_consumer('soak')");
        }
        return true;
    }
    const auto rows = PQntuples(events.get());
    if (rows == 0)
        return false;
    remember(events.get());
    ask(session, "select simsync.ack_events('soak', 'main', " +
                     std::string(PQgetvalue(events.get(), rows - 1, 0)) + ')');
    return true;
}

void RememberingConsumer::remember(const PGresult* events)
{
    for (int row = 0; row < PQntuples(events); ++row)
    {
        const std::string id = PQgetvalue(events, row, 1);
        const Told told{std::stol(PQgetvalue(events, row, 0)), PQgetvalue(events, row, 2)};
        const auto [known, is_new] = told_.emplace(id, told);
        if (known->second.content != told.content)
            complaints_ += "the id " + id + " was given to two events\n";
        read_ += is_new ? 1 : 0;
    }
}

std::string RememberingConsumer::complaints()
{
    ending_ = true;
    thread_.join();
    const auto session = connect(url_);
    return complaints_ + settle(session.get());
}

std::string RememberingConsumer::settle(PGconn* session) const
{
    const auto numbering =
        ask(session, "select after_seq, lost_upto from simsync.numbering where reason = 'lost'");
    const auto is_lost = [&](long seq)
    {
        for (int row = 0; row < PQntuples(numbering.get()); ++row)
            if (seq > std::stol(PQgetvalue(numbering.get(), row, 0)) &&
                seq <= std::stol(PQgetvalue(numbering.get(), row, 1)))
                return true;
        return false;
    };
    std::string wrong;
    std::set<std::string> there;
    const auto all = ask(
        session, "select simsync.event_id(account, seq), " + content + ", seq from simsync.change_event e");
    for (int row = 0; row < PQntuples(all.get()); ++row)
    {
        const std::string id = PQgetvalue(all.get(), row, 0);
        if (!there.insert(id).second)
            wrong += "the id " + id + " stands for two events\n";
        const auto told = told_.find(id);
        if (told == told_.end() && !is_lost(std::stol(PQgetvalue(all.get(), row, 2))))
            wrong += "the event " + id + " was never told\n";
        else if (told != told_.end() && told->second.content != PQgetvalue(all.get(), row, 1))
            wrong += "the event " + id + " was told as another\n";
    }
    for (const auto& [id, told] : told_)
        if (!there.contains(id) && !is_lost(told.seq))
            wrong += "the event " + id + " was told and is not there, and nobody said so\n";
    return wrong;
}

} // namespace simsync::test
