#include "postgres/url_fault.hpp"

#include "postgres/advice.hpp"

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
                "holds a password, and secrets stand in files of their own",
                keyword == "password"
                    ? "take it out and " + advice_on_password()
                    : "take it out: a key without a passphrase, mode 0600, is as safe as a file with it",
                true};
    }
    return std::nullopt;
}

} // namespace simsync
