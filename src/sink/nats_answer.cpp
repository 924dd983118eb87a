#include "sink/nats_answer.hpp"

#include "model/escape.hpp"

#include <boost/json.hpp>

#include <cctype>

namespace simsync
{
namespace
{

namespace json = boost::json;

// Of JetStream's own codes, those after which something else than waiting is to be done.
enum : std::int64_t
{
    wrong_last_id = 10070,
    wrong_last_sequence = 10071,
    too_long = 10054,
    other_stream = 10060,
    not_for_this_account = 10039,
    not_on_this_server = 10076,
};

Refusal refusal(FailureKind kind, std::string what, std::string advice, unsigned status = 0)
{
    return {
        .failure = {.kind = kind, .what = std::move(what), .advice = std::move(advice)}, .status = status};
}

Refusal unreadable()
{
    return refusal(
        FailureKind::malformed, "JetStream's answer cannot be read",
        "check that the sink's url leads to a NATS server with JetStream, 2.9 or newer");
}

// Text of somebody else's program ends up in our log.
std::string text_at(const json::object& object, std::string_view key)
{
    const auto* const value = object.if_contains(key);
    return value && value->is_string() ? escape(value->get_string()) : std::string{};
}

std::int64_t number_at(const json::object& object, std::string_view key)
{
    const auto* const value = object.if_contains(key);
    boost::system::error_code error;
    const auto number = value ? value->to_number<std::int64_t>(error) : 0;
    return error ? 0 : number;
}

std::string in_stream(std::string_view stream)
{
    return "stream " + escape(stream);
}

PublishAnswer judge_error(const json::object& error, std::string_view stream, std::string_view prefix)
{
    const auto said = text_at(error, "description");
    switch (number_at(error, "err_code"))
    {
    case wrong_last_id:
    case wrong_last_sequence:
        return StreamMoved{};
    case too_long:
        return refusal(
            FailureKind::too_large, in_stream(stream) + " takes no event of this size: " + said,
            "raise its limit: nats stream edit " + escape(stream) + " --max-msg-size=-1", 413);
    case other_stream:
        return refusal(
            FailureKind::refused, "a stream other than " + escape(stream) + " has this subject: " + said,
            "let one stream have them all: " + stream_command(prefix));
    default:
        return refusal(
            number_at(error, "code") == 403 ? FailureKind::forbidden : FailureKind::server_error,
            in_stream(stream) + " does not store it: " + said,
            "see its limits and its state: nats stream info " + escape(stream));
    }
}

Refusal no_names(const json::object& error)
{
    const auto code = number_at(error, "err_code");
    if (code == not_for_this_account || code == not_on_this_server)
        return no_jetstream();
    return refusal(
        FailureKind::server_error, "JetStream does not tell its streams: " + text_at(error, "description"),
        "see whether it has a leader: nats server report jetstream");
}

std::string upper_case_name(std::string_view prefix)
{
    std::string name;
    for (const char c : prefix)
        name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

} // namespace

PublishAnswer judge_publish(std::string_view reply, std::string_view stream, std::string_view prefix)
{
    boost::system::error_code error;
    const auto parsed = json::parse(reply, error);
    if (error || !parsed.is_object())
        return unreadable();
    const auto& ack = parsed.get_object();
    if (const auto* const failed = ack.if_contains("error"))
        return failed->is_object() ? judge_error(failed->get_object(), stream, prefix) : unreadable();
    const auto seq = number_at(ack, "seq");
    if (seq <= 0)
        return unreadable();
    const auto* const duplicate = ack.if_contains("duplicate");
    return PublishAck{static_cast<std::uint64_t>(seq), duplicate && *duplicate == json::value(true)};
}

Refusal nobody_stores(std::string_view stream, std::string_view prefix)
{
    return refusal(
        FailureKind::unreachable, "no stream has this subject at the moment",
        in_stream(stream) + " has no leader just now, or not this subject: nats stream info " +
            escape(stream) + ", then nats stream edit " + escape(stream) + " --subjects '" + escape(prefix) +
            ".>'");
}

std::variant<std::string, Refusal> judge_stream_names(std::string_view reply, std::string_view prefix)
{
    boost::system::error_code error;
    const auto parsed = json::parse(reply, error);
    if (error || !parsed.is_object())
        return unreadable();
    const auto& answer = parsed.get_object();
    if (const auto* const failed = answer.if_contains("error"); failed && failed->is_object())
        return no_names(failed->get_object());
    const auto* const names = answer.if_contains("streams");
    if (!names || !names->is_array() || names->get_array().empty())
        return refusal(
            FailureKind::refused, "no stream has the subjects " + escape(prefix) + ".>",
            "simsync makes none by itself: " + stream_command(prefix));
    if (names->get_array().size() > 1)
        return refusal(
            FailureKind::refused,
            "several streams have subjects of " + escape(prefix) + ".>, and order holds within one",
            "let one stream have them all, or give the sink a subject of its own");
    const auto& name = names->get_array().front();
    return name.is_string() ? std::variant<std::string, Refusal>{std::string(name.get_string())}
                            : unreadable();
}

Refusal no_jetstream()
{
    return refusal(
        FailureKind::refused, "the NATS server has no JetStream for this account",
        "start it with JetStream (jetstream {} in its configuration, or nats-server -js), and allow it for "
        "the "
        "account that the sink logs in to");
}

std::optional<Refusal> doubt_about(const StreamFacts& stream, std::chrono::milliseconds timeout)
{
    using std::chrono::ceil;
    using std::chrono::seconds;
    const auto latest = ceil<seconds>(resend.longest + 2 * timeout);
    if (stream.duplicate_window >= latest)
        return std::nullopt;
    return refusal(
        FailureKind::refused,
        in_stream(stream.name) + " knows an event's id again for " +
            std::to_string(stream.duplicate_window.count()) + " ms, and it may be sent again after " +
            std::to_string(latest.count()) + " s",
        "nats stream edit " + escape(stream.name) + " --dupe-window 10m");
}

std::string stream_command(std::string_view prefix)
{
    return "nats stream add " + upper_case_name(prefix) + " --subjects '" + std::string(prefix) +
           ".>' --storage file --replicas 3 --retention limits --dupe-window 10m --defaults "
           "(one server alone: --replicas 1)";
}

} // namespace simsync
