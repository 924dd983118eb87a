#include "daemon/config_sink.hpp"

#include "daemon/config_place.hpp"
#include "daemon/secret_file.hpp"
#include "daemon/suggestion.hpp"
#include "sink/signature.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr Range<std::chrono::milliseconds> timeouts{100ms, 10min};

void read_type(Section& section, SinkKind& kind)
{
    constexpr std::array<std::string_view, 2> words{"webhook", "alertmanager"}; // in the enum's order
    std::string word;
    if (!section.require("type", "type = \"webhook\" or type = \"alertmanager\""))
        return;
    if (section.read("type", word, std::span<const std::string_view>{words}))
        kind = static_cast<SinkKind>(std::ranges::find(words, word) - words.begin());
}

void read_secret(Section& section, const std::filesystem::path& folder, SinkConfig& sink)
{
    std::string name;
    if (!section.read("secret_file", name) || name.empty())
        return;
    if (sink.kind == SinkKind::alertmanager)
    {
        section.refuse("secret_file", "sink.secret_file means nothing to an Alertmanager",
                       "leave it out: only a webhook is signed");
        return;
    }
    const auto secret = read_secret_file(section, "secret_file", folder, name, sink.secret_file);
    if (secret && signing_key(*secret).empty())
        section.refuse("secret_file", "what stands in sink.secret_file behind whsec_ is no base64",
                       "write it as the receiver shows it, or a secret of another form");
}

void read_kinds(Section& section, SinkConfig& sink)
{
    const auto value = section.find("kinds");
    const auto items = value ? value->items() : std::nullopt;
    if (!items)
        return;
    const auto names = kinds_for(sink.kind);
    for (const auto& item : *items)
    {
        std::string kind;
        if (!item.read(kind))
            continue;
        if (std::ranges::find(names, kind) == names.end())
            item.refuse("sink.kinds cannot hold " + in_quotes(kind) +
                            (sink.kind == SinkKind::alertmanager ? " for an Alertmanager" : ""),
                        hint_at(kind, names));
        else if (std::ranges::find(sink.kinds, kind) == sink.kinds.end())
            sink.kinds.push_back(kind);
    }
}

} // namespace

SinkConfig read_sink(Section& section, const std::filesystem::path& folder)
{
    SinkConfig sink;
    read_name(section, sink.name, "pager");
    read_type(section, sink.kind);
    section.read("allow_plaintext", sink.allow_plaintext);
    read_url(section, "url", sink.url,
             {.example =
                  sink.kind == SinkKind::webhook ? "https://pager.example/simsync" : "http://127.0.0.1:9093",
              .where_secrets_belong = "a webhook is signed with what is in the file that secret_file names",
              .in_the_clear = "every event"},
             sink.allow_plaintext);
    read_secret(section, folder, sink);
    read_kinds(section, sink);
    section.read("timeout", sink.timeout, timeouts);
    sink.ca_file = read_ca_file(section, folder);
    sink.ca_mark = mark_of(sink.ca_file);
    section.refuse_unknown_keys();
    return sink;
}

} // namespace simsync
