#include "sink/nats_connection.hpp"

#include "model/escape.hpp"
#include "sink/cloud_event.hpp"
#include "sink/nats_login.hpp"
#include "sink/nats_status.hpp"

#include <nats/nats.h>

#include <atomic>
#include <charconv>
#include <climits>
#include <mutex>

namespace simsync
{
namespace
{

using namespace std::chrono;

// A server that says nothing for two of these is gone, though nothing is published that would show it.
constexpr milliseconds ping_interval{20'000};
constexpr int most_pings_out = 2;

// Headers, as JetStream names them.
constexpr const char* msg_id = "Nats-Msg-Id";
constexpr const char* expected_stream = "Nats-Expected-Stream";
constexpr const char* expected_last_id = "Nats-Expected-Last-Msg-Id";
constexpr const char* expected_last_seq = "Nats-Expected-Last-Sequence";

template<class T, void (*destroy)(T*)>
struct Destroy
{
    void operator()(T* what) const { destroy(what); }
};

template<class T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, Destroy<T, destroy>>;

using Options = Owned<natsOptions, natsOptions_Destroy>;
using Message = Owned<natsMsg, natsMsg_Destroy>;
using Subscription = Owned<natsSubscription, natsSubscription_Destroy>;
using JetStream = Owned<jsCtx, jsCtx_Destroy>;
using StreamInfo = Owned<jsStreamInfo, jsStreamInfo_Destroy>;
using Connection = Owned<natsConnection, natsConnection_Destroy>;
using Inbox = Owned<natsInbox, natsInbox_Destroy>;

std::uint64_t number_behind(std::string_view subject, std::size_t prefix)
{
    std::uint64_t number = 0;
    if (subject.size() > prefix)
        std::from_chars(subject.data() + prefix, subject.data() + subject.size(), number);
    return number;
}

// Empty where it bears none.
std::string id_of(natsMsg* message)
{
    const char* id = nullptr;
    return natsMsgHeader_Get(message, msg_id, &id) == NATS_OK ? id : "";
}

std::string_view data_of(const natsMsg* message)
{
    return {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
}

} // namespace

struct NatsConnection::Impl
{
    explicit Impl(NatsOptions given) : options(std::move(given)) {}
    ~Impl() { drop(); }

    std::int64_t wait() const { return options.timeout.count(); }
    std::optional<Refusal> connect();
    std::optional<Refusal> connect_to(const Endpoint& server);
    std::optional<Refusal> listen(const std::string& where);
    natsStatus configure(natsOptions* to, const Endpoint& server) const;
    void drop();
    Refusal give_up(Refusal refusal);
    std::variant<std::string, Refusal> find_stream();
    std::variant<StreamInfo, Refusal> open_stream();
    std::variant<StreamInfo, Refusal> stream_info();
    std::variant<bool, Refusal> lacks(const jsStreamInfo& facts, const HeldEvent& acknowledged);
    std::variant<HeldEvent, Refusal> last_event(const std::string& account);
    natsStatus set_headers(natsMsg* message, const NatsMessage& what) const;
    std::string subject_of(const NatsMessage& message) const;

    NatsOptions options;
    std::optional<NatsCredentials> credentials;
    std::size_t next_server = 0;
    std::mutex mutex; // `connection` itself, which `cut` looks at
    std::atomic<bool> is_cut = false;
    Connection connection;
    JetStream jetstream;
    Subscription replies;
    std::string inbox; // "_INBOX.xyz.", behind which the token stands
    std::string where; // "NATS nats://host:4222"
    std::string stream;
};

// --- the connection

// Server by server, from the one on that comes next: each has its own name in its certificate.
std::optional<Refusal> NatsConnection::Impl::connect()
{
    if (connection && !natsConnection_IsClosed(connection.get()))
        return std::nullopt;
    drop();
    std::optional<Refusal> telling;
    const auto& servers = options.address.servers;
    for (std::size_t tried = 0; tried < servers.size() && !is_cut; ++tried)
    {
        auto refusal = connect_to(servers[next_server++ % servers.size()]);
        if (!refusal)
            return std::nullopt;
        drop();
        // One that is there and refuses us says more than one that is away.
        if (!telling || telling->failure.kind == FailureKind::unreachable)
            telling = std::move(refusal);
    }
    return telling ? telling : Refusal{.failure = {.what = "told to stop"}};
}

std::optional<Refusal> NatsConnection::Impl::connect_to(const Endpoint& server)
{
    where = "NATS " + nats_server_url(server);
    natsOptions* made = nullptr;
    auto status = natsOptions_Create(&made);
    const Options how{made};
    if (status == NATS_OK)
        status = configure(how.get(), server);
    natsConnection* opened = nullptr;
    if (status == NATS_OK)
        status = natsConnection_Connect(&opened, how.get());
    if (status != NATS_OK)
        return refusal_of(status, where + " cannot be reached");
    {
        const std::lock_guard lock{mutex};
        connection.reset(opened);
    }
    return listen(where);
}

natsStatus NatsConnection::Impl::configure(natsOptions* to, const Endpoint& server) const
{
    auto status = natsOptions_SetURL(to, nats_server_url(server).c_str());
    const auto then = [&status](natsStatus next) { status = status == NATS_OK ? next : status; };
    then(natsOptions_SetName(to, options.name.c_str()));
    then(natsOptions_SetTimeout(to, wait()));
    then(natsOptions_SetWriteDeadline(to, wait()));
    then(natsOptions_SetAllowReconnect(to, false));
    then(natsOptions_SetIgnoreDiscoveredServers(to, true));
    then(natsOptions_SetPingInterval(to, ping_interval.count()));
    then(natsOptions_SetMaxPingsOut(to, most_pings_out));
    if (credentials)
        then(configure_login(to, *credentials));
    if (options.address.encrypted)
        then(configure_tls(to, server, options.ca_file));
    return status;
}

// One subscription takes all answers.
std::optional<Refusal> NatsConnection::Impl::listen(const std::string& at)
{
    natsInbox* name = nullptr;
    auto status = natsInbox_Create(&name);
    const Inbox owned{name};
    natsSubscription* subscribed = nullptr;
    if (status == NATS_OK)
    {
        inbox = std::string(name) + '.';
        status = natsConnection_SubscribeSync(&subscribed, connection.get(), (inbox + '*').c_str());
    }
    replies.reset(subscribed);
    jsOptions how;
    jsOptions_Init(&how);
    how.Wait = wait();
    jsCtx* context = nullptr;
    if (status == NATS_OK)
        status = natsConnection_JetStream(&context, connection.get(), &how);
    jetstream.reset(context);
    return status == NATS_OK ? std::nullopt
                             : std::optional{refusal_of(status, at + " cannot be listened to")};
}

bool NatsConnection::is_open() const
{
    return impl_->connection && !natsConnection_IsClosed(impl_->connection.get());
}

void NatsConnection::Impl::drop()
{
    replies.reset();
    jetstream.reset();
    stream.clear();
    Connection closing;
    {
        const std::lock_guard lock{mutex};
        closing = std::move(connection);
    }
}

Refusal NatsConnection::Impl::give_up(Refusal refusal)
{
    drop();
    return refusal;
}

void NatsConnection::cut()
{
    impl_->is_cut = true;
    const std::lock_guard lock{impl_->mutex};
    if (impl_->connection)
        natsConnection_Close(impl_->connection.get());
}

// --- the stream

std::variant<std::string, Refusal> NatsConnection::Impl::find_stream()
{
    const auto question = R"({"subject":")" + options.prefix + R"(.>"})";
    natsMsg* reply = nullptr;
    const auto status = natsConnection_RequestString(
        &reply, connection.get(), "$JS.API.STREAM.NAMES", question.c_str(), wait());
    const Message owned{reply};
    if (status == NATS_NO_RESPONDERS)
        return no_jetstream();
    if (status != NATS_OK)
        return refusal_of(status, where + " does not tell its streams");
    return judge_stream_names(data_of(reply), options.prefix);
}

// Connects where there is no connection; what refuses is given up.
std::variant<StreamInfo, Refusal> NatsConnection::Impl::open_stream()
{
    if (auto refusal = connect())
        return std::move(*refusal);
    auto info = stream_info();
    if (auto* const refusal = std::get_if<Refusal>(&info))
        return give_up(std::move(*refusal));
    return info;
}

std::variant<StreamInfo, Refusal> NatsConnection::Impl::stream_info()
{
    auto found = find_stream();
    if (auto* const refusal = std::get_if<Refusal>(&found))
        return std::move(*refusal);
    stream = std::move(std::get<std::string>(found));
    jsStreamInfo* info = nullptr;
    const auto status = js_GetStreamInfo(&info, jetstream.get(), stream.c_str(), nullptr, nullptr);
    StreamInfo owned{info};
    if (status != NATS_OK)
        return refusal_of(status, "stream " + escape(stream) + " does not tell where it ends");
    return owned;
}

// Without an id where the stream holds nothing of it.
std::variant<HeldEvent, Refusal> NatsConnection::Impl::last_event(const std::string& account)
{
    const auto subjects = options.prefix + '.' + account + ".>";
    natsMsg* last = nullptr;
    const auto status =
        js_GetLastMsg(&last, jetstream.get(), stream.c_str(), subjects.c_str(), nullptr, nullptr);
    const Message owned{last};
    if (status == NATS_NOT_FOUND)
        return HeldEvent{};
    if (status != NATS_OK)
        return refusal_of(status, "stream " + escape(stream) + " does not tell its last event");
    return HeldEvent{.id = id_of(last), .place = natsMsg_GetSequence(last)};
}

std::variant<bool, Refusal>
NatsConnection::Impl::lacks(const jsStreamInfo& facts, const HeldEvent& acknowledged)
{
    if (facts.Created != acknowledged.made || facts.State.LastSeq < acknowledged.place)
        return true;
    natsMsg* there = nullptr;
    const auto status =
        js_GetMsg(&there, jetstream.get(), stream.c_str(), acknowledged.place, nullptr, nullptr);
    const Message owned{there};
    if (status == NATS_OK)
        return id_of(there) != acknowledged.id;
    if (status == NATS_NOT_FOUND)
        return false;
    return refusal_of(status, "stream " + escape(stream) + " does not tell what it holds");
}

std::variant<StreamEnd, Refusal>
NatsConnection::find_end(const std::set<std::string>& accounts, const std::optional<HeldEvent>& acknowledged)
{
    auto info = impl_->open_stream();
    if (auto* const refusal = std::get_if<Refusal>(&info))
        return std::move(*refusal);
    const auto& facts = *std::get<StreamInfo>(info);
    StreamEnd end{.stream = impl_->stream, .last_seq = facts.State.LastSeq, .made = facts.Created};
    if (acknowledged)
    {
        auto lacks = impl_->lacks(facts, *acknowledged);
        if (auto* const refusal = std::get_if<Refusal>(&lacks))
            return impl_->give_up(std::move(*refusal));
        end.lacks = std::get<bool>(lacks);
    }
    for (const auto& account : accounts)
    {
        auto last = impl_->last_event(account);
        if (auto* const refusal = std::get_if<Refusal>(&last))
            return impl_->give_up(std::move(*refusal));
        if (auto& known = std::get<HeldEvent>(last); !known.id.empty())
        {
            known.made = end.made;
            end.last_events[account] = std::move(known);
        }
    }
    return end;
}

std::variant<StreamFacts, Refusal> NatsConnection::look()
{
    auto info = impl_->open_stream();
    if (auto* const refusal = std::get_if<Refusal>(&info))
        return std::move(*refusal);
    const auto& config = *std::get<StreamInfo>(info)->Config;
    return StreamFacts{
        .name = impl_->stream,
        .duplicate_window = duration_cast<milliseconds>(nanoseconds{config.Duplicates}),
        .replicas = config.Replicas};
}

// --- publishing

std::string NatsConnection::Impl::subject_of(const NatsMessage& message) const
{
    return options.prefix + '.' + std::string(message.account) + '.' + std::string(message.kind);
}

natsStatus NatsConnection::Impl::set_headers(natsMsg* message, const NatsMessage& what) const
{
    auto status = natsMsgHeader_Set(message, msg_id, std::string(what.id).c_str());
    const auto then = [&](const char* name, const std::string& value)
    { status = status == NATS_OK ? natsMsgHeader_Set(message, name, value.c_str()) : status; };
    then("Content-Type", cloud_event_type);
    then(expected_stream, stream);
    if (const auto* const id = std::get_if<std::string>(&what.behind.last))
        then(expected_last_id, *id);
    else if (const auto* const seq = std::get_if<std::uint64_t>(&what.behind.last))
        then(expected_last_seq, std::to_string(*seq));
    return status;
}

std::optional<Refusal> NatsConnection::publish(const NatsMessage& message, std::uint64_t token)
{
    if (!impl_->connection)
        return Refusal{.failure = {.what = impl_->where + " is not connected"}};
    natsMsg* made = nullptr;
    const auto reply_to = impl_->inbox + std::to_string(token);
    const auto length = message.body.size() > INT_MAX ? INT_MAX : static_cast<int>(message.body.size());
    auto status = natsMsg_Create(
        &made, impl_->subject_of(message).c_str(), reply_to.c_str(), message.body.data(), length);
    const Message owned{made};
    if (status == NATS_OK)
        status = impl_->set_headers(made, message);
    if (status == NATS_OK)
        status = natsConnection_PublishMsg(impl_->connection.get(), made);
    if (status == NATS_OK)
        return std::nullopt;
    auto refusal = refusal_of(status, impl_->where + " does not take it");
    return status == NATS_MAX_PAYLOAD ? std::move(refusal) : impl_->give_up(std::move(refusal));
}

std::variant<NatsReply, Refusal> NatsConnection::receive()
{
    if (!impl_->replies)
        return Refusal{.failure = {.what = impl_->where + " is not connected"}};
    natsMsg* received = nullptr;
    const auto status = natsSubscription_NextMsg(&received, impl_->replies.get(), impl_->wait());
    const Message owned{received};
    if (status == NATS_NO_RESPONDERS) // libnats keeps to itself to which message
        return nobody_stores(impl_->stream, impl_->options.prefix);
    if (status != NATS_OK)
        return impl_->give_up(refusal_of(
            status, status == NATS_TIMEOUT ? impl_->where + " acknowledges nothing"
                                           : "the connection to " + impl_->where + " is lost"));
    const auto token = number_behind(natsMsg_GetSubject(received), impl_->inbox.size());
    return NatsReply{token, judge_publish(data_of(received), impl_->stream, impl_->options.prefix)};
}

NatsConnection::NatsConnection(NatsOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
NatsConnection::~NatsConnection() = default;

void NatsConnection::log_in_with(std::optional<NatsCredentials> credentials)
{
    impl_->credentials = std::move(credentials);
}

} // namespace simsync
