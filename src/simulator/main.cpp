// simsync-simulator: a stand-in MyPhone API for demos, tests and benchmarks. Reads the command line, starts
// the server, prints its URL and waits for a signal. main → Server → Service → Fleet.
#include "simulator/duration.hpp"
#include "simulator/server.hpp"

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <charconv>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>

namespace
{

using namespace simsync::simulator;

constexpr int done = 0;
constexpr int wrong_usage = 64;
constexpr int unreachable = 69;
constexpr int defect = 70;

// Ids keep their eight digits up to here.
constexpr std::size_t most_sims = 89'999'999;

// The command line's values before they are understood.
struct Arguments
{
    std::string listen = "127.0.0.1:8080";
    std::size_t sims = 5'000;
    std::uint64_t seed = 1;
    double churn = 0;
    std::uint32_t latency = 0;
    std::size_t max_limit = 0;
    std::string token_ttl = "15m";
    std::string username = "partner";
    std::string password_file;
    bool gzip = false;
    double fault_rate = 0;
    std::string tls_cert;
    std::string tls_key;
};

// A sentence that names what is wrong, and what to do about it.
struct WrongUsage
{
    std::string sentence;
    std::string hint;
};

// Without its limits in the help, where they would stand between an option and its default.
template<class T>
CLI::Validator range(T least, T most)
{
    return CLI::Range(least, most).description("");
}

void describe(CLI::App& app, Arguments& arguments)
{
    app.add_option("--listen", arguments.listen, "HOST:PORT to listen on; port 0 picks a free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    app.add_option("--sims", arguments.sims, "SIM cards in the fleet")
        ->type_name("N")
        ->check(range(std::size_t{0}, most_sims))
        ->capture_default_str();
    app.add_option("--seed", arguments.seed, "Decides the fleet and the sequence of its changes")
        ->type_name("K")
        ->capture_default_str();
    app.add_option("--churn", arguments.churn, "Changes to the fleet per second; 0: none")
        ->type_name("CHANGES_PER_SECOND")
        ->check(range(0.0, 100'000.0))
        ->capture_default_str();
    app.add_option("--latency", arguments.latency, "Delays each answer")
        ->type_name("MS")
        ->capture_default_str();
    app.add_option("--max-limit", arguments.max_limit, "Caps the limit of a page; 0: no cap")
        ->type_name("N")
        ->capture_default_str();
    app.add_option(
           "--token-ttl", arguments.token_ttl, "Life of an access token: an integer and ms, s, m, h or d")
        ->type_name("DURATION")
        ->capture_default_str();
    app.add_option("--username", arguments.username, "Who may log in")->type_name("U")->capture_default_str();
    app.add_option(
           "--password-file", arguments.password_file,
           "File whose first line is the password; without it the password is \"partner\"")
        ->type_name("F");
    app.add_option(
           "--fault-rate", arguments.fault_rate,
           "Share of requests to spoil: 401, 429, 503, GraphQL errors, HTML, cut and short answers")
        ->type_name("SHARE")
        ->check(range(0.0, 1.0))
        ->capture_default_str();
    auto* certificate = app.add_option(
        "--tls-cert", arguments.tls_cert, "PEM certificate chain; makes it https, with --tls-key");
    auto* key = app.add_option("--tls-key", arguments.tls_key, "PEM private key of --tls-cert");
    certificate->option_text("F")->needs(key);
    key->option_text("F")->needs(certificate);
    app.add_flag(
        "--gzip", arguments.gzip, "Compress answers for clients that ask for it (costs half the speed)");
}

bool is_address(const std::string& host)
{
    in6_addr parsed{};
    return inet_pton(AF_INET, host.c_str(), &parsed) == 1 || inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

void read_address(const std::string& listen, ServerOptions& options)
{
    const auto colon = listen.rfind(':');
    const auto port = colon == std::string::npos ? std::string{} : listen.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), options.port);
    if (port.empty() || read.ec != std::errc{} || read.ptr != port.data() + port.size())
        throw WrongUsage{"--listen \"" + listen + "\" is not HOST:PORT.", "for example --listen 127.0.0.1:0"};

    options.host = listen.substr(0, colon);
    if (options.host == "localhost")
        options.host = "127.0.0.1";
    if (options.host.starts_with('[') && options.host.ends_with(']'))
        options.host = options.host.substr(1, options.host.size() - 2);
    if (!is_address(options.host))
        throw WrongUsage{
            "--listen \"" + listen + "\" names no address.", "an IP address or localhost before the port"};
}

std::string read_password(const std::string& path)
{
    std::ifstream file{path};
    std::string password;
    std::getline(file, password);
    if (file.fail())
        throw WrongUsage{
            "The password file " + path + " cannot be read or is empty.",
            "name a file whose first line is the password"};
    if (password.ends_with('\r'))
        password.pop_back();
    return password;
}

ServerOptions understand(const Arguments& arguments)
{
    ServerOptions options;
    read_address(arguments.listen, options);
    options.sims = arguments.sims;
    options.seed = arguments.seed;
    options.churn = arguments.churn;
    options.latency = std::chrono::milliseconds{arguments.latency};
    options.gzip = arguments.gzip;
    options.tls_certificate = arguments.tls_cert;
    options.tls_key = arguments.tls_key;
    options.service.max_limit = arguments.max_limit;
    options.service.username = arguments.username;
    if (!arguments.password_file.empty())
        options.service.password = read_password(arguments.password_file);

    if (arguments.fault_rate > 0)
        options.service.on_request = [faults = RandomFaults{arguments.fault_rate, arguments.seed}](
                                         std::string_view, Fleet&) mutable { return faults.next(); };

    const auto ttl = parse_duration(arguments.token_ttl);
    if (!ttl)
        throw WrongUsage{
            "--token-ttl \"" + arguments.token_ttl + "\" is not a duration.",
            "an integer and ms, s, m, h or d, for example --token-ttl 90s"};
    options.service.token_ttl = *ttl;
    return options;
}

// Blocks the signals in this thread and all that it starts, so that only sigwait takes them.
sigset_t block_stop_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

int serve(const Arguments& arguments)
{
    const auto signals = block_stop_signals();
    Server server{understand(arguments)};
    server.start();
    std::cout << server.url() << std::endl;

    int received = 0;
    sigwait(&signals, &received);
    server.stop();
    return done;
}

int fail(int code, const std::string& sentence, const std::string& hint)
{
    std::cerr << "simsync-simulator: " << sentence << "\nHINT: " << hint << '\n';
    return code;
}

} // namespace

int main(int argc, char** argv)
{
    Arguments arguments;
    CLI::App app{
        "A stand-in MyPhone API with a fleet of its own, for demos, tests and benchmarks.",
        "simsync-simulator"};
    describe(app, arguments);
    try
    {
        app.parse(argc, argv);
        return serve(arguments);
    }
    catch (const CLI::CallForHelp&)
    {
        std::cout << app.help();
        return done;
    }
    catch (const CLI::ParseError& error)
    {
        return fail(
            wrong_usage, std::string{error.what()} + ".", "simsync-simulator --help lists the options");
    }
    catch (const WrongUsage& usage)
    {
        return fail(wrong_usage, usage.sentence, usage.hint);
    }
    catch (const std::system_error& error)
    {
        return fail(
            unreachable, std::string{error.what()} + ".",
            "check --listen (127.0.0.1:0 picks a free port), --tls-cert and --tls-key");
    }
    catch (const std::exception& error)
    {
        return fail(defect, error.what(), "this is a defect of the simulator; please report it");
    }
}
