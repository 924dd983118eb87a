// A transaction on the database thread, over a database in memory.
#include "sync/database_thread.hpp"

#include "simulation/mirror.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using simulation::Chance;

struct Leading
{
    explicit Leading(double conflict) : database(conflict, Chance{1}, findings)
    {
        database.clock = [] { return Timestamp{}; };
        run(thread.connect("", "main"));
        run(thread([](Mirror& mirror) { return mirror.try_lead("http://simulated"); }));
    }

    template<class T>
    T run(awaitable<T> work)
    {
        auto result = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
        io.restart();
        io.run();
        return result.get();
    }

    simulation::Findings findings;
    simulation::Database database;
    boost::asio::io_context io{1};
    DatabaseThread thread{io.get_executor(), [this](const auto&, const auto&) { return database.connect(); }};
};

bool begin_sweep(Transaction& transaction)
{
    SweepRecord sweep;
    sweep.id = 7;
    transaction.record(sweep);
    return transaction.set_degraded(true);
}

} // namespace

TEST(DatabaseThread, ReturnsWhatTheWorkReturnsOnceItIsCommitted)
{
    Leading leading(0);

    EXPECT_TRUE(leading.run(leading.thread.transact(begin_sweep)));
    EXPECT_TRUE(leading.database.tables().sweeps.contains(7));
}

TEST(DatabaseThread, WorkMayReturnNothing)
{
    Leading leading(0);

    leading.run(leading.thread.transact([](Transaction& transaction) { begin_sweep(transaction); }));
    EXPECT_TRUE(leading.database.tables().sweeps.contains(7));
}

// The result need not be assignable, and is the one of the run that was committed.
TEST(DatabaseThread, AConflictCallsTheWorkAnew)
{
    Leading leading(1);
    int runs = 0;

    const auto last = leading.run(leading.thread.transact(
        [&runs](Transaction& transaction)
        {
            begin_sweep(transaction);
            return std::make_unique<int>(++runs);
        }));
    EXPECT_GT(runs, 1);
    EXPECT_EQ(*last, runs);
    EXPECT_EQ(leading.database.tables().sweeps.size(), 1U);
}

TEST(DatabaseThread, WhatTheWorkThrowsIsThrownAndNothingIsWritten)
{
    Leading leading(0);

    const auto failing = [](Transaction& transaction) -> bool
    {
        begin_sweep(transaction);
        throw StoreDefect("this", "that");
    };
    EXPECT_THROW(leading.run(leading.thread.transact(failing)), StoreDefect);
    EXPECT_TRUE(leading.database.tables().sweeps.empty());
}

TEST(DatabaseThread, WithoutAConnectionThereIsNone)
{
    Leading leading(0);
    leading.run(leading.thread.disconnect());

    EXPECT_THROW(leading.run(leading.thread.transact(begin_sweep)), DatabaseUnavailable);
}

} // namespace simsync
