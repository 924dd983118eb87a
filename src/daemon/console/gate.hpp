// What every request of the console passes: who may ask, then files or the API, then the headers that keep
// other sites out.
#pragma once

#include "daemon/console/access.hpp"
#include "daemon/console/asset.hpp"
#include "daemon/console/login.hpp"
#include "daemon/web_message.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <span>

namespace simsync
{

class Gate
{
public:
    // `api` answers /api/…, asked only for requests that were let in, with `user` filled in; empty: there is
    // none. `assets` outlive the gate, and so does `hashing`, where passwords are looked at; null where
    // nobody logs in.
    Gate(
        AccessRules rules, std::vector<ConsoleLogin> logins, BlockingThread* hashing,
        std::span<const Asset> assets, WebHandler api);
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    // The gate lives until the answer is there.
    boost::asio::awaitable<WebReply> answer(WebRequest request);

private:
    boost::asio::awaitable<std::optional<WebReply>> refuse(WebRequest& request);
    boost::asio::awaitable<std::optional<WebReply>> ask_to_log_in(WebRequest& request);

    AccessRules rules_;
    Logins logins_;
    std::span<const Asset> assets_;
    WebHandler api_;
};

} // namespace simsync
