// What is wrong with a libpq URI or conninfo string, without connecting.
#pragma once

#include <optional>
#include <string>

namespace simsync
{

struct UrlFault
{
    std::string what; // follows the key's name: "is no libpq connection string"; quotes nothing of the URL
    std::string hint;
    bool holds_a_secret = false;
};

// Empty where libpq can read it and it holds no secret: a password belongs into a file of its own.
std::optional<UrlFault> fault_in_database_url(const std::string& url);

} // namespace simsync
