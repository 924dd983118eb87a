#include "api/api_call.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

std::optional<Doubt> doubt_of_empty(const Page& page, const ApiCall& call)
{
    if (call.doubted_if_empty.empty() || page.rows > 0)
        return std::nullopt;
    return Doubt{
        std::string{call.doubted_if_empty},
        {.kind = FailureKind::malformed, .what = "the answer is empty although SIMs are known"}};
}

} // namespace

std::optional<Doubt> doubt_of(const Answer<Page>& page, const ApiCall& call)
{
    if (page)
        return doubt_of_empty(*page, call);
    const auto failure = page.error();
    if (!a_new_token_may_cure(failure))
        return std::nullopt;
    return Doubt{std::string{to_text(failure.kind)}, failure};
}

bool is_about_credentials(const Failure& failure)
{
    return failure.kind == FailureKind::unauthorized || failure.kind == FailureKind::token_refused;
}

bool is_about_the_reading(const Failure& failure)
{
    constexpr std::array<std::string_view, 3> words{"items", "count", "id"};
    const auto is_word_of_it = [&](const std::string& name)
    { return std::ranges::find(words, name) != words.end(); };
    return failure.kind == FailureKind::schema &&
           (failure.unknown_fields.empty() || std::ranges::any_of(failure.unknown_fields, is_word_of_it));
}

} // namespace simsync
