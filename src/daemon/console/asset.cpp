#include "daemon/console/asset.hpp"

#include "daemon/problem.hpp"
#include "io/inflate.hpp"
#include "model/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace simsync
{
namespace
{

// Far more than any file of ours.
constexpr std::size_t largest_asset = std::size_t{4} << 20U;

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// Takes the first item off a list with commas.
std::string_view take_item(std::string_view& list)
{
    const auto comma = std::min(list.find(','), list.size());
    const auto item = trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    return item;
}

// "gzip;q=0.5" → 0.5; what is no number is no wish.
double quality_of(std::string_view parameters)
{
    const auto name = trimmed(parameters.substr(0, parameters.find('=')));
    if (!equal_in_any_case(name, "q"))
        return 1;
    const auto value = trimmed(parameters.substr(parameters.find('=') + 1));
    double quality = 0;
    std::from_chars(value.data(), value.data() + value.size(), quality);
    return quality >= 0 && quality <= 1 ? quality : 0;
}

// What the header says of a coding by name, else of "*"; nothing where it says nothing.
std::optional<double> wish_for(std::string_view accept_encoding, std::string_view coding)
{
    std::optional<double> any;
    while (!accept_encoding.empty())
    {
        const auto item = take_item(accept_encoding);
        const auto semicolon = std::min(item.find(';'), item.size());
        const auto name = trimmed(item.substr(0, semicolon));
        const auto quality = semicolon == item.size() ? 1.0 : quality_of(item.substr(semicolon + 1));
        if (equal_in_any_case(name, coding))
            return quality;
        if (name == "*")
            any = quality;
    }
    return any;
}

struct Form
{
    std::string_view bytes;
    std::string_view coding; // for Content-Encoding
    std::string_view suffix; // of the tag: each form has one of its own
};

Form form_of(const Asset& asset, Encoding encoding)
{
    if (encoding == Encoding::brotli)
        return {asset.brotli, "br", "-br"};
    if (encoding == Encoding::gzip)
        return {asset.gzip, "gzip", "-gz"};
    return {};
}

WebReply content_of(const Asset& asset, Encoding encoding, const Form& form)
{
    WebReply reply;
    reply.set("Content-Type", std::string(asset.type));
    if (encoding != Encoding::identity)
    {
        reply.set("Content-Encoding", std::string(form.coding));
        reply.body = StaticBytes{form.bytes};
        return reply;
    }
    if (!asset.plain.empty())
        reply.body = StaticBytes{asset.plain};
    else
        reply.body = decode_content("gzip", std::string(asset.gzip), largest_asset).value();
    return reply;
}

} // namespace

Encoding choose_encoding(std::string_view accept_encoding, const Asset& asset)
{
    struct Choice
    {
        Encoding encoding;
        double quality;
    };
    // Whoever does not name a coding does not know it; identity everybody knows.
    const std::array choices{
        Choice{Encoding::brotli, asset.brotli.empty() ? 0 : wish_for(accept_encoding, "br").value_or(0)},
        Choice{Encoding::gzip, asset.gzip.empty() ? 0 : wish_for(accept_encoding, "gzip").value_or(0)},
        // Named by itself it is a wish as others are; else it is what remains.
        Choice{
            Encoding::identity, accept_encoding.find("identity") == std::string_view::npos
                                    ? 0
                                    : wish_for(accept_encoding, "identity").value_or(0)}};
    const auto best = std::ranges::max_element(choices, {}, &Choice::quality); // of equals the first
    return best->quality > 0 ? best->encoding : Encoding::identity;
}

bool names_tag(std::string_view if_none_match, std::string_view tag)
{
    while (!if_none_match.empty())
    {
        auto item = take_item(if_none_match);
        if (item.starts_with("W/"))
            item.remove_prefix(2);
        if (item == "*" || item == tag)
            return true;
    }
    return false;
}

WebReply asset_reply(std::span<const Asset> assets, const WebRequest& request)
{
    const auto asset = std::ranges::find(assets, request.path, &Asset::path);
    if (asset == assets.end())
        return problem_reply(
            {404, "the console has no such file", "", "reload the page: it may be of an older version"},
            request.path);
    const auto encoding = choose_encoding(request.header("Accept-Encoding"), *asset);
    const auto form = form_of(*asset, encoding);
    const auto tag = '"' + std::string(asset->tag) + std::string(form.suffix) + '"';
    auto reply = names_tag(request.header("If-None-Match"), tag) ? WebReply{304, {}, {}}
                                                                 : content_of(*asset, encoding, form);
    reply.set("ETag", tag);
    reply.set("Vary", "Accept-Encoding");
    reply.set(
        "Cache-Control",
        asset->lifetime == Lifetime::immutable ? "public, max-age=31536000, immutable" : "no-cache");
    return reply;
}

} // namespace simsync
