// Who is let in to the console, and why others are not. Pure.
#pragma once

#include "config/config.hpp"
#include "daemon/problem.hpp"
#include "daemon/web_message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

struct AccessRules
{
    std::vector<std::string> names; // of hosts under which we are known, in lower case, without ports
    bool asks_for_login = false;  // everybody has to log in; without it peers of this host alone are answered
    bool allow_plaintext = false; // of a login from another host
    std::string user_header;      // empty: none
};

// Of [http] listen, [http] url and [console].
AccessRules access_rules(const Config& config);

// What was configured and cannot work as it was meant; for the log and for `check`. Empty: nothing.
std::optional<ConfigDiagnostic> doubt_about_console(const Config& config);

struct Credentials
{
    std::string user;
    std::string password;
};

// Why this request gets no answer, whoever asks: the Host of another site, a peer that is not of this host, a
// page of another site. Empty: it may be answered, after a login where one is asked for.
std::optional<Problem> refuse_stranger(const AccessRules& rules, const WebRequest& request);

// As Basic authentication sends them (RFC 7617); empty where nothing is sent, or something else.
std::optional<Credentials> credentials_of(std::string_view authorization);

// Who asks, as a proxy on this host says it; nobody else is believed. Empty: it does not say.
std::string user_of_proxy(const AccessRules& rules, const WebRequest& request);

} // namespace simsync
