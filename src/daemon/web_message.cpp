#include "daemon/web_message.hpp"

#include "model/ascii.hpp"

#include <algorithm>

namespace simsync
{

std::string_view header_named(const WebHeaders& headers, std::string_view name)
{
    const auto found = std::ranges::find_if(
        headers, [&](const auto& header) { return equal_in_any_case(header.first, name); });
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::string_view WebRequest::header(std::string_view name) const
{
    return header_named(headers, name);
}

std::string_view WebReply::header(std::string_view name) const
{
    return header_named(headers, name);
}

void WebReply::set(std::string_view name, std::string value)
{
    std::erase_if(headers, [&](const auto& header) { return equal_in_any_case(header.first, name); });
    headers.emplace_back(name, std::move(value));
}

} // namespace simsync
