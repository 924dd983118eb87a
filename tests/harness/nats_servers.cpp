// Configuration files, processes, and libnats as a reader. It shares nothing with the sink's own connection.
#include "harness/nats_servers.hpp"

#include <arpa/inet.h>
#include <nats/nats.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono;

constexpr seconds patience{60};

unsigned short free_port()
{
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (socket < 0 || bind(socket, any, length) != 0 || getsockname(socket, any, &length) != 0)
        throw std::runtime_error("no free port on loopback");
    close(socket);
    return ntohs(address.sin_port);
}

std::string at(unsigned short port)
{
    return "127.0.0.1:" + std::to_string(port);
}

constexpr std::int64_t silence = 2'000; // ms, of a consumer that has more to read

void await(const std::string& what, const std::function<bool()>& is_so)
{
    for (const auto end = steady_clock::now() + patience; !is_so();)
    {
        if (steady_clock::now() > end)
            throw std::runtime_error("nats-server does not get there: " + what);
        std::this_thread::sleep_for(milliseconds{50});
    }
}

std::string header(natsMsg* message, const char* name)
{
    const char* value = nullptr;
    return natsMsgHeader_Get(message, name, &value) == NATS_OK ? value : "";
}

} // namespace

struct NatsServers::Impl
{
    struct Server
    {
        unsigned short port = free_port();
        unsigned short route = free_port();
        std::unique_ptr<Process> process;
        bool frozen = false;
    };

    std::string name_of(std::size_t server) const { return "n" + std::to_string(server); }

    void configure(std::size_t server, const std::string& more)
    {
        const auto& own = servers[server];
        std::ofstream file{folder / (name_of(server) + ".conf")};
        file << "server_name: " << name_of(server) << "\nlisten: " << at(own.port)
             << "\njetstream { store_dir: \"" << (folder / name_of(server)).string() << "\" }\n"
             << more << '\n';
        if (servers.size() == 1)
            return;
        file << "cluster { name: c, listen: " << at(own.route) << ", routes: [";
        for (const auto& other : servers)
            file << (&other == &servers.front() ? "" : ", ") << "nats://" << at(other.route);
        file << "] }\n";
    }

    void start(std::size_t server)
    {
        auto& own = servers[server];
        if (std::exchange(own.frozen, false))
        {
            ::kill(own.process->id(), SIGCONT);
            return;
        }
        own.process = std::make_unique<Process>(
            unprivileged({"/usr/sbin/nats-server", "-c", folder / (name_of(server) + ".conf")}),
            folder / (name_of(server) + ".log"));
    }

    // The first messages of a stream, at most so many; fewer where nobody may read, or the consumer falls
    // silent.
    std::vector<StoredMessage> read(const std::string& stream, std::size_t most)
    {
        std::vector<StoredMessage> all;
        jsSubOptions how;
        jsSubOptions_Init(&how);
        how.Stream = stream.c_str();
        how.Ordered = true;
        natsSubscription* subscription = nullptr;
        if (js_SubscribeSync(&subscription, jetstream(), ">", nullptr, &how, nullptr) != NATS_OK)
            return all; // not just now
        for (natsMsg* message = nullptr;
             all.size() < most && natsSubscription_NextMsg(&message, subscription, silence) == NATS_OK;
             natsMsg_Destroy(message))
            all.push_back(
                {natsMsg_GetSubject(message),
                 header(message, "Nats-Msg-Id"),
                 header(message, "Content-Type"),
                 {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))}});
        natsSubscription_Destroy(subscription);
        return all;
    }

    // Any server that runs; a new connection each time one was killed.
    jsCtx* jetstream()
    {
        if (context && natsConnection_Status(connection) == NATS_CONN_STATUS_CONNECTED)
            return context;
        disconnect();
        for (const auto& server : servers)
            if (server.process && !server.frozen && connect_to(server.port))
                return context;
        return nullptr;
    }

    bool connect_to(unsigned short port)
    {
        natsOptions* options = nullptr;
        natsOptions_Create(&options);
        natsOptions_SetURL(options, ("nats://" + at(port)).c_str());
        natsOptions_SetAllowReconnect(options, false);
        natsOptions_SetIgnoreDiscoveredServers(options, true);
        if (!user.empty())
            natsOptions_SetUserInfo(options, user.c_str(), password.c_str());
        if (!credentials_file.empty())
            natsOptions_SetUserCredentialsFromFiles(options, credentials_file.c_str(), nullptr);
        const bool connected = natsConnection_Connect(&connection, options) == NATS_OK;
        natsOptions_Destroy(options);
        return connected && natsConnection_JetStream(&context, connection, nullptr) == NATS_OK;
    }

    void disconnect()
    {
        jsCtx_Destroy(context);
        natsConnection_Destroy(connection);
        context = nullptr;
        connection = nullptr;
    }

    // What the stream tells of itself; false where it does not.
    bool look(const std::string& stream, const std::function<bool(const jsStreamInfo&)>& use)
    {
        auto* const js = jetstream();
        jsStreamInfo* info = nullptr;
        if (!js || js_GetStreamInfo(&info, js, stream.c_str(), nullptr, nullptr) != NATS_OK)
            return false;
        const bool result = use(*info);
        jsStreamInfo_Destroy(info);
        return result;
    }

    Folder folder;
    std::vector<Server> servers;
    std::string user;
    std::string password;
    std::string credentials_file;
    natsConnection* connection = nullptr;
    jsCtx* context = nullptr;
};

NatsServers::NatsServers(std::size_t count, const std::string& more) : impl_(std::make_unique<Impl>())
{
    impl_->servers.resize(count);
    for (std::size_t i = 0; i < count; ++i)
        impl_->configure(i, more);
    for (std::size_t i = 0; i < count; ++i)
        start(i);
}

NatsServers::~NatsServers()
{
    impl_->disconnect();
}

std::string NatsServers::host_and_port(std::size_t server) const
{
    return at(impl_->servers[server].port);
}

std::string NatsServers::url() const
{
    std::string url = "nats://";
    for (std::size_t i = 0; i < impl_->servers.size(); ++i)
        url += (i == 0 ? "" : ",") + host_and_port(i);
    return url;
}

void NatsServers::kill(std::size_t server)
{
    impl_->servers[server].process->end(SIGKILL);
    impl_->servers[server].process.reset();
}

void NatsServers::freeze(std::size_t server)
{
    ::kill(impl_->servers[server].process->id(), SIGSTOP);
    impl_->servers[server].frozen = true;
    impl_->disconnect();
}

void NatsServers::start(std::size_t server)
{
    impl_->start(server);
}

void NatsServers::log_in_as(std::string user, std::string password)
{
    impl_->user = std::move(user);
    impl_->password = std::move(password);
}

void NatsServers::log_in_by(std::string credentials_file)
{
    impl_->credentials_file = std::move(credentials_file);
}

void NatsServers::add_stream(
    const std::string& name, const std::string& subjects, milliseconds duplicate_window)
{
    const char* const subject = subjects.c_str();
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = name.c_str();
    config.Subjects = const_cast<const char**>(&subject);
    config.SubjectsLen = 1;
    config.Replicas = static_cast<std::int64_t>(impl_->servers.size());
    config.Duplicates = duration_cast<nanoseconds>(duplicate_window).count();
    await(
        "a stream " + name,
        [&]
        {
            auto* const js = impl_->jetstream();
            return js && js_AddStream(nullptr, js, &config, nullptr, nullptr) == NATS_OK;
        });
    await_all_current(name);
}

void NatsServers::delete_stream(const std::string& name)
{
    await(
        "no stream " + name,
        [&]
        {
            auto* const js = impl_->jetstream();
            return js && js_DeleteStream(js, name.c_str(), nullptr, nullptr) == NATS_OK;
        });
}

void NatsServers::purge_stream(const std::string& name)
{
    if (js_PurgeStream(impl_->jetstream(), name.c_str(), nullptr, nullptr) != NATS_OK)
        throw std::runtime_error("nats-server does not purge " + name);
}

void NatsServers::publish(const StoredMessage& message)
{
    natsMsg* made = nullptr;
    natsMsg_Create(
        &made, message.subject.c_str(), nullptr, message.body.data(), static_cast<int>(message.body.size()));
    natsMsgHeader_Set(made, "Nats-Msg-Id", message.id.c_str());
    natsMsgHeader_Set(made, "Content-Type", message.content_type.c_str());
    const auto status = js_PublishMsg(nullptr, impl_->jetstream(), made, nullptr, nullptr);
    natsMsg_Destroy(made);
    if (status != NATS_OK)
        throw std::runtime_error("nats-server takes nothing on " + message.subject);
}

void NatsServers::publish(const std::string& subject, const std::string& body)
{
    if (js_Publish(
            nullptr, impl_->jetstream(), subject.c_str(), body.data(), static_cast<int>(body.size()), nullptr,
            nullptr) != NATS_OK)
        throw std::runtime_error("nats-server takes nothing on " + subject);
}

std::size_t NatsServers::leader(const std::string& stream)
{
    std::string name;
    await(
        "a leader of " + stream,
        [&]
        {
            return impl_->look(
                stream,
                [&](const jsStreamInfo& info)
                {
                    name = info.Cluster && info.Cluster->Leader ? info.Cluster->Leader : "n0";
                    return !name.empty();
                });
        });
    return static_cast<std::size_t>(name.at(1) - '0');
}

void NatsServers::await_all_current(const std::string& stream)
{
    await(
        "copies of " + stream + " that are current",
        [&]
        {
            return impl_->look(
                stream,
                [](const jsStreamInfo& info)
                {
                    for (int i = 0; info.Cluster && i < info.Cluster->ReplicasLen; ++i)
                        if (!info.Cluster->Replicas[i]->Current)
                            return false;
                    return true;
                });
        });
}

std::uint64_t NatsServers::count(const std::string& stream)
{
    std::uint64_t messages = 0;
    await(
        "an answer of " + stream,
        [&]
        {
            return impl_->look(
                stream,
                [&](const jsStreamInfo& info)
                {
                    messages = info.State.Msgs;
                    return true;
                });
        });
    return messages;
}

// A consumer on a node that has just come back may fall silent in the middle of a stream that is whole (2.9):
// then it is read anew.
std::vector<StoredMessage> NatsServers::messages(const std::string& stream)
{
    const auto expected = count(stream);
    std::vector<StoredMessage> all;
    await(
        "all that " + stream + " holds",
        [&]
        {
            all = impl_->read(stream, expected);
            return all.size() == expected;
        });
    return all;
}

} // namespace simsync::test
