// Parts from configuration. Calls daemon/config; called by daemon/account and cli/sync.
#include "daemon/assembly.hpp"

#include "simsync/api/bounds.hpp"

namespace simsync
{

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

SweeperOptions sweeper_options(const Config& config, const AccountConfig& account)
{
    SweeperOptions options;
    options.account = account.name;
    options.plan.page_size = account.page_size;
    options.plan.in_flight = answers_at_once(account.concurrency, account.page_size);
    options.plan.pagination = account.pagination;
    options.guard = {config.removal.guard_fraction, config.removal.guard_minimum};
    options.alert = {config.alert.balance_low, config.alert.balance_recovered};
    options.scope = account.filter;
    options.scope_text = scope_text(account.filter);
    return options;
}

} // namespace simsync
