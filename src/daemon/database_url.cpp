#include "daemon/database_url.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace simsync
{

std::optional<UrlFault> fault_in_database_url(const std::string& url)
{
    // libpq's message is left out: it quotes the string, password and all.
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
        PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree};
    if (!options)
        return UrlFault{
            "is no libpq connection string",
            "for example \"postgresql:///simsync\" or \"host=db.example dbname=simsync user=simsync\""};

    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
    {
        const std::string_view keyword = option->keyword;
        if (option->val != nullptr && (keyword == "password" || keyword == "sslpassword"))
            return UrlFault{
                "holds a password, and secrets are never in this file",
                "take it out and put it into ~/.pgpass, or into a file that PGPASSFILE or the url's "
                "`passfile` parameter names"};
    }
    return std::nullopt;
}

} // namespace simsync
