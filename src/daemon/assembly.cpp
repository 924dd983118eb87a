#include "daemon/assembly.hpp"

#include "api/bounds.hpp"
#include "config/secret_file.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

// Read anew for each delivery, for a secret may be replaced while we run. A file that is wrong for a while
// makes deliveries fail and be tried again; it ends nothing.
Answer<std::string> secret_of(const std::filesystem::path& file, SinkType type)
{
    try
    {
        return secret_is_whole_file(type) ? read_whole_password_file(file) : read_password(file);
    }
    catch (const ConfigError& error)
    {
        return Failure{.kind = FailureKind::unauthorized, .what = error.what()};
    }
}

} // namespace

ClientOptions client_options(const AccountConfig& account)
{
    ClientOptions options;
    options.endpoint = account.endpoint;
    options.username = account.username;
    options.password = [path = account.password_file] { return read_password(path); };
    options.ca_file = account.ca_file.string();
    options.refresh_path = account.refresh_path;
    options.request_timeout = account.request_timeout;
    options.max_requests_per_second = account.max_requests_per_second;
    options.concurrency = answers_at_once(account.concurrency, account.page_size);
    options.page_size = account.page_size;
    options.user_agent = "simsync/" SIMSYNC_VERSION;
    return options;
}

LeadOptions lead_options(const Config& config, const AccountConfig& account)
{
    LeadOptions options;
    options.mirror.account = account.name;
    options.mirror.alert = {config.alert.balance_low, config.alert.balance_recovered};
    options.mirror.warnings = config.alert.tariff_expiry_warnings;
    options.mirror.scope_text = scope_text(account.filter);
    options.sweeper.plan.page_size = account.page_size;
    options.sweeper.plan.in_flight = answers_at_once(account.concurrency, account.page_size);
    options.sweeper.plan.pagination = account.pagination;
    if (account.recent_interval)
        options.recent.interval = *account.recent_interval;
    else
        options.recent.automatic = {
            account.sweep_interval, account.page_size, account.max_requests_per_second};
    options.recent.plan.rows = std::min<std::uint64_t>(options.recent.plan.rows, account.page_size);
    options.recent.scope = account.filter;
    options.actions.most_at_once = account.concurrency;
    options.sweeper.guard = {config.removal.guard_fraction, config.removal.guard_minimum};
    options.sweeper.scope = account.filter;
    return options;
}

SinkOptions sink_options(const Config& config, const SinkConfig& sink)
{
    SinkOptions options;
    options.name = sink.name;
    options.type = sink.type;
    options.url = sink.url;
    if (!sink.secret_file.empty())
        options.secret = [path = sink.secret_file, type = sink.type] { return secret_of(path, type); };
    options.wanted = {sink.kinds, sink.standing, sink.match};
    options.timeout = sink.timeout;
    options.concurrency = sink.concurrency;
    options.batch = sink.batch;
    options.ca_file = sink.ca_file.string();
    options.subject = sink.subject;
    options.user_agent = "simsync/" SIMSYNC_VERSION;
    options.console_url = console_url(config);
    return options;
}

} // namespace simsync
