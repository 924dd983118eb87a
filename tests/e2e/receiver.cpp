#include "e2e/receiver.hpp"

#include <chrono>
#include <stdexcept>

namespace simsync::test
{

Receiver::Receiver()
    : work_(boost::asio::make_work_guard(io_)),
      server_(io_, [this](const Request& request) { return react(request); }),
      port_(server_.port()),
      thread_([this] { io_.run(); })
{
}

Receiver::~Receiver()
{
    io_.stop();
    thread_.join();
}

Reaction Receiver::react(const Request& request)
{
    const std::scoped_lock lock(mutex_);
    (refusal_ ? refused_ : taken_).push_back(request);
    came_.notify_all();
    return refusal_ ? refusal_(request) : reply(204, "");
}

void Receiver::refuse(std::function<Reaction(const Request&)> reaction)
{
    const std::scoped_lock lock(mutex_);
    refusal_ = std::move(reaction);
}

void Receiver::await(const std::vector<Request>& some, std::size_t count)
{
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, std::chrono::seconds{30}, [&] { return some.size() >= count; }))
        throw std::runtime_error(
            "the receiver got " + std::to_string(some.size()) + " and not " + std::to_string(count));
}

std::vector<Request> Receiver::await_taken(std::size_t count)
{
    await(taken_, count);
    const std::scoped_lock lock(mutex_);
    return {taken_.begin(), taken_.begin() + static_cast<std::ptrdiff_t>(count)};
}

void Receiver::await_refused(std::size_t count)
{
    await(refused_, count);
}

std::vector<Request> Receiver::refused()
{
    const std::scoped_lock lock(mutex_);
    return refused_;
}

std::vector<Request> Receiver::taken()
{
    const std::scoped_lock lock(mutex_);
    return taken_;
}

} // namespace simsync::test
