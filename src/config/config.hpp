// Every key of the configuration, with its default: TOML in, plain values out, or every mistake with its
// place and a hint. A table's keys are read, and their bounds held, in its own file (account_section,
// sink_section, database_section, console_section; the small tables in config.cpp): what is said of bounds
// here tells what a reader of these values may rely on.
#pragma once

#include "model/event_match.hpp"
#include "model/sink_type.hpp"
#include "model/sweep.hpp"
#include "simsync/model/money.hpp"
#include "simsync/model/page.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace simsync
{

// Which version of a file it was: a secret that was written anew has another one. Compared, never shown.
struct FileMark
{
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified = 0; // nanoseconds since 1970

    bool operator==(const FileMark&) const = default;
};

// Where one secret is read.
struct SecretFile
{
    std::filesystem::path path;     // absolute; empty: none
    std::filesystem::path original; // that a service manager made `path` of when it started us; empty: none
    std::optional<FileMark> mark;   // of the original, else of the file; empty where it is out of sight

    bool empty() const noexcept { return path.empty(); }
    // NOLINTNEXTLINE(google-explicit-constructor): it is a file, and is read like any other
    operator const std::filesystem::path&() const noexcept { return path; }
    bool operator==(const SecretFile&) const = default;
};

// One `[[account]]`. Defaults are an interface, as the keys are; both ends of a range belong to it.
struct AccountConfig
{
    std::string name;     // [a-z0-9][a-z0-9_-]{0,62}
    std::string endpoint; // http(s), as written; http to anything but loopback with allow_plaintext only
    std::string username; // not empty
    SecretFile password_file;
    std::chrono::milliseconds sweep_interval{60'000};         // 100ms to 1d
    std::optional<std::chrono::milliseconds> recent_interval; // 100ms to 1d; 0: off; empty: auto
    std::size_t page_size = 500;                              // 1 to 10,000
    std::size_t concurrency = 4;                              // 1 to 64
    Pagination pagination = Pagination::automatic;
    std::chrono::milliseconds request_timeout{30'000}; // 100ms to 10m
    double max_requests_per_second = 0;                // 0 to 1,000,000; 0: no limit of our own
    bool allow_plaintext = false;
    std::filesystem::path ca_file; // absolute; empty: the system's alone
    std::optional<FileMark> ca_mark{};
    std::string refresh_path;   // begins with a slash; empty: log in again
    std::vector<Filter> filter; // all joined by AND; dates are text as to_text(Timestamp) writes it

    bool operator==(const AccountConfig&) const = default;
};

// One `[[sink]]`.
struct SinkConfig
{
    std::string name; // [a-z0-9][a-z0-9_-]{0,62}; its consumer is "sink:<name>"
    SinkType type = SinkType::webhook;
    // As parse_address takes it, of a NATS sink as parse_nats_address does; http to anything but loopback
    // with allow_plaintext only. Out of url_file where that is set, and empty where secrets are untouched.
    // Its path may be a secret.
    std::string url;
    SecretFile url_file;            // empty: url was written
    SecretFile secret_file;         // empty: not signed, not authorized
    std::vector<std::string> kinds; // of events; empty: all
    bool standing = false;          // also what stood before simsync came
    EventMatch match;               // of these only what matches
    std::chrono::milliseconds timeout{
        10'000}; // 100ms to 10m, of one delivery; of a NATS sink 2s where it is not set
    // Of a webhook alone: 1 to 512 requests on their way, 1 to 1,000 events in one.
    std::size_t concurrency = 64;
    std::size_t batch = 1;
    std::string subject = "simsync"; // of a NATS sink alone: tokens that its subjects begin with
    bool allow_plaintext = false;
    std::filesystem::path ca_file; // absolute; empty: the system's alone
    std::optional<FileMark> ca_mark{};

    bool operator==(const SinkConfig&) const = default;
};

struct RemovalConfig
{
    double guard_fraction = 0.05;   // 0 to 1
    std::size_t guard_minimum = 10; // 0 to 1,000,000,000

    bool operator==(const RemovalConfig&) const = default;
};

struct AlertConfig
{
    std::optional<Money> balance_low;       // absent: no balance.low
    std::optional<Money> balance_recovered; // balance_low unless it is set; never less
    // Distinct, the longest first; each 1s to 3650d.
    std::vector<std::chrono::seconds> tariff_expiry_warnings{
        std::chrono::days{7}, std::chrono::days{3}, std::chrono::days{1}};
    std::chrono::milliseconds stale_after{300'000}; // 1s to 365d

    bool operator==(const AlertConfig&) const = default;
};

// Who may log in to the console. The hash is crypt's own text, with its method, cost and salt.
struct ConsoleLogin
{
    std::string user;
    std::string hash; // bcrypt, yescrypt or as strong

    bool operator==(const ConsoleLogin&) const = default;
};

// `[console]`: the pages at `/` of http_listen.
struct ConsoleConfig
{
    bool enabled = true;
    std::vector<std::string> hosts;   // in lower case, without a port
    SecretFile password_file;         // empty: peers on this host alone, who are not asked
    std::vector<ConsoleLogin> logins; // out of it, each user once; empty where secrets are untouched
    bool allow_plaintext = false;     // a login that comes from another host
    std::string user_header;          // in which a proxy on this host says who asks; empty: none
    std::string database_url;         // for libpq only, as Config::database_url; empty: that one

    bool operator==(const ConsoleConfig&) const = default;
};

struct LogConfig
{
    std::string level = "info";  // trace debug info warn error
    std::string format = "auto"; // auto text json journal

    bool operator==(const LogConfig&) const = default;
};

struct Config
{
    std::string database_url =
        "postgresql:///simsync";         // with the password, where there is one: for libpq only
    std::size_t database_lanes = 8;      // writing connections, each for many accounts
    SecretFile database_password_file;   // empty: whatever libpq finds by itself
    std::vector<AccountConfig> accounts; // one or more, each with a name of its own
    std::vector<SinkConfig> sinks;       // each with a name of its own
    RemovalConfig removal;
    AlertConfig alert;
    std::chrono::seconds events_retention = std::chrono::days{400}; // 1d to 36525d; 0: keep all
    // "host:port", "[v6]:port"; port 0: any free one; "unix:/path"; empty: off
    std::string http_listen = "127.0.0.1:9469";
    // Under which people reach it, as alerts link to it: http(s)://host[:port][/path]; empty: http_listen's
    // own.
    std::string http_url;
    ConsoleConfig console;
    LogConfig log;

    bool operator==(const Config&) const = default;
};

struct ConfigDiagnostic
{
    std::string what; // one sentence that begins with its place: "/etc/simsync/simsync.toml:12:1: …"; without
                      // line and column where the file could not be read at all
    std::string hint; // without "HINT:"
};

// Every mistake of a configuration, in the order of the file; one alone where it is no TOML. `what()` is the
// first one's sentence. No sentence and no hint quotes what may be a secret.
class ConfigError : public std::runtime_error
{
public:
    explicit ConfigError(std::vector<ConfigDiagnostic> diagnostics) // at least one
        : std::runtime_error(diagnostics.front().what),
          diagnostics_(std::move(diagnostics))
    {
    }
    const std::vector<ConfigDiagnostic>& diagnostics() const noexcept { return diagnostics_; }

private:
    std::vector<ConfigDiagnostic> diagnostics_;
};

enum class Secrets
{
    tried,     // each password file must be there and readable
    untouched, // for whoever works with the database alone and may not read them. The database's own password
               // is taken where it can be read, unless PGUSER, PGPASSWORD or PGPASSFILE say who asks
};

// Reads and checks the whole file; password and CA files are checked too, so that a reload is taken whole or
// not at all. Throws ConfigError.
Config load_config(const std::filesystem::path& file, Secrets secrets = Secrets::tried);

// The first line of a password file, without its end. Refuses one that is missing, empty, open to every user
// of the machine, longer than 1024 bytes, or no text (NUL, not UTF-8). The text of the error names the file
// and nothing of its content. Throws ConfigError.
std::string read_password(const std::filesystem::path& file);

// The whole of a secret's file, which has many lines; refuses what read_password refuses, and more than 64
// KiB.
std::string read_whole_password_file(const std::filesystem::path& file);

// In the order of the file.
std::vector<std::string> account_names(const Config& config);

// Where the pages of the console begin, for a link; ends with a slash. Empty where nothing is served, or on a
// socket that no browser opens.
std::string console_url(const Config& config);

// All secrets that the configuration names.
std::vector<SecretFile> secret_files(const Config& config);

// Reads each of them now, for a process that is about to lose the right to: from then on read_password and
// read_whole_password_file answer for these files as they would have now. Not thread-safe: for the start.
void keep_passwords(const std::vector<SecretFile>& files);

// The filter as canonical JSON text ("[]" is none), whatever the order and the spelling in the file: equal
// texts select the same SIMs, so a changed text is a new baseline. For filters joined by AND.
std::string scope_text(const std::vector<Filter>& filter);

} // namespace simsync
