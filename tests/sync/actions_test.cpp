// Actions from the row that asks for one to the row that tells its end: the real simulator, a real database.
#include "sync/actions.hpp"
#include "sync/mirroring.hpp"

#include <functional>
#include <utility>

namespace simsync
{
namespace
{

using simulator::Fault;
using test::Mirroring;
using test::run;

constexpr ActionOptions four_at_once{.most_at_once = 4};

class Acting : public testing::Test
{
protected:
    Acting() : mirroring_(options())
    {
        mirroring_.sweep();
        actions_.emplace(mirroring_.io().get_executor(), mirroring_.client(), mirroring_.mirror());
    }

    void request(
        const std::string& operation, const std::string& sim = "10000003",
        const std::string& state = "requested", const std::string& age = "0")
    {
        mirroring_.sql(
            "insert into simsync.action (account, sim, operation, state, requested_at) values ('main', '" +
            sim + "', '" + operation + "', '" + state + "', now() - interval '" + age + " seconds')");
    }

    std::string carry_out()
    {
        run(mirroring_.io(), actions_->carry_out());
        return mirroring_.sql("select string_agg(state, ' ' order by id) from simsync.action");
    }

    // Each that comes suffers it.
    void block_suffers(Fault fault)
    {
        mirroring_.server().with_fleet([&](simulator::Fleet&) { of_block_ = fault; });
    }

    std::size_t sent() { return mirroring_.server().requests_served()["block"]; }

    std::string emitted()
    {
        return mirroring_.sql(
            "select coalesce(string_agg(kind || coalesce(' ' || action_id, ''), ', ' order by seq), "
            "'') from simsync.change_event where cause = 'action'");
    }

    std::string is_blocked()
    {
        return mirroring_.sql("select is_blocked from simsync.sim where id = '10000003'");
    }

    simulator::ServerOptions options()
    {
        simulator::ServerOptions options;
        options.sims = 300;
        options.service.on_request = [this](std::string_view operation, simulator::Fleet&)
        { return operation == "block" ? of_block_ : Fault::none; };
        return options;
    }

    Fault of_block_ = Fault::none; // on the server's thread
    Mirroring mirroring_;
    std::optional<Actions> actions_;
};

TEST_F(Acting, IsSentOnceReadBackAndToldWithTheRow)
{
    request("block");
    EXPECT_EQ(carry_out(), "confirmed");
    EXPECT_EQ(is_blocked(), "t");
    EXPECT_EQ(emitted(), "sim.blocked 1, action.confirmed 1");
    EXPECT_EQ(sent(), 1U);
    EXPECT_EQ(carry_out(), "confirmed");
    EXPECT_EQ(sent(), 1U);

    const auto report = mirroring_.sweep();
    EXPECT_EQ(report.record.changed, 0) << "the next sweep finds what it knows";
}

TEST_F(Acting, OnASimThatIsNotThereHasFailed)
{
    request("block", "999");
    EXPECT_EQ(carry_out(), "failed");
    EXPECT_EQ(emitted(), "action.failed 1");
    EXPECT_THAT(mirroring_.sql("select error from simsync.action"), testing::HasSubstr("holds no SIM"));
}

TEST_F(Acting, WhoseAnswerIsLostAfterItWasDoneIsConfirmedByTheSim)
{
    block_suffers(Fault::cut);
    request("block");
    EXPECT_EQ(carry_out(), "confirmed");
    EXPECT_EQ(is_blocked(), "t");
    EXPECT_EQ(sent(), 1U);
}

TEST_F(Acting, WhoseAnswerIsLostAndThatTheSimDoesNotShowIsUnknownAndNotSentAgain)
{
    block_suffers(Fault::unavailable); // a 503: who knows what came before it
    request("block");
    EXPECT_EQ(carry_out(), "unknown");
    EXPECT_EQ(is_blocked(), "f");
    EXPECT_EQ(emitted(), "");
    block_suffers(Fault::none);
    EXPECT_EQ(carry_out(), "unknown");
    EXPECT_EQ(sent(), 1U);
}

TEST_F(Acting, ThatADeadLeaderLeftInDoubtIsReadBackAndNotSent)
{
    request("block", "10000003", "sent");
    request("unblock", "10000003", "sent");
    EXPECT_EQ(carry_out(), "unknown confirmed");
    EXPECT_EQ(sent(), 0U);
}

TEST_F(Acting, ThatNobodyWaitsForAnyMoreIsNotSent)
{
    request("block", "10000003", "requested", "61");
    EXPECT_EQ(carry_out(), "failed");
    EXPECT_EQ(sent(), 0U);
}

TEST_F(Acting, OfNoKnownKindOrWithoutItsArgumentsHasFailed)
{
    request("explode");
    request("attach-caller-id");
    EXPECT_EQ(carry_out(), "failed failed");
}

TEST_F(Acting, OnASimThatIsNotMirroredMirrorsNothing)
{
    mirroring_.sql("delete from simsync.sim where id = '10000003'");
    mirroring_.lead();
    actions_.emplace(mirroring_.io().get_executor(), mirroring_.client(), mirroring_.mirror());
    request("block");
    EXPECT_EQ(carry_out(), "confirmed");
    EXPECT_EQ(emitted(), "action.confirmed 1");
    EXPECT_EQ(is_blocked(), "");
}

// While one ends others have been taken, as a rule: that was asked of the database before.
TEST_F(Acting, OnManySimsRunsSideBySideButForOneSimInOrder)
{
    std::vector<std::string> under_way;
    ActionObserver observer;
    observer.finished = [&](const ActionRecord&, const ActionEnd&, const EventCounts&)
    { under_way.push_back(mirroring_.sql("select count(*) from simsync.action where state = 'sent'")); };
    actions_.emplace(
        mirroring_.io().get_executor(), mirroring_.client(), mirroring_.mirror(), observer, four_at_once);
    for (int i = 0; i < 40; ++i)
        request("block", std::to_string(10'000'001 + i));
    request("unblock", "10000003");
    request("block", "10000003");
    carry_out();
    EXPECT_EQ(mirroring_.sql("select count(*) from simsync.action where state = 'confirmed'"), "42");
    EXPECT_THAT(under_way, testing::SizeIs(42));
    EXPECT_THAT(under_way, testing::Contains(testing::Ne("0")));
    EXPECT_THAT(under_way, testing::Each(testing::Lt("4")));
    EXPECT_EQ(sent(), 41U);
    EXPECT_EQ(is_blocked(), "t") << "as the last one asked";
    EXPECT_EQ(
        mirroring_.sql("select string_agg(kind, ' ' order by seq) from simsync.change_event where sim = "
                       "'10000003' and kind like 'sim.%blocked'"),
        "sim.blocked sim.unblocked sim.blocked");
    EXPECT_EQ(mirroring_.sweep().record.changed, 0) << "the next sweep finds what it knows";
}

// Between the second one's look at the queue and the end of the first.
TEST_F(Acting, TakesWhatItPassedOverBecauseItsSimWasBusy)
{
    actions_.emplace(
        mirroring_.io().get_executor(), mirroring_.client(), mirroring_.mirror(), ActionObserver{},
        four_at_once);
    for (int i = 0; i < 20; ++i)
        request(i % 2 == 0 ? "block" : "unblock");
    carry_out();
    EXPECT_EQ(mirroring_.sql("select count(*) from simsync.action where state = 'confirmed'"), "20");
    EXPECT_EQ(is_blocked(), "f");
}

// What has begun is joined before the error goes on its way.
TEST_F(Acting, SideBySideEndsTogetherWhenTheDatabaseIsLost)
{
    std::size_t finished = 0;
    ActionObserver observer;
    observer.finished = [&](const ActionRecord&, const ActionEnd&, const EventCounts&)
    {
        if (++finished == 1)
            mirroring_.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = "
                           "current_database() and pid <> pg_backend_pid()");
    };
    actions_.emplace(
        mirroring_.io().get_executor(), mirroring_.client(), mirroring_.mirror(), observer, four_at_once);
    for (int i = 0; i < 12; ++i)
        request("block", std::to_string(10'000'001 + i));
    EXPECT_THROW(run(mirroring_.io(), actions_->carry_out()), StoreError);

    mirroring_.lead();
    actions_.emplace(
        mirroring_.io().get_executor(), mirroring_.client(), mirroring_.mirror(), ActionObserver{},
        four_at_once);
    carry_out();
    EXPECT_EQ(
        mirroring_.sql("select count(*) from simsync.action where state not in ('confirmed', 'unknown')"),
        "0");
    EXPECT_LE(sent(), 12U) << "none is sent twice";
}

// Something happens while the first page is on its way: it shows how things were before.
class SlowSource final : public Source
{
public:
    explicit SlowSource(Client& client) : client_(client) {}

    boost::asio::awaitable<Answer<Page>> simcards(ListQuery query, const Fleet* known) override
    {
        const bool first = query.offset == 0;
        auto page = co_await client_.simcards(std::move(query), known);
        if (first && on_its_way)
            co_await std::exchange(on_its_way, nullptr)();
        co_return page;
    }

    boost::asio::awaitable<Answer<Page>> simcard(std::string id) override
    {
        return client_.simcard(std::move(id));
    }

    std::vector<std::string> select_all_but(const std::vector<std::string>& fields) override
    {
        return client_.select_all_but(fields);
    }

    std::function<boost::asio::awaitable<void>()> on_its_way;

private:
    Client& client_;
};

TEST_F(Acting, InTheMiddleOfASweepIsNotUndoneByAPageFromBefore)
{
    SlowSource source{mirroring_.client()};
    Sweeper sweeper{source, mirroring_.mirror(), mirroring_.options()};
    run(mirroring_.io(), sweeper.load());
    Actions actions{mirroring_.io().get_executor(), mirroring_.client(), mirroring_.mirror()};
    source.on_its_way = [&]
    {
        request("block");
        return actions.carry_out();
    };
    EXPECT_EQ(run(mirroring_.io(), sweeper.run_once()).record.outcome, Outcome::complete);
    EXPECT_EQ(is_blocked(), "t");
    EXPECT_EQ(run(mirroring_.io(), sweeper.run_once()).record.changed, 0);
    EXPECT_EQ(
        mirroring_.sql("select string_agg(kind, ' ' order by seq) from simsync.change_event where sim = "
                       "'10000003' and kind like 'sim.%blocked'"),
        "sim.blocked");
}

// Between the mutation and its read-back a sweep sees what was done.
TEST_F(Acting, IsToldAsItsOwnAlthoughASweepSeesItFirst)
{
    mirroring_.mirror().begin_action("10000003");
    mirroring_.server().with_fleet(
        [](simulator::Fleet& fleet)
        { fleet.update("10000003", [](simulator::Simcard& sim) { sim.is_blocked = true; }); });
    EXPECT_EQ(mirroring_.sweep().record.changed, 0);
    EXPECT_EQ(is_blocked(), "f");

    request("block", "10000003", "sent");
    EXPECT_EQ(carry_out(), "confirmed");
    EXPECT_EQ(is_blocked(), "t");
    EXPECT_EQ(emitted(), "sim.blocked 1, action.confirmed 1");
    EXPECT_EQ(mirroring_.sweep().record.changed, 0);
}

TEST_F(Acting, ThatCouldNotBeReadBackLeavesItsSimToTheSweeps)
{
    mirroring_.mirror().begin_action("10000003");
    mirroring_.server().with_fleet(
        [](simulator::Fleet& fleet)
        { fleet.update("10000003", [](simulator::Simcard& sim) { sim.is_blocked = true; }); });
    mirroring_.sweep();
    run(mirroring_.io(), mirroring_.mirror().finish_action(
                             {.id = 1, .sim = "10000003", .operation = "block"},
                             {ActionState::unknown, "lost"}, std::nullopt));
    EXPECT_EQ(mirroring_.sweep().record.changed, 1);
    EXPECT_EQ(is_blocked(), "t");
}

// Seen before the action, and not yet written.
TEST(CommitQueue, ForgetsWhatWasSeenOfASim)
{
    const auto seen = [](const std::string& id)
    {
        ObservedSim observed;
        observed.sim.id = id;
        return observed;
    };
    CommitQueue queue{2};
    queue.add({seen("1"), seen("2")});
    queue.add({seen("3")});
    queue.forget("3");
    queue.forget("1");
    const auto batches = queue.take();
    ASSERT_EQ(batches.size(), 1U);
    ASSERT_EQ(batches.front().size(), 1U);
    EXPECT_EQ(batches.front().front().sim.id, "2");
}

} // namespace
} // namespace simsync
