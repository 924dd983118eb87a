#include "daemon/console/endpoints.hpp"

#include "daemon/console/question.hpp"
#include "daemon/console/total.hpp"
#include "io/clock.hpp"
#include "model/ascii.hpp"
#include "store/csv.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <stdexcept>
#include <utility>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using std::chrono::steady_clock;

// A count that takes longer is not waited for where there is an older one to show.
constexpr std::chrono::milliseconds worth_waiting_for{200};

WebReply json_reply(std::string body)
{
    WebReply reply;
    reply.set("Content-Type", "application/json");
    reply.body = std::move(body);
    return reply;
}

WebReply no_such_sim(const std::string& account, const std::string& id)
{
    return problem_json(
        {404, "account " + account + " has no SIM " + id, "the mirror has never had it",
         "look for it by any of its numbers: /api/sims?q=" + id});
}

WebReply no_such_account(const std::string& account)
{
    return problem_json({404, "there is no account " + account, "", "/api/session names those that are"});
}

// The key of the last row as the word that goes on behind it.
template<class Page, class Word>
std::optional<std::string> next_of(const Page& page, Word word)
{
    return page.next ? std::optional(word(*page.next)) : std::nullopt;
}

constexpr std::size_t longest_word = 64;

bool is_plain(char each)
{
    const char lower = lower_case(each);
    return (lower >= 'a' && lower <= 'z') || (each >= '0' && each <= '9') || each == '-' || each == '_' ||
           each == '.';
}

// What a file of this list is saved as: "2026-11-29-main-low-sims.csv". Nothing of it leaves the header's
// quotes.
std::string file_name(std::initializer_list<std::string_view> words, std::string_view what)
{
    std::string name = to_text(system_now()).substr(0, std::string_view("2026-11-29").size());
    for (const auto word : words)
        if (!word.empty())
            name.append("-").append(word.substr(0, longest_word));
    name.append("-").append(what).append(".csv");
    std::ranges::replace_if(
        name, [](char each) { return !is_plain(each); }, '_');
    return name;
}

template<class Question>
const Problem* problem_in(const Asked<Question>& asked)
{
    return std::get_if<Problem>(&asked);
}

} // namespace

// One at a time, from the question to the last byte.
class Endpoints::Exporting
{
public:
    explicit Exporting(Endpoints& endpoints) : endpoints_(endpoints) { endpoints_.exporting_ = true; }
    ~Exporting()
    {
        endpoints_.exporting_ = false;
        if (endpoints_.export_thread_)
            endpoints_.rests_();
    }
    Exporting(const Exporting&) = delete;
    Exporting& operator=(const Exporting&) = delete;

    std::unique_ptr<CsvExport> rows;
    std::optional<std::string> next;

private:
    Endpoints& endpoints_;
};

Endpoints::Endpoints(
    const boost::asio::any_io_executor& executor, DatabaseTrouble& trouble, KeptTexts& kept,
    std::function<void()> rests)
    : executor_(executor),
      trouble_(trouble),
      kept_(kept),
      count_ended_(executor),
      rests_(std::move(rests)),
      lane_(
          executor, []() -> std::unique_ptr<FleetReader> { throw std::logic_error("no database was named"); },
          most_waiting, rests_)
{
}

void Endpoints::read_from(const std::string& database_url)
{
    database_url_ = database_url;
    counts_.reset();
    last_count_.reset();
    lane_.open_by([database_url] { return std::make_unique<FleetReader>(database_url); });
}

void Endpoints::join()
{
    lane_.join();
    export_thread_.reset();
}

Endpoints::Reply Endpoints::session(std::string_view query, const std::string& user)
{
    if (const auto asked = no_question(query); const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    SessionFacts facts{SIMSYNC_VERSION, {}, user, {}};
    co_await lane_(
        [&facts](FleetReader& reader)
        {
            facts.accounts.clear();
            for (const auto& [account, position] : reader.streams())
                facts.accounts.push_back(account);
            facts.schema = reader.schema();
            return true;
        });
    co_return json_reply(session_json(facts));
}

// The first of all waits for the count, and so does who finds that it takes no time; others get the last one
// while the next is made.
awaitable<void> Endpoints::count_if_due()
{
    while (counting_ && !counts_)
        co_await count_ended_.wait();
    if (counting_ || !count_is_due(last_count_, steady_clock::now()))
        co_return;
    if (counts_ && last_count_->took > worth_waiting_for)
        boost::asio::co_spawn(executor_, count_beside(), boost::asio::detached);
    else
        co_await count();
}

awaitable<void> Endpoints::count_beside()
{
    try
    {
        co_await count();
    }
    catch (const StoreError& error)
    {
        trouble_.failed(error);
    }
    catch (const QueueFull&)
    {
        // Who asks gets the last count, and after a while the next one is tried.
    }
}

// One that takes too long is not begun again at once, and the rest of the overview is there without it.
awaitable<void> Endpoints::count()
{
    counting_ = true;
    const auto began = steady_clock::now();
    std::exception_ptr failure;
    try
    {
        auto counts = co_await lane_([](FleetReader& reader) { return reader.overview(); });
        counts_ = std::move(counts);
    }
    catch (const StatementTimeout& error)
    {
        trouble_.failed(error);
    }
    catch (...) // told where it is caught
    {
        failure = std::current_exception();
    }
    const auto now = steady_clock::now();
    last_count_ = LastCount{now, now - began};
    counting_ = false;
    count_ended_.wake();
    if (failure)
    {
        if (!counts_)
            last_count_.reset();
        std::rethrow_exception(failure);
    }
}

Endpoints::Reply Endpoints::overview(std::string_view query)
{
    const auto asked = overview_question(query);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto account = std::get<std::optional<std::string>>(asked);
    co_await count_if_due();
    const auto accounts =
        co_await lane_([&account](FleetReader& reader) { return reader.accounts(account); });
    co_return json_reply(overview_json(accounts, counts_, account, system_now()));
}

Endpoints::Reply Endpoints::sims(std::string_view query)
{
    const auto asked = sims_question(query);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto& question = std::get<SimQuestion>(asked);
    const auto page = co_await lane_([&question](FleetReader& reader) { return reader.sims(question); });
    const auto next = next_of(page, [&](const SimKey& last) { return next_sims(question, last); });
    std::optional<std::int64_t> total;
    if (!next && !question.after && !page.found_more)
        total = static_cast<std::int64_t>(page.items.size());
    else if (counts_)
        total = counted(question, *counts_);
    co_return json_reply(sims_json(page, next, total));
}

Endpoints::Reply Endpoints::sims_csv(std::string_view query)
{
    auto asked = sims_csv_question(query);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    auto& question = std::get<SimQuestion>(asked);
    auto name = file_name(
        {question.account.value_or(""), question.state == SimState::all ? "" : to_text(question.state)},
        "sims");
    co_return co_await export_csv(std::move(question), std::move(name));
}

Endpoints::Reply Endpoints::sim(std::string account, std::string id, std::string_view query)
{
    if (const auto asked = no_question(query); const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto found = co_await lane_([&](FleetReader& reader) { return reader.sim(account, id); });
    co_return found ? json_reply(sim_json(*found)) : no_such_sim(account, id);
}

Endpoints::Reply Endpoints::balances(std::string account, std::string id, std::string_view query)
{
    const auto asked = balances_question(account, id, query);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto& question = std::get<BalanceQuestion>(asked);
    const auto history =
        co_await lane_([&question](FleetReader& reader) { return reader.balances(question); });
    co_return history ? json_reply(balances_json(*history)) : no_such_sim(account, id);
}

// The position is read first: what is committed between is in the page and in the stream, and is missed by
// neither.
Endpoints::Reply Endpoints::events(std::string_view query)
{
    const auto asked = events_question(query, kept_);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto& [question, limit, after] = std::get<EventsAsked>(asked);
    std::optional<LivePositions> position;
    EventPage page;
    co_await lane_(
        [&, &question = question, limit = limit, &after = after](FleetReader& reader)
        {
            if (!after)
                position = live_positions(reader.streams());
            page = reader.events(question, limit, after);
            return true;
        });
    if (position && question.account)
        std::erase_if(*position, [&](const auto& each) { return each.first != *question.account; });
    auto next = next_of(page, next_events);
    if (next)
        next = kept_.word_for(*std::move(next));
    std::optional<std::string> from;
    if (position)
        from = kept_.word_for(positions_text(*position));
    co_return json_reply(events_json(page, next, from));
}

Endpoints::Reply Endpoints::events_csv(std::string_view query)
{
    auto asked = events_csv_question(query);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    auto& question = std::get<EventsAsked>(asked).question;
    auto name = file_name({question.account.value_or(""), question.sim.value_or("")}, "events");
    co_return co_await export_csv(std::move(question), std::move(name));
}

// What fails before the first line is told as a problem; later the body ends where it is.
template<class Question>
Endpoints::Reply Endpoints::export_csv(Question question, std::string name)
{
    if (exporting_ || !export_thread_)
        throw QueueFull{};
    const auto exporting = std::make_shared<Exporting>(*this);
    co_await (*export_thread_)(
        [&]
        {
            exporting->rows = std::make_unique<CsvExport>(database_url_, question);
            exporting->next = exporting->rows->next();
        });
    trouble_.answered();

    WebReply reply;
    reply.set("Content-Type", "text/csv; charset=utf-8");
    reply.set("Content-Disposition", "attachment; filename=\"" + name + '"');
    reply.set("Cache-Control", "no-store");
    reply.body = WebStream(
        [this, exporting](ChunkWriter& body) -> awaitable<void>
        {
            while (exporting->next)
            {
                co_await body.write(*exporting->next);
                if (!export_thread_)
                    throw std::runtime_error("the export is cut: simsync stops");
                co_await (*export_thread_)([exporting] { exporting->next = exporting->rows->next(); });
            }
        });
    co_return reply;
}

awaitable<bool> Endpoints::has_account(std::string account)
{
    co_return co_await lane_([&account](FleetReader& reader) { return reader.streams().contains(account); });
}

Endpoints::Reply Endpoints::sweeps(std::string account, std::string_view query)
{
    const auto asked = sweeps_question(account, query);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto& question = std::get<SweepQuestion>(asked);
    const auto page = co_await lane_([&question](FleetReader& reader) { return reader.sweeps(question); });
    if (page.items.empty() && !co_await has_account(account))
        co_return no_such_account(account);
    co_return json_reply(sweeps_json(page, next_of(page, next_of_id)));
}

Endpoints::Reply Endpoints::removals(std::string account, std::string_view query)
{
    const auto asked = removals_question(account, query);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto& question = std::get<RemovalQuestion>(asked);
    const auto page = co_await lane_([&question](FleetReader& reader) { return reader.removals(question); });
    if (page.items.empty() && !co_await has_account(account))
        co_return no_such_account(account);
    co_return json_reply(removals_json(page, next_of(page, next_of_sim)));
}

Endpoints::Reply Endpoints::actions(std::string account, std::string_view query)
{
    const auto asked = actions_question(account, query);
    if (const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto& question = std::get<ActionQuestion>(asked);
    const auto page = co_await lane_([&question](FleetReader& reader) { return reader.actions(question); });
    if (page.items.empty() && !co_await has_account(account))
        co_return no_such_account(account);
    co_return json_reply(actions_json(page, next_of(page, next_of_id)));
}

Endpoints::Reply Endpoints::dictionary(std::string_view query)
{
    if (const auto asked = no_question(query); const auto* problem = problem_in(asked))
        co_return problem_json(*problem);
    const auto dictionary = co_await lane_([](FleetReader& reader) { return reader.dictionary(); });
    co_return json_reply(dictionary_json(dictionary));
}

} // namespace simsync
