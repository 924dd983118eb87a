// The console's own files, which are part of the program: which bytes a request gets. Pure.
#pragma once

#include "daemon/web_message.hpp"

#include <span>
#include <string_view>

namespace simsync
{

enum class Lifetime
{
    checked,   // asked for anew each time, and mostly told that it is the same
    immutable, // its name changes with its content
};

struct Asset
{
    std::string_view path; // "/" or "/assets/main-ABCD1234.js"
    std::string_view type; // "text/html; charset=utf-8"
    std::string_view tag;  // changes with the content; no quotes
    Lifetime lifetime = Lifetime::checked;
    std::string_view plain;  // the content; empty: it is unpacked when somebody asks for it
    std::string_view gzip;   // the content, packed; empty: only plain is there
    std::string_view brotli; // likewise
};

// What the build embedded (embed_assets.cmake), or plain_page.cpp.
std::span<const Asset> embedded_assets();

enum class Encoding
{
    identity,
    gzip,
    brotli,
};

// What the client would rather have, of what there is: the best quality value (RFC 9110, 12.5.3), of equals
// the smallest form. Identity where it refuses all of them: it is better off with that than with nothing.
Encoding choose_encoding(std::string_view accept_encoding, const Asset& asset);

// Does an If-None-Match header name this tag (with its quotes)? Compared weakly, as it is for GET.
bool names_tag(std::string_view if_none_match, std::string_view tag);

// 200, 304, or 404 for what is none of these.
WebReply asset_reply(std::span<const Asset> assets, const WebRequest& request);

} // namespace simsync
