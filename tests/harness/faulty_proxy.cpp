// One thread polls all sockets, so that messages have one order.
#include "harness/faulty_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>

namespace simsync::test
{
namespace
{

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

int listen_on_loopback()
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener, 16) != 0)
        fail("listen");
    return listener;
}

std::uint16_t port_of(int listener)
{
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0)
        fail("getsockname");
    return ntohs(address.sin_port);
}

// -1 where nobody listens.
int connect_to(const std::string& path)
{
    const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return server;
    close(server);
    return -1;
}

bool send_all(int to, std::string_view bytes)
{
    while (!bytes.empty())
    {
        const auto sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

constexpr std::size_t length_field = 4;

// The first message of the bytes; empty while it is not there as a whole. Each begins with a letter and its
// own length, which counts itself; a client's very first one lacks the letter.
std::optional<std::string_view> first_message(std::string_view bytes, bool has_letter)
{
    const std::size_t head = has_letter ? 1 : 0;
    if (bytes.size() < head + length_field)
        return std::nullopt;
    std::uint32_t length = 0;
    std::memcpy(&length, bytes.data() + head, sizeof length);
    const auto whole = head + ntohl(length);
    return bytes.size() < whole ? std::nullopt : std::optional(bytes.substr(0, whole));
}

struct Name
{
    char letter;
    std::string_view name;
};

constexpr std::array of_client{Name{'Q', "Query"},    Name{'P', "Parse"},    Name{'B', "Bind"},
                               Name{'D', "Describe"}, Name{'E', "Execute"},  Name{'S', "Sync"},
                               Name{'d', "CopyData"}, Name{'c', "CopyDone"}, Name{'X', "Terminate"}};
constexpr std::array of_server{
    Name{'R', "Authentication"}, Name{'S', "ParameterStatus"}, Name{'K', "BackendKeyData"},
    Name{'Z', "ReadyForQuery"},  Name{'1', "ParseComplete"},   Name{'2', "BindComplete"},
    Name{'T', "RowDescription"}, Name{'D', "DataRow"},         Name{'C', "CommandComplete"},
    Name{'G', "CopyInResponse"}, Name{'n', "NoData"},          Name{'E', "ErrorResponse"}};

template<std::size_t size>
std::string name_in(const std::array<Name, size>& names, char letter)
{
    const auto found = std::ranges::find(names, letter, &Name::letter);
    return found == names.end() ? std::string{letter} : std::string(found->name);
}

// What it says, of those messages that say something to people.
std::string words(std::string_view content)
{
    constexpr std::size_t enough = 60;
    std::string text;
    for (const char c : content.substr(0, enough))
        if (c != '\0')
            text += c == '\n' ? ' ' : c;
    return text;
}

std::string described(std::string_view message, bool to_server, bool has_letter)
{
    if (!has_letter)
        return "> Startup";
    const char letter = message.front();
    std::string text = to_server ? "> " + name_in(of_client, letter) : "< " + name_in(of_server, letter);
    const std::string_view with_words = to_server ? "QP" : "CE";
    if (with_words.find(letter) != std::string_view::npos)
        text += ' ' + words(message.substr(1 + length_field));
    return text;
}

} // namespace

struct FaultyProxy::Link
{
    Link(int from_client, int to_server) : client(from_client), server(to_server) {}
    ~Link()
    {
        close(client);
        close(server);
    }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    int client;
    int server;
    std::string from_client; // read, not passed on yet
    std::string from_server;
    bool started = false; // the client's first message has passed
    bool over = false;
};

FaultyProxy::FaultyProxy(const Cluster& cluster)
    : socket_of_server_(cluster.folder() / ".s.PGSQL.5432"),
      listener_(listen_on_loopback()),
      wake_(eventfd(0, EFD_CLOEXEC)),
      port_(port_of(listener_)),
      thread_([this] { serve(); })
{
}

FaultyProxy::~FaultyProxy()
{
    ending_ = true;
    eventfd_write(wake_, 1);
    thread_.join();
    close(wake_);
    close(listener_);
}

std::string FaultyProxy::url_of(const std::string& url) const
{
    return url + " host=127.0.0.1 port=" + std::to_string(port_) + // of two, the last one counts
           " sslmode=disable gssencmode=disable";
}

void FaultyProxy::count()
{
    begin({});
}

void FaultyProxy::cut_at(std::size_t number, Side side, std::function<void()> act)
{
    begin({number, side, std::move(act)});
}

void FaultyProxy::begin(Plan plan)
{
    const std::scoped_lock lock(mutex_);
    plan_ = std::move(plan);
    passed_.clear();
    has_cut_ = false;
}

bool FaultyProxy::has_cut() const
{
    const std::scoped_lock lock(mutex_);
    return has_cut_;
}

std::size_t FaultyProxy::passed() const
{
    const std::scoped_lock lock(mutex_);
    return passed_.size();
}

std::string FaultyProxy::passed(std::size_t number) const
{
    const std::scoped_lock lock(mutex_);
    return number == 0 || number > passed_.size() ? "nothing" : passed_[number - 1];
}

void FaultyProxy::serve()
{
    while (!ending_)
    {
        std::vector<pollfd> sockets{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
        std::vector<std::pair<Link*, bool>> meaning; // of those that follow: whose, and whether to the server
        for (auto& link : links_)
        {
            sockets.push_back({link.client, POLLIN, 0});
            meaning.emplace_back(&link, true);
            sockets.push_back({link.server, POLLIN, 0});
            meaning.emplace_back(&link, false);
        }
        poll(sockets.data(), sockets.size(), -1);
        if (sockets[1].revents != 0)
            accept_link();
        for (std::size_t i = 0; i < meaning.size(); ++i)
            if (auto [link, to_server] = meaning[i]; sockets[i + 2].revents != 0 && !link->over)
                forward(*link, to_server);
        links_.remove_if([](const Link& link) { return link.over; });
    }
    links_.clear();
}

void FaultyProxy::accept_link()
{
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0)
        return;
    const int at_once = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    if (const int server = connect_to(socket_of_server_); server >= 0)
        links_.emplace_back(client, server);
    else
        close(client);
}

void FaultyProxy::forward(Link& link, bool to_server)
{
    auto& bytes = to_server ? link.from_client : link.from_server;
    std::array<char, 65'536> buffer; // NOLINT(*-member-init): filled by recv
    const auto length = recv(to_server ? link.client : link.server, buffer.data(), buffer.size(), 0);
    if (length <= 0)
    {
        link.over = true;
        return;
    }
    bytes.append(buffer.data(), static_cast<std::size_t>(length));

    std::size_t done = 0;
    while (const auto message =
               first_message(std::string_view(bytes).substr(done), !to_server || link.started))
    {
        if (!pass(link, to_server, *message))
        {
            link.over = true;
            return;
        }
        done += message->size();
    }
    bytes.erase(0, done);
}

bool FaultyProxy::pass(Link& link, bool to_server, std::string_view message)
{
    std::unique_lock lock(mutex_);
    passed_.push_back(described(message, to_server, !to_server || link.started));
    link.started |= to_server;
    const bool due = !has_cut_ && plan_.number == passed_.size();
    has_cut_ |= due;
    const auto plan = due ? plan_ : Plan{};
    lock.unlock();

    if (due && plan.side == Side::before)
    {
        if (plan.act)
            plan.act();
        return false;
    }
    const bool sent = send_all(to_server ? link.server : link.client, message);
    if (due && plan.act)
        plan.act();
    return sent && !due;
}

} // namespace simsync::test
