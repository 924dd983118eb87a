#include "daemon/console/login.hpp"

#include "daemon/console/access.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <crypt.h>

#include <algorithm>
#include <memory>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

constexpr std::size_t most_in_flight = 5;
constexpr std::size_t most_granted = 256; // far more than there are people; one is forgotten after 5 minutes
constexpr std::chrono::minutes granted_for{5};
constexpr std::chrono::seconds delay_of_wrong{1};

std::array<unsigned char, 32> digest_of(std::string_view text)
{
    std::array<unsigned char, 32> digest{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
    return digest;
}

bool equal(std::string_view left, std::string_view right)
{
    return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

// Blocks for as long as the hash's cost says.
bool has_hash(const std::string& password, const std::string& hash)
{
    const auto space = std::make_unique<crypt_data>(); // 32 KiB
    const char* made = crypt_r(password.c_str(), hash.c_str(), space.get());
    return made != nullptr && equal(made, hash);
}

// An unknown user takes as long as a known one, or the time would tell who is known.
bool is_right(const std::vector<ConsoleLogin>& logins, const Credentials& asked)
{
    const auto known = std::ranges::find(logins, asked.user, &ConsoleLogin::user);
    if (logins.empty() || asked.password.find('\0') != std::string::npos)
        return false;
    const auto& compared = known == logins.end() ? logins.front() : *known;
    return has_hash(asked.password, compared.hash) && known != logins.end();
}

} // namespace

awaitable<LoginAnswer> Logins::verify(std::string authorization, Clock::time_point now)
{
    const auto digest = digest_of(authorization);
    const auto known = granted_.find(digest);
    if (known != granted_.end() && now < known->second.until)
        co_return LoginAnswer{LoginVerdict::granted, known->second.user};
    const auto asked = credentials_of(authorization);
    if (!asked)
        co_return LoginAnswer{LoginVerdict::wrong, {}};
    if (const auto under_way = flights_.find(digest); under_way != flights_.end())
        co_return co_await answer_of(under_way->second);
    if (flights_.size() >= most_in_flight)
        co_return LoginAnswer{LoginVerdict::busy, {}};

    const auto flight = std::make_shared<Flight>(co_await asio::this_coro::executor);
    const auto landed = [this, &digest](Flight* ended)
    {
        flights_.erase(digest);
        ended->landed.wake();
    };
    const std::unique_ptr<Flight, decltype(landed)> landing{flight.get(), landed};
    flights_.emplace(digest, flight);
    flight->answer = co_await look_at(*asked);
    if (flight->answer.verdict == LoginVerdict::granted)
        keep(digest, flight->answer.user, now);
    co_return flight->answer;
}

// A browser brings the same header with all that a page asks for at once: one look is for all of them.
awaitable<LoginAnswer> Logins::answer_of(std::shared_ptr<Flight> flight)
{
    co_await flight->landed.wait();
    co_return flight->answer;
}

awaitable<LoginAnswer> Logins::look_at(const Credentials& asked)
{
    if (hashing_ != nullptr && co_await (*hashing_)([&] { return is_right(logins_, asked); }))
        co_return LoginAnswer{LoginVerdict::granted, asked.user};
    asio::steady_timer timer{co_await asio::this_coro::executor, delay_of_wrong};
    co_await timer.async_wait(asio::use_awaitable);
    co_return LoginAnswer{LoginVerdict::wrong, {}};
}

void Logins::keep(const Digest& digest, const std::string& user, Clock::time_point now)
{
    std::erase_if(granted_, [&](const auto& each) { return each.second.until <= now; });
    if (granted_.size() >= most_granted)
        granted_.erase(granted_.begin());
    granted_.insert_or_assign(digest, Granted{user, now + granted_for});
}

} // namespace simsync
