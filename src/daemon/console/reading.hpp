// A connection of the console's: on a thread of its own, there only while somebody looks.
#pragma once

#include "io/blocking_thread.hpp"
#include "simsync/postgres/errors.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace simsync
{

// As many wait already as may: come again.
class QueueFull : public std::runtime_error
{
public:
    QueueFull() : std::runtime_error("too many questions wait for the database") {}
};

// `co_await lane([&](Session& session) { … })`: one question at a time, in the order in which they were
// asked. The first one connects; a connection that failed is given up, and so is one that nobody has used for
// a while.
template<class Session>
class Lane
{
public:
    using Open = std::function<std::unique_ptr<Session>()>;

    // `most_waiting` beside the one that is being answered. `rests` is called whenever nothing is asked any
    // more.
    Lane(
        const boost::asio::any_io_executor& executor, Open open, std::size_t most_waiting,
        std::function<void()> rests, std::chrono::milliseconds patience_when_idle = std::chrono::seconds{60})
        : most_waiting_(most_waiting),
          state_(std::make_shared<State>(executor, std::move(open), std::move(rests), patience_when_idle))
    {
    }
    // Waits for the question under way.
    ~Lane() { join(); }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    // The question returns a value; it may be asked twice. Throws QueueFull, what opening throws, and what
    // the question throws.
    template<class Ask>
    boost::asio::awaitable<std::invoke_result_t<Ask&, Session&>> operator()(Ask ask)
    {
        const auto state = state_;
        if (!state->thread || state->in_flight > most_waiting_)
            throw QueueFull{};
        const Use use(*state);
        co_return co_await (*state->thread)([state = state.get(), &ask] { return state->answer(ask); });
    }

    std::size_t in_flight() const noexcept { return state_->in_flight; }

    // What opens it is another one from now on; a question under way is answered over the old connection.
    void open_by(Open open)
    {
        state_->thread_takes([state = state_, open = std::move(open)]
                             { state->session.reset(), state->open = open, state->failure = nullptr; });
    }

    // Lets go of the connection once the question under way is answered.
    void let_go()
    {
        state_->thread_takes([state = state_] { state->session.reset(); });
    }

    // Whoever waits is told QueueFull instead, as is who asks from now on; the question under way is
    // answered.
    void refuse() { state_->refuses = true; }

    // Waits for the question under way and lets go of the connection; nothing can be asked any more.
    void join()
    {
        state_->idle.cancel();
        state_->thread.reset();
        state_->session.reset();
    }

private:
    struct State : std::enable_shared_from_this<State>
    {
        State(
            const boost::asio::any_io_executor& where, Open how, std::function<void()> then,
            std::chrono::milliseconds how_long)
            : executor(where),
              idle(where),
              patience(how_long),
              rests(std::move(then)),
              open(std::move(how)),
              thread(std::in_place)
        {
        }

        // A connection that lay idle may have died unseen: a new one is asked once more.
        template<class Ask>
        std::invoke_result_t<Ask&, Session&> answer(Ask& ask)
        {
            if (refuses)
                throw QueueFull{};
            if (session)
                if (auto result = attempt(ask))
                    return std::move(*result);
            session = opened();
            try
            {
                return ask(*session);
            }
            catch (const DatabaseUnavailable&)
            {
                session.reset();
                throw;
            }
        }

        // A server that is away takes its time to be found so, and not from each of those who wait in turn:
        // for as long as it took, it is told as it was.
        std::unique_ptr<Session> opened()
        {
            const auto begun = std::chrono::steady_clock::now();
            if (failure && begun < fails_until)
                std::rethrow_exception(failure);
            try
            {
                failure = nullptr;
                return open();
            }
            catch (const StoreError&)
            {
                const auto ended = std::chrono::steady_clock::now();
                failure = std::current_exception();
                fails_until = ended + (ended - begun);
                throw;
            }
        }

        // Empty where the connection is lost.
        template<class Ask>
        std::optional<std::invoke_result_t<Ask&, Session&>> attempt(Ask& ask)
        {
            try
            {
                return ask(*session);
            }
            catch (const DatabaseUnavailable&)
            {
                session.reset();
                return std::nullopt;
            }
        }

        template<class Work>
        void thread_takes(Work work)
        {
            if (!thread)
                return;
            boost::asio::co_spawn(
                executor,
                [](std::shared_ptr<State> state, Work inner) -> boost::asio::awaitable<void>
                {
                    if (state->thread)
                        co_await (*state->thread)(std::move(inner));
                }(this->shared_from_this(), std::move(work)),
                boost::asio::detached);
        }

        void rest()
        {
            if (!thread)
                return;
            rests();
            idle.expires_after(patience);
            idle.async_wait(
                [weak = this->weak_from_this()](const boost::system::error_code& error)
                {
                    const auto state = weak.lock();
                    if (!error && state && state->in_flight == 0)
                        state->thread_takes([state] { state->session.reset(); });
                });
        }

        boost::asio::any_io_executor executor;
        boost::asio::steady_timer idle;
        std::chrono::milliseconds patience;
        std::size_t in_flight = 0;
        std::atomic<bool> refuses = false;
        std::function<void()> rests;
        Open open;                        // touched on the thread only,
        std::unique_ptr<Session> session; // as are these
        std::exception_ptr failure;       // of the last opening
        std::chrono::steady_clock::time_point fails_until;
        std::optional<BlockingThread> thread;
    };

    class Use
    {
    public:
        explicit Use(State& state) : state_(state)
        {
            ++state_.in_flight;
            state_.idle.cancel();
        }
        ~Use()
        {
            if (--state_.in_flight == 0)
                state_.rest();
        }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

    private:
        State& state_;
    };

    std::size_t most_waiting_;
    std::shared_ptr<State> state_;
};

} // namespace simsync
