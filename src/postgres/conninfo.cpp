#include "postgres/conninfo.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace simsync
{
namespace
{

ConninfoOptions taken_from(PQconninfoOption* listed)
{
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> owner(listed, PQconninfoFree);
    ConninfoOptions options;
    for (const auto* option = listed; option && option->keyword; ++option)
        if (option->val)
            options.emplace(option->keyword, option->val);
    return options;
}

std::string quoted(std::string_view value)
{
    std::string text{'\''};
    for (const char c : value)
    {
        if (c == '\'' || c == '\\')
            text += '\\';
        text += c;
    }
    return text += '\'';
}

} // namespace

// libpq's own complaint is not passed on: it quotes the text at the place that it did not understand, which
// may be the password.
std::optional<ConninfoOptions> parse_conninfo(const std::string& conninfo)
{
    char* complaint = nullptr;
    auto* listed = PQconninfoParse(conninfo.c_str(), &complaint);
    PQfreemem(complaint);
    if (!listed)
        return std::nullopt;
    return taken_from(listed);
}

ConninfoOptions conninfo_defaults()
{
    return taken_from(PQconndefaults());
}

std::string
first_of(const ConninfoOptions& options, const ConninfoOptions& defaults, const std::string& keyword)
{
    if (const auto found = options.find(keyword); found != options.end() && !found->second.empty())
        return found->second;
    const auto fallback = defaults.find(keyword);
    return fallback == defaults.end() ? std::string{} : fallback->second;
}

std::string conninfo_of(const ConninfoOptions& options)
{
    std::string text;
    for (const auto& [keyword, value] : options)
        text += keyword + '=' + quoted(value) + ' ';
    return text;
}

} // namespace simsync
