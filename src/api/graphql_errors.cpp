// GraphQL errors into a Failure.
#include "api/graphql_errors.hpp"

#include "model/ascii.hpp"
#include "model/escape.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

struct MessagePattern
{
    std::string_view before; // the name follows, in quotes of any kind
    std::string_view after;  // stands somewhere behind it; empty: nothing needs to
};

// How servers word that they do not know a field: graphql-js and its kin, graphql-java, graphql-ruby, Hot
// Chocolate, Hasura. In lower case.
constexpr std::array<MessagePattern, 9> message_patterns{{
    {"cannot query field ", ""},
    {"unknown argument ", ""},
    {"unknown field ", ""},
    {"unknown type ", ""},
    {"field ", "doesn't exist"},
    {"field ", "does not exist"},
    {"field ", "is undefined"},
    {"field ", "is not defined"},
    {"field ", "not found in type"},
}};

// More of them tell an operator nothing more.
constexpr std::size_t most_names = 32;
constexpr std::size_t longest_name = 100;

// What stands between the quotes at the front; the names of GraphQL are [_A-Za-z0-9].
std::optional<std::string> quoted_name(std::string_view text)
{
    constexpr std::string_view name_characters = "_0123456789"
                                                 "abcdefghijklmnopqrstuvwxyz"
                                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (text.empty() || std::string_view{"\"'`"}.find(text.front()) == std::string_view::npos)
        return std::nullopt;
    const auto end = text.find_first_not_of(name_characters, 1);
    if (end == std::string_view::npos || end == 1 || end > longest_name)
        return std::nullopt;
    return std::string{text.substr(1, end - 1)};
}

} // namespace

std::optional<std::string> unknown_name(std::string_view message)
{
    const std::string lowered = lower_case(message);
    for (const auto& [before, after] : message_patterns)
    {
        const auto at = lowered.find(before);
        if (at == std::string::npos || lowered.find(after, at) == std::string::npos)
            continue;
        if (auto name = quoted_name(message.substr(at + before.size())))
            return name;
    }
    return std::nullopt;
}

void GraphqlErrors::message(std::string_view text)
{
    any_ = true;
    if (first_message_.empty())
        first_message_ = escape(text);
    const auto name = unknown_name(text.substr(0, 1000));
    if (!name)
        return;
    validation_ = true;
    if (unknown_.size() < most_names && std::ranges::find(unknown_, *name) == unknown_.end())
        unknown_.push_back(*name);
}

void GraphqlErrors::code(std::string_view text)
{
    validation_ = validation_ || text == "GRAPHQL_VALIDATION_FAILED";
    unauthenticated_ = unauthenticated_ || text == "UNAUTHENTICATED";
}

Failure GraphqlErrors::failure() const
{
    Failure failure;
    failure.kind = unauthenticated_ ? FailureKind::unauthorized
                   : validation_    ? FailureKind::schema
                                    : FailureKind::graphql_errors;
    failure.what = "the API answered with an error: " +
                   (first_message_.empty() ? std::string{"(it has no message)"} : first_message_);
    failure.unknown_fields = unknown_;
    return failure;
}

} // namespace simsync
