// How the sweeper asks the API: patiently, and for the fields that it knows. Asks by api/client, waits as
// model/backoff says.
#include "sync/sweep_run.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace simsync
{

using boost::asio::awaitable;
namespace asio = boost::asio;

namespace
{

// One replica of several may lag: another one knows the field.
constexpr int most_asks = 3;
constexpr std::size_t most_named = 10;

// Until the delay is over, or the sweep is given up.
awaitable<void> pause(std::chrono::milliseconds delay, AsyncEvent& given_up)
{
    // Without a timer, so that the order of things is the executor's alone: a simulation replays exactly.
    if (delay == std::chrono::milliseconds::zero())
        co_return co_await asio::post(asio::use_awaitable);
    co_await given_up.wait_until(std::chrono::steady_clock::now() + delay);
}

} // namespace

void Sweeper::select_fields()
{
    const auto& fields = drift_.left_out();
    source_.select_all_but({fields.begin(), fields.end()});
    ++selections_;
    if (!fields.empty())
        mirror_.expect_partial_sims();
}

// Asks for one row with all fields, to see whether the API knows again those that were left out: a whole page
// that it refuses would be a waste.
awaitable<void> Sweeper::probe_all_fields(SweepRun& run)
{
    if (!drift_.asks_again() || run.sweep.finished())
        co_return;
    source_.select_all_but({});
    ++run.report.record.requests;
    const auto answer = co_await source_.simcards({0, 1, options_.scope, {{"id", true}}}, nullptr);
    if (answer)
        drift_.known();
    else if (answer.error().kind == FailureKind::schema && !answer.error().unknown_fields.empty())
    {
        const auto& unknown = answer.error().unknown_fields;
        drift_.unknown({unknown.begin(), unknown.end()});
    }
    select_fields();
}

// False where that would not help.
bool Sweeper::leave_out(SweepRun& run, const Failure& failure)
{
    auto wished = drift_.left_out();
    wished.insert(failure.unknown_fields.begin(), failure.unknown_fields.end());
    const auto possible = source_.select_all_but({wished.begin(), wished.end()});
    std::set<std::string> news(possible.begin(), possible.end());
    for (const auto& field : drift_.left_out())
        news.erase(field);
    const bool helps = !news.empty();
    for (const auto& field : helps ? std::vector(news.begin(), news.end()) : failure.unknown_fields)
        run.report.unknown_fields.emplace(field, failure.what);
    if (helps)
        drift_.unknown(std::move(news));
    select_fields();
    return helps;
}

awaitable<std::optional<Page>> Sweeper::fetch(SweepRun& run, ListQuery query, const Fleet* known, bool by_key)
{
    const auto offset = query.offset;
    return fetch_patiently(
        run, [this, query = std::move(query), known] { return source_.simcards(query, known); }, by_key,
        offset);
}

awaitable<std::optional<Page>> Sweeper::fetch_one(SweepRun& run, std::string id)
{
    return fetch_patiently(run, [this, id = std::move(id)] { return source_.simcard(id); });
}

// Asks until there is an answer or patience is spent; then the sweep cannot become complete any more, unless
// what was asked by key can be asked by offset.
template<class Request>
awaitable<std::optional<Page>>
Sweeper::fetch_patiently(SweepRun& run, Request request, bool by_key, std::uint64_t offset)
{
    int asked_in_vain = 0; // for fields that the API does not know
    for (int failures = 1; !stopping_ && !run.abandoned(); ++failures)
    {
        ++run.report.record.requests;
        const auto selection = selections_;
        auto answer = co_await request();
        if (answer)
        {
            run.note_decode_errors(*answer, offset);
            co_return std::move(*answer);
        }
        const auto& failure = run.report.last_failure.emplace(answer.error());
        const bool unknown = failure.kind == FailureKind::schema && !failure.unknown_fields.empty();
        if (unknown && selection != selections_)
            continue; // others have seen to it meanwhile
        auto delay = is_permanent(failure.kind) && !unknown
                         ? std::nullopt
                         : options_.backoff.delay(failures, options_.chance(), failure.retry_after);
        if (unknown && (++asked_in_vain == most_asks || !delay))
        {
            if (leave_out(run, failure))
            {
                failures = 0; // another question from here on
                continue;
            }
            delay.reset();
        }
        if (!delay)
        {
            if (by_key && judges_the_question(failure.kind))
                run.fall_back(failure.what);
            else
                run.give_up(failure.what);
            break;
        }
        ++run.report.retries;
        if (observer_.retry)
            observer_.retry(to_text(failure.kind));
        co_await pause(*delay, run.given_up);
    }
    co_return std::nullopt;
}

void Sweeper::SweepRun::note_decode_errors(const Page& page, std::uint64_t offset)
{
    nameless += static_cast<std::size_t>(std::ranges::count(page.decode_errors, "id", &DecodeError::field));
    for (const auto& decode_error : page.decode_errors)
    {
        ++report.decode_errors[decode_error.field];
        auto& named = report.set_aside;
        const auto is_same = [&](const DecodeError& other)
        {
            return other.field == decode_error.field && other.sim == decode_error.sim &&
                   (!decode_error.sim.empty() || other.row == decode_error.row + offset);
        };
        if (named.size() < most_named && std::ranges::none_of(named, is_same))
            named.emplace_back(decode_error).row += offset;
    }
}

} // namespace simsync
