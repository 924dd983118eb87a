#include "config/sink_section.hpp"

#include "config/common_keys.hpp"
#include "config/secret_file.hpp"
#include "model/enum_table.hpp"
#include "model/match_parser.hpp"
#include "model/suggestion.hpp"
#include "sink/address.hpp"
#include "sink/authorization.hpp"
#include "sink/nats_address.hpp"
#include "sink/nats_credentials.hpp"
#include "sink/signature.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr Range<std::chrono::milliseconds> timeouts{100ms, 10min};

constexpr Range<std::size_t> concurrencies{1, 512};
constexpr Range<std::size_t> batches{1, 1'000};

constexpr std::array types{
    Named{SinkType::webhook, "webhook"},
    Named{SinkType::alertmanager, "alertmanager"},
    Named{SinkType::nats, "nats"},
};
static_assert(follows_enumeration(types, &Named<SinkType>::value, SinkType::nats));

// A server of a cluster that has to be chosen anew is silent for seconds; who waits longer delivers later.
constexpr std::chrono::milliseconds nats_timeout{2s};

void read_type(Section& section, SinkType& type)
{
    std::array<std::string_view, types.size()> words{};
    std::ranges::transform(types, words.begin(), &Named<SinkType>::name);
    std::string word;
    if (!section.require("type", "type = \"webhook\", type = \"alertmanager\" or type = \"nats\""))
        return;
    if (section.read("type", word, std::span<const std::string_view>{words}))
        type = value_named(types, word).value();
}

UrlWords words_of_nats()
{
    return {
        .example = "nats://127.0.0.1:4222",
        .where_secrets_belong = "a token, user:password, a user's nkey seed or a .creds file's text goes "
                                "into the file that secret_file names",
        .in_the_clear = "every event",
        .plain = "nats://",
        .encrypted = "tls://"};
}

UrlWords words_of(SinkType type)
{
    if (type == SinkType::nats)
        return words_of_nats();
    return {
        .example = type == SinkType::webhook ? "https://pager.example/simsync" : "http://127.0.0.1:9093",
        .where_secrets_belong =
            type == SinkType::webhook
                ? "a webhook is signed with what is in the file that secret_file names; a url that is a "
                  "secret "
                  "itself goes into a file that url_file names"
                : "user:password, or a token, goes into the file that secret_file names",
        .in_the_clear = "every event"};
}

Answer<std::vector<Endpoint>> endpoints_of(const SinkConfig& sink)
{
    if (sink.type == SinkType::nats)
    {
        auto address = parse_nats_address(sink.url);
        if (!address)
            return address.error();
        return std::move(address->servers);
    }
    auto address = parse_address(sink.url);
    if (!address)
        return address.error();
    return std::vector{std::move(address->endpoint)};
}

// The path may be the secret: nothing of it is quoted.
void check_url(Section& section, std::string_view key, const SinkConfig& sink)
{
    const auto words = words_of(sink.type);
    const auto endpoints = endpoints_of(sink);
    if (!endpoints)
        return section.refuse(
            key, section.name_of(key) + " is of no use: " + endpoints.error().what,
            sink.url.find('@') != std::string::npos ? words.where_secrets_belong
                                                    : "for example " + in_quotes(words.example));
    for (const auto& endpoint : *endpoints)
        check_host(section, key, endpoint, words, sink.allow_plaintext);
}

void read_url(Section& section, const std::filesystem::path& folder, SinkConfig& sink)
{
    std::string name;
    section.read("url_file", name);
    if (name.empty())
    {
        if (section.read_required(
                "url", sink.url,
                "for example url = " + in_quotes(words_of(sink.type).example) +
                    "; one that is a secret goes into a file that url_file names"))
            check_url(section, "url", sink);
        return;
    }
    if (section.read("url", sink.url) && !sink.url.empty())
        section.refuse("url_file", "sink.url and sink.url_file exclude each other", "leave one of them out");
    else if (const auto url = read_secret_file(section, "url_file", folder, name, sink.url_file))
    {
        sink.url = *url;
        check_url(section, "url_file", sink);
    }
}

void read_secret(Section& section, const std::filesystem::path& folder, SinkConfig& sink)
{
    std::string name;
    if (!section.read("secret_file", name) || name.empty())
        return;
    const auto secret = read_secret_file(
        section, "secret_file", folder, name, sink.secret_file,
        secret_is_whole_file(sink.type) ? read_secret_text : simsync::read_secret);
    if (!secret)
        return;
    if (sink.type == SinkType::webhook && signing_key(*secret).empty())
        section.refuse(
            "secret_file", "what stands in sink.secret_file behind whsec_ is no base64",
            "write it as the receiver shows it, or a secret of another form");
    if (sink.type == SinkType::alertmanager && authorization(*secret).empty())
        section.refuse(
            "secret_file", "what stands in sink.secret_file is neither a token nor user:password",
            "one line: user:password, or a bearer token without blanks");
    if (sink.type == SinkType::nats && !nats_credentials(*secret))
        section.refuse(
            "secret_file",
            "what stands in sink.secret_file is neither a token nor user:password, nor a user's nkey seed "
            "nor a .creds file",
            "one line: a token, user:password or a user's seed (SU...); or the whole of a .creds file, as "
            "`nsc generate creds` writes it");
}

void read_kinds(Section& section, SinkConfig& sink)
{
    const auto value = section.find("kinds");
    const auto items = value ? value->items() : std::nullopt;
    if (!items)
        return;
    const auto names = kinds_for(sink.type);
    for (const auto& item : *items)
    {
        std::string pattern;
        if (!item.read(pattern))
            continue;
        const auto kinds = names_like(pattern, names);
        if (kinds.empty())
            item.refuse(
                "sink.kinds cannot hold " + in_quotes(pattern) +
                    (sink.type == SinkType::alertmanager ? " for an Alertmanager" : ""),
                hint_at(pattern, names));
        for (const auto kind : kinds)
            if (std::ranges::find(sink.kinds, kind) == sink.kinds.end())
                sink.kinds.emplace_back(kind);
    }
}

// A condition that stands, which an Alertmanager is told again, has neither.
constexpr std::array<std::string_view, 3> of_events_alone{"cause", "number", "requested_by"};

void read_match(Section& section, SinkConfig& sink)
{
    const auto value = section.find("match");
    std::string text;
    if (!value || !value->read(text))
        return;
    const auto parsed = parse_match(text);
    if (const auto* const fault = std::get_if<MatchFault>(&parsed))
        return value->refuse_within(text, fault->at, value->name() + ": " + fault->what, fault->hint);
    sink.match = std::get<EventMatch>(parsed);
    if (sink.type == SinkType::alertmanager)
        for (const auto field : of_events_alone)
            if (sink.match.asks_for(field))
                value->refuse(
                    value->name() + " cannot ask for " + std::string(field) + " for an Alertmanager",
                    "it is told of conditions, which have an account, a kind, a severity and a SIM");
}

// How a webhook is sent to; an Alertmanager gets all that there is in one request.
void read_pace(Section& section, SinkConfig& sink)
{
    section.read("concurrency", sink.concurrency, concurrencies);
    section.read("batch", sink.batch, batches);
    if (sink.type == SinkType::webhook)
        return;
    for (const auto* const key : {"concurrency", "batch"})
        if (section.find(key))
            section.refuse(
                key, section.name_of(key) + " is for a webhook alone",
                sink.type == SinkType::nats
                    ? "leave it out: up to 256 events are on their way to a stream"
                    : "leave it out: an Alertmanager is told everything in one request");
}

void read_subject(Section& section, SinkConfig& sink)
{
    if (!section.read("subject", sink.subject))
        return;
    if (sink.type != SinkType::nats)
        section.refuse(
            "subject", section.name_of("subject") + " is for type = \"nats\" alone",
            "leave it out: only what is published has a subject");
    else if (!is_subject_prefix(sink.subject))
        section.refuse(
            "subject", section.name_of("subject") + " cannot be " + in_quotes(sink.subject),
            "words of letters, digits, _ and -, joined by dots; the account and the kind follow by "
            "themselves");
}

} // namespace

SinkConfig read_sink(Section& section, const std::filesystem::path& folder)
{
    SinkConfig sink;
    read_name(section, sink.name, "pager");
    read_type(section, sink.type);
    section.read("allow_plaintext", sink.allow_plaintext);
    read_url(section, folder, sink);
    read_secret(section, folder, sink);
    read_kinds(section, sink);
    read_match(section, sink);
    section.read("standing", sink.standing);
    if (sink.type == SinkType::nats)
        sink.timeout = nats_timeout;
    section.read("timeout", sink.timeout, timeouts);
    read_subject(section, sink);
    read_pace(section, sink);
    sink.ca_file = read_ca_file(section, folder);
    sink.ca_mark = mark_of(sink.ca_file);
    section.refuse_unknown_keys();
    return sink;
}

} // namespace simsync
