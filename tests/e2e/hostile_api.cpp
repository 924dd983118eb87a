// The scripted server of tests/api on a thread of its own, with the simulator's service behind it.
#include "e2e/hostile_api.hpp"

#include "simulator/population.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <future>
#include <stdexcept>

namespace simsync::test
{
namespace
{

simulator::Instant now()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

HostileApi::Misdeed to(std::string path, std::function<Reaction()> reaction)
{
    return [path = std::move(path),
            reaction = std::move(reaction)](const Request& request) -> std::optional<Reaction>
    {
        if (request.path != path)
            return std::nullopt;
        return reaction();
    };
}

} // namespace

HostileApi::Misdeed to_queries(std::function<Reaction()> reaction)
{
    return to("/partner/graphql", std::move(reaction));
}

HostileApi::Misdeed to_logins(std::function<Reaction()> reaction)
{
    return to("/partner/login", std::move(reaction));
}

HostileApi::HostileApi(std::size_t sims, simulator::ServiceOptions options)
    : work_(boost::asio::make_work_guard(io_)),
      service_(std::move(options)),
      server_(io_, [this](const Request& request) { return react(request); }),
      port_(server_.port())
{
    simulator::populate(service_.fleet(), sims, 1, now());
    thread_ = std::thread([this] { io_.run(); });
}

HostileApi::~HostileApi()
{
    io_.stop();
    thread_.join();
}

template<class Act>
void HostileApi::on_thread(Act act)
{
    std::promise<void> done;
    boost::asio::post(
        io_,
        [&]
        {
            act();
            done.set_value();
        });
    done.get_future().wait();
}

void HostileApi::misbehave(Misdeed misdeed)
{
    on_thread(
        [&]
        {
            misdeed_ = std::move(misdeed);
            const std::scoped_lock lock(mutex_);
            misdeeds_ = 0;
        });
}

void HostileApi::await_misdeeds(std::size_t count)
{
    std::unique_lock lock(mutex_);
    if (!suffered_.wait_for(lock, std::chrono::seconds{30}, [&] { return misdeeds_ >= count; }))
        throw std::runtime_error("only " + std::to_string(misdeeds_) + " misdeeds in half a minute");
}

void HostileApi::with_service(const std::function<void(simulator::Service&)>& look)
{
    on_thread([&] { look(service_); });
}

std::size_t HostileApi::connections()
{
    std::size_t count = 0;
    on_thread([&] { count = server_.connections(); });
    return count;
}

Reaction HostileApi::react(const Request& request)
{
    auto reaction = misdeed_ ? misdeed_(request) : std::nullopt;
    if (!reaction)
        return honest(request);
    const std::scoped_lock lock(mutex_);
    ++misdeeds_;
    suffered_.notify_all();
    return std::move(*reaction);
}

Reaction HostileApi::honest(const Request& request)
{
    const auto answer =
        service_.answer({"POST", request.path, header_of(request, "Authorization"), request.body}, now());
    return reply(
        static_cast<int>(answer.status), answer.body, "Date: " + simulator::http_date(now()) + "\r\n");
}

} // namespace simsync::test
