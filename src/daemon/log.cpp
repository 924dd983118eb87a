// Lines and journal fields from entries.
#include "daemon/log.hpp"

#include "model/escape.hpp"

#include <boost/json.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION // this file's lines say nothing of where an entry comes from
#include <systemd/sd-journal.h>

#include <cstdlib>
#include <memory>

namespace simsync::log
{
namespace
{

// An answer of the API is quoted with at most 200 bytes; a sentence of ours needs a little more.
constexpr std::size_t longest_text = 1'000;

enum class Format
{
    text,
    json,
    journal,
};

// systemd tells a service which device and inode its journal stream has (systemd.exec(5), $JOURNAL_STREAM).
bool stderr_is_the_journal()
{
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status
    {
    };
    if (stream == nullptr || fstat(STDERR_FILENO, &status) != 0)
        return false;
    return std::string(stream) == std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

Format format_named(const std::string& name)
{
    if (name == "json")
        return Format::json;
    if (name == "journal" || (name == "auto" && stderr_is_the_journal()))
        return Format::journal;
    return Format::text;
}

// As syslog(3) numbers them.
int priority(spdlog::level::level_enum level)
{
    switch (level)
    {
    case spdlog::level::trace:
    case spdlog::level::debug:
        return 7;
    case spdlog::level::info:
        return 6;
    case spdlog::level::warn:
        return 4;
    default:
        return 3;
    }
}

// "<6>": the priority that journald takes off a line (sd-daemon(3)).
class Priority : public spdlog::custom_flag_formatter
{
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override
    {
        const auto text = '<' + std::to_string(priority(message.level)) + '>';
        out.append(text.data(), text.data() + text.size());
    }

    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

std::unique_ptr<spdlog::formatter> formatter(Format format)
{
    const auto zone =
        format == Format::json ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local;
    auto made = std::make_unique<spdlog::pattern_formatter>(zone);
    switch (format)
    {
    case Format::text:
        made->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
        break;
    case Format::json:
        made->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})");
        break;
    case Format::journal:
        made->add_flag<Priority>('*').set_pattern("%*%v");
        break;
    }
    return made;
}

// Colour on a terminal, but not against the wish of its user (https://no-color.org).
std::shared_ptr<spdlog::sinks::sink> stderr_sink()
{
    const char* refused = std::getenv("NO_COLOR");
    const bool plain = refused != nullptr && *refused != '\0';
    return std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
        plain ? spdlog::color_mode::never : spdlog::color_mode::automatic);
}

struct Log
{
    Log()
    {
        logger.set_formatter(formatter(format));
        logger.flush_on(spdlog::level::trace);
    }

    Format format = Format::text;
    Journal journal; // empty: lines on stderr
    spdlog::logger logger{"simsync", stderr_sink()};
};

Log& the_log()
{
    static Log log;
    return log;
}

std::string json_text(std::string_view text)
{
    return boost::json::serialize(boost::json::string(escape(text, longest_text)));
}

std::string json_value(const Value& value)
{
    return value.is_number() ? value.text() : json_text(value.text());
}

std::string
json_members(std::string_view account, std::string_view message, const Fields& fields, const Fields& facts)
{
    std::string line;
    if (!account.empty())
        line += "\"account\":" + json_text(account) + ',';
    line += "\"message\":" + json_text(message);
    for (const auto* each : {&fields, &facts})
        for (const auto& [name, value] : *each)
            line += ',' + json_text(name) + ':' + json_value(value);
    return line;
}

std::string quoted_where_it_must_be(const std::string& value)
{
    const bool bare = !value.empty() && value.find_first_of(" =\"") == std::string::npos;
    return bare ? escape(value, longest_text) : json_text(value);
}

// "main: is degraded  error=…"
std::string plain_text(std::string_view account, std::string_view message, const Fields& fields)
{
    std::string line;
    if (!account.empty())
        line.append(account).append(": ");
    line += escape(message, longest_text);
    for (const auto& [name, value] : fields)
        line += "  " + name + '=' + quoted_where_it_must_be(value.text());
    return line;
}

// systemd.journal-fields(7): capitals, digits and underscores.
std::string journal_name(std::string_view name)
{
    std::string upper;
    for (const char c : name)
        if (c >= 'a' && c <= 'z')
            upper += static_cast<char>(c - 'a' + 'A');
        else
            upper += (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    return upper;
}

// The message is the whole line, for `journalctl` shows nothing else by itself.
std::vector<std::string> journal_fields(
    spdlog::level::level_enum level, std::string_view account, std::string_view message, const Fields& fields,
    const Fields& facts)
{
    std::vector<std::string> all{
        "MESSAGE=" + plain_text(account, message, fields), "PRIORITY=" + std::to_string(priority(level)),
        "SYSLOG_IDENTIFIER=simsync"};
    if (!account.empty())
        all.push_back("ACCOUNT=" + std::string(account));
    for (const auto* each : {&fields, &facts})
        for (const auto& [name, value] : *each)
            all.push_back(journal_name(name) + '=' + escape(value.text(), longest_text));
    return all;
}

void write(
    spdlog::level::level_enum level, std::string_view account, std::string_view message, const Fields& fields,
    const Fields& facts)
{
    auto& log = the_log();
    if (!log.logger.should_log(level))
        return;
    if (log.journal && log.journal(journal_fields(level, account, message, fields, facts)))
        return;
    const auto line = log.format == Format::json ? json_members(account, message, fields, facts)
                                                 : plain_text(account, message, fields);
    log.logger.log(level, spdlog::string_view_t(line.data(), line.size()));
}

} // namespace

// Without a journald libsystemd takes every entry and drops it, so we look for ourselves.
bool send_to_journald(const std::vector<std::string>& fields)
{
    if (access("/run/systemd/journal/socket", W_OK) != 0)
        return false;
    std::vector<iovec> parts;
    parts.reserve(fields.size());
    for (const auto& field : fields)
        parts.push_back({const_cast<char*>(field.data()), field.size()});
    return sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0;
}

void set_up(const LogConfig& config, Journal journal)
{
    auto& log = the_log();
    log.format = format_named(config.format);
    const bool as_fields = log.format == Format::journal && stderr_is_the_journal();
    log.journal = as_fields ? std::move(journal) : Journal{};
    log.logger.set_formatter(formatter(log.format));
    log.logger.set_level(spdlog::level::from_str(config.level));
}

bool is_text()
{
    return the_log().format == Format::text;
}

void debug(std::string_view account, std::string_view message, const Fields& fields, const Fields& facts)
{
    write(spdlog::level::debug, account, message, fields, facts);
}

void info(std::string_view account, std::string_view message, const Fields& fields, const Fields& facts)
{
    write(spdlog::level::info, account, message, fields, facts);
}

void warn(std::string_view account, std::string_view message, const Fields& fields, const Fields& facts)
{
    write(spdlog::level::warn, account, message, fields, facts);
}

void error(std::string_view account, std::string_view message, const Fields& fields, const Fields& facts)
{
    write(spdlog::level::err, account, message, fields, facts);
}

} // namespace simsync::log
