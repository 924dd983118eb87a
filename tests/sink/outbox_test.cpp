// What is sent at once, what is held, when nothing goes: with a receiver that answers when the test says so,
// and an event loop that runs until nothing is left to do at once.
#include "sink/event_records.hpp"
#include "sink/outbox.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <list>

namespace simsync::test
{
namespace
{

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using Seqs = std::vector<std::int64_t>;

class Outboxes : public testing::Test
{
protected:
    struct Sent
    {
        explicit Sent(const asio::any_io_executor& executor, Seqs of)
            : seqs(std::move(of)),
              answer(executor, asio::steady_timer::time_point::max())
        {
        }

        Seqs seqs;
        SendResult outcome{};
        asio::steady_timer answer;
    };

    void open(OutboxOptions options)
    {
        options.look_ahead = 1'000;
        // No pause: whatever rested may go as soon as the database was asked again.
        options.resend = {.first = 0ms, .longest = 0ms, .patience = 0};
        OutboxObserver observer;
        observer.may_send = [this] { return may_send; };
        observer.landed = [] {};
        observer.delivered = [this](std::size_t events) { delivered += events; };
        observer.held = [this](const EventRecord& event, const Refusal&) { held.push_back(event.seq); };
        observer.released = [this](const EventRecord& event) { released.push_back(event.seq); };
        observer.failed = [this](const EventRecord&, std::size_t, const Refusal&) { ++failed; };
        observer.slowed = [this](const Refusal&) { ++slowed; };
        outbox.emplace(
            io.get_executor(), options, [this](const Window::Group& group) { return receive(group); },
            std::move(observer));
    }

    asio::awaitable<SendResult> receive(const Window::Group& group)
    {
        Seqs seqs;
        for (const auto& entry : group.entries)
            seqs.push_back(entry->event.seq);
        auto& sent = under_way.emplace_back(io.get_executor(), seqs);
        boost::system::error_code cancelled;
        co_await sent.answer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        auto outcome = sent.outcome;
        outcome.arrived.resize(seqs.size());
        under_way.remove_if([&](const Sent& each) { return &each == &sent; });
        co_return outcome;
    }

    void add(std::int64_t seq, const std::string& sim)
    {
        outbox->window().add(event(Kind::balance_changed, seq, sim));
    }
    void add_of_different_sims(std::int64_t first, std::int64_t last)
    {
        for (auto seq = first; seq <= last; ++seq)
            add(seq, "sim" + std::to_string(seq));
    }

    void trust()
    {
        outbox->trust(std::chrono::steady_clock::now());
        settle();
    }
    void settle()
    {
        io.restart();
        io.poll();
    }

    // Answers the first of those under way.
    void answer(SendResult outcome)
    {
        under_way.front().outcome = std::move(outcome);
        under_way.front().answer.cancel();
        settle();
    }
    void take()
    {
        answer({.arrived = std::vector<bool>(under_way.front().seqs.size(), true), .to_blame = {}});
    }
    // The second of those under way.
    void take_the_next()
    {
        auto& next = *std::next(under_way.begin());
        next.outcome = {.arrived = std::vector<bool>(next.seqs.size(), true), .to_blame = {}};
        next.answer.cancel();
        settle();
    }
    void take_in_parts_of(std::size_t fits)
    {
        answer(
            {.arrived = std::vector<bool>(under_way.front().seqs.size(), true),
             .to_blame = {},
             .failure = {},
             .fits = fits});
    }
    void blame(std::size_t place = 0) { answer({.arrived = {}, .to_blame = {{place, refusal(422)}}}); }
    void fail(unsigned status) { fail(refusal(status)); }
    void fail(Refusal refusal) { answer({.arrived = {}, .to_blame = {}, .failure = std::move(refusal)}); }
    void take_all()
    {
        while (!under_way.empty())
            take();
    }
    // Until so many are under way, each of another SIM.
    void begin_with(std::size_t requests)
    {
        open({.concurrency = requests});
        add_of_different_sims(1, 40);
        trust();
        while (under_way.size() < requests)
        {
            take();
            trust(); // anew, for what was trusted before is not for long
        }
    }

    static Refusal refusal(unsigned status)
    {
        Refusal refusal;
        refusal.status = status;
        refusal.failure.kind = status == 429 ? FailureKind::throttled : FailureKind::server_error;
        return refusal;
    }

    std::vector<Seqs> sent() const
    {
        std::vector<Seqs> all;
        for (const auto& each : under_way)
            all.push_back(each.seqs);
        return all;
    }

    asio::io_context io{1};
    bool may_send = true;
    std::size_t delivered = 0;
    std::size_t failed = 0;
    std::size_t slowed = 0;
    Seqs held;
    Seqs released;
    std::list<Sent> under_way;
    std::optional<Outbox> outbox;
};

TEST_F(Outboxes, BeginWithOneAndDoubleWhileAllIsTaken)
{
    open({.concurrency = 4});
    add_of_different_sims(1, 20);
    trust();
    EXPECT_THAT(under_way, SizeIs(1));
    take();
    EXPECT_THAT(under_way, SizeIs(2));
    take();
    take();
    EXPECT_THAT(under_way, SizeIs(4));
    for (int i = 0; i < 8; ++i)
        take();
    EXPECT_THAT(under_way, SizeIs(4));
    EXPECT_EQ(delivered, 11);
    EXPECT_THAT(outbox->window().done(), ElementsAre(Pair("main", 11)));
}

TEST_F(Outboxes, SendNothingWithoutTheRightToDeliver)
{
    open({.concurrency = 4});
    add_of_different_sims(1, 20);
    may_send = false;
    trust();
    EXPECT_THAT(under_way, IsEmpty());
    may_send = true;
    outbox->trust(std::chrono::steady_clock::now() - 2s); // it was asked for too long ago
    settle();
    EXPECT_THAT(under_way, IsEmpty());
    trust();
    EXPECT_THAT(under_way, SizeIs(1));
}

TEST_F(Outboxes, SendWhatWasRefusedOnlyOnceTheRightWasAskedForAgain)
{
    open({.concurrency = 1});
    add_of_different_sims(1, 2);
    trust();
    fail(500);
    EXPECT_THAT(under_way, IsEmpty());
    EXPECT_TRUE(outbox->next_due().has_value());
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{1}));
}

TEST_F(Outboxes, HoldTheSimOfARefusedEventAndNoOther)
{
    open({.concurrency = 2});
    add(1, "a");
    add(2, "a");
    add_of_different_sims(3, 5);
    trust();
    blame();
    EXPECT_THAT(held, ElementsAre(1));
    EXPECT_THAT(sent(), ElementsAre(Seqs{3}));
    trust();
    take();
    EXPECT_THAT(sent(), ElementsAre(Seqs{1}, Seqs{4})) << "it has rested, and comes first";
    blame();
    EXPECT_THAT(sent(), ElementsAre(Seqs{4}, Seqs{5}));
    take();
    take();
    EXPECT_THAT(under_way, IsEmpty());
    EXPECT_THAT(outbox->window().done(), IsEmpty());
    trust();
    take();
    EXPECT_THAT(released, ElementsAre(1));
    EXPECT_THAT(sent(), ElementsAre(Seqs{2}));
    take();
    EXPECT_THAT(outbox->window().done(), ElementsAre(Pair("main", 5)));
    EXPECT_EQ(failed, 0);
}

TEST_F(Outboxes, LetGoOfAnEventThatAPersonHasSkipped)
{
    open({.concurrency = 2});
    add(1, "a");
    add(2, "a");
    trust();
    blame();
    outbox->moved("main", 1);
    EXPECT_THAT(released, ElementsAre(1));
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{2}));
}

TEST_F(Outboxes, LetGoOfEventsOfTheAccountThatWasMovedAlone)
{
    open({.concurrency = 2});
    add(5, "a");
    trust();
    blame();
    outbox->moved("other", 9);
    outbox->moved("main", 4);
    EXPECT_THAT(released, IsEmpty());
    outbox->moved("main", -1); // somebody has removed it
    EXPECT_THAT(released, ElementsAre(5));
}

TEST_F(Outboxes, ForgetWhatTheyHeldAndAskForTheRightAgainWhereTheyBeginAnew)
{
    open({.concurrency = 2});
    add(1, "a");
    trust();
    blame();
    outbox->begin_anew();
    add(2, "b");
    outbox->send();
    settle();
    EXPECT_THAT(under_way, IsEmpty());
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{2}));
    outbox->moved("main", 2);
    EXPECT_THAT(released, IsEmpty());
}

TEST_F(Outboxes, TakeItForTheReceiversFaultWhereAllThatComesIsRefused)
{
    open({.concurrency = 8});
    add_of_different_sims(1, 20);
    trust();
    take();
    take();
    take(); // four are under way
    blame();
    blame();
    EXPECT_THAT(under_way, SizeIs(4)) << "two may be two bad events";
    blame();
    EXPECT_THAT(under_way, SizeIs(3)) << "nothing new";
    while (!under_way.empty())
        blame();
    trust();
    EXPECT_THAT(under_way, SizeIs(1)) << "one, to see whether it takes anything";
}

TEST_F(Outboxes, SendFewerTogetherToAReceiverThatTookThemInParts)
{
    open({.concurrency = 1, .batch = 4});
    add_of_different_sims(1, 12);
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{1, 2, 3, 4}));
    answer({.arrived = {true, false, true, true}, .to_blame = {{1, refusal(422)}}});
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{2}));
    take();
    EXPECT_THAT(sent(), ElementsAre(Seqs{5, 6, 7, 8})) << "it was one bad event";
    take_in_parts_of(2);
    EXPECT_THAT(sent(), ElementsAre(Seqs{9, 10}));
}

TEST_F(Outboxes, MindNoRefusedEventsBetweenOthersThatAreTaken)
{
    begin_with(4);
    for (int i = 0; i < 3; ++i)
    {
        blame();
        take();
    }
    EXPECT_THAT(held, SizeIs(3));
    EXPECT_THAT(under_way, SizeIs(4)) << "it takes others";
}

TEST_F(Outboxes, MindNoSingleEventHoweverOftenItIsRefused)
{
    open({.concurrency = 2});
    add(1, "a");
    for (int i = 0; i < 4; ++i)
    {
        trust();
        blame();
    }
    add(2, "b");
    outbox->send();
    settle();
    EXPECT_THAT(sent(), ElementsAre(Seqs{2}));
}

TEST_F(Outboxes, SendLessWhereItIsTooMuchAndDoNotWaitForThat)
{
    open({.concurrency = 8});
    add_of_different_sims(1, 40);
    trust();
    for (int i = 0; i < 7; ++i)
        take();
    ASSERT_THAT(under_way, SizeIs(8));
    fail(429);
    EXPECT_THAT(under_way, SizeIs(7)) << "four may be";
    fail(429);
    fail(503);
    take();
    EXPECT_THAT(under_way, SizeIs(4)) << "halved once for those that were on their way together";
    take();
    EXPECT_THAT(under_way, SizeIs(4)) << "and goes on";
    EXPECT_EQ(slowed, 3);
    EXPECT_EQ(failed, 0);
}

TEST_F(Outboxes, LetNobodyWaitForAnEventOnWhichTheReceiverBreaksWhileOthersAreTaken)
{
    open({.concurrency = 3});
    add_of_different_sims(1, 40);
    trust();
    take();
    take();
    ASSERT_THAT(sent(), ElementsAre(Seqs{3}, Seqs{4}, Seqs{5}));
    const auto break_on = [this](std::int64_t bad)
    {
        while (under_way.front().seqs != Seqs{bad})
            take();
        take_the_next();
        fail(500);
    };
    break_on(4);
    EXPECT_THAT(held, IsEmpty()) << "it may be a stumble";
    for (int again = 0; again < 2; ++again)
    {
        trust();
        break_on(4);
    }
    EXPECT_THAT(held, ElementsAre(4));
    EXPECT_EQ(failed, 0) << "nobody else waited";
    trust();
    while (under_way.front().seqs != Seqs{4})
        take();
    take();
    EXPECT_THAT(released, ElementsAre(4));
}

TEST_F(Outboxes, FindTheEventOfABatchOnWhichTheReceiverBreaks)
{
    open({.concurrency = 2, .batch = 4});
    add(1, "a");
    add(2, "b");
    add(3, "a");
    add(4, "c");
    trust();
    for (int again = 0; again < 3; ++again)
    {
        EXPECT_THAT(sent(), ElementsAre(Seqs{1, 2, 3, 4})) << "as it was";
        fail(500);
        trust();
    }
    EXPECT_THAT(sent(), ElementsAre(Seqs{1, 2}));
    take();
    EXPECT_THAT(sent(), ElementsAre(Seqs{3}, Seqs{4})) << "3 had to wait for 1";
    take();
    take();
    EXPECT_THAT(outbox->window().done(), ElementsAre(Pair("main", 4)));
}

TEST_F(Outboxes, TakeGatewaysAndSilenceForTooMuchAndOtherFailuresForTakingNothing)
{
    Refusal silence;
    silence.failure.kind = FailureKind::timed_out;
    // The last of them began after the last arrival: while it was on its way nothing was taken.
    const auto fail_all_of_four = [this](const Refusal& with)
    {
        take_all();
        slowed = failed = 0;
        begin_with(4);
        for (int i = 0; i < 4; ++i)
            fail(with);
    };
    for (const auto& too_much : {refusal(429), refusal(502), refusal(503), refusal(504), silence})
    {
        fail_all_of_four(too_much);
        EXPECT_EQ(slowed, 4) << too_much.status;
        EXPECT_EQ(failed, 0) << too_much.status;
    }
    for (const auto status : {500U, 404U})
    {
        fail_all_of_four(refusal(status));
        EXPECT_GT(failed, 0) << status;
    }
}

TEST_F(Outboxes, SendNothingBeforeTheReceiverSaysThatItMayBeTriedAgain)
{
    begin_with(4);
    auto later = refusal(429);
    later.failure.retry_after = 3600s;
    fail(later);
    EXPECT_EQ(failed, 1);
    EXPECT_EQ(slowed, 0) << "nothing goes, so it is not less that goes";
    EXPECT_GT(outbox->next_due(), std::chrono::steady_clock::now() + 3500s);
    trust();
    EXPECT_THAT(under_way, SizeIs(3));
}

TEST_F(Outboxes, OfOneAfterTheOtherKeepTheirOrderWhereABatchIsHalved)
{
    open({.concurrency = 1, .batch = 4});
    add_of_different_sims(1, 4);
    trust();
    for (int again = 0; again < 3; ++again)
    {
        fail(500);
        trust();
    }
    EXPECT_THAT(sent(), ElementsAre(Seqs{1, 2}));
    fail(500);
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{1})) << "3 and 4 wait for both";
    take();
    EXPECT_THAT(sent(), ElementsAre(Seqs{2, 3, 4}));
    take();
    EXPECT_THAT(outbox->window().done(), ElementsAre(Pair("main", 4)));
}

TEST_F(Outboxes, TryWithOneWhereNothingIsTaken)
{
    open({.concurrency = 8});
    add_of_different_sims(1, 40);
    trust();
    for (int i = 0; i < 3; ++i)
        take();
    ASSERT_THAT(under_way, SizeIs(4));
    for (int i = 0; i < 4; ++i)
        fail(500);
    EXPECT_THAT(under_way, IsEmpty());
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{4})) << "the first in the log again";
}

TEST_F(Outboxes, SendNothingMoreToAReceiverThatIsGone)
{
    open({.concurrency = 2});
    add_of_different_sims(1, 4);
    trust();
    fail(410);
    trust();
    EXPECT_THAT(under_way, IsEmpty());
    EXPECT_TRUE(outbox->gone().has_value());
}

TEST_F(Outboxes, SendABatchAgainAsItWasAndHoldTheEventOfItThatIsToBlame)
{
    open({.concurrency = 2, .batch = 3});
    add(1, "a");
    add(2, "b");
    add(3, "b");
    add(4, "c");
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{1, 2, 3}));
    fail(500);
    add(5, "d");
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{1, 2, 3}));
    // The sender has sifted it: 1 was taken, 2 is to blame, 3 was not sent.
    answer({.arrived = {true, false, false}, .to_blame = {{1, refusal(422)}}});
    EXPECT_THAT(held, ElementsAre(2));
    EXPECT_THAT(sent(), ElementsAre(Seqs{4, 5}));
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{4, 5}));
    take();
    EXPECT_THAT(sent(), ElementsAre(Seqs{2}));
    take();
    EXPECT_THAT(sent(), ElementsAre(Seqs{3}));
    take();
    EXPECT_THAT(outbox->window().done(), ElementsAre(Pair("main", 5)));
}

TEST_F(Outboxes, OfOneAfterTheOtherWaitBehindWhateverIsRefused)
{
    open({.concurrency = 1});
    add_of_different_sims(1, 3);
    trust();
    blame();
    EXPECT_THAT(under_way, IsEmpty());
    trust();
    EXPECT_THAT(sent(), ElementsAre(Seqs{1}));
    take();
    EXPECT_THAT(sent(), ElementsAre(Seqs{2}));
}

} // namespace
} // namespace simsync::test
