#include "cli/leader_here.hpp"

#include "cli/exit_code.hpp"
#include "cli/run_to_end.hpp"
#include "daemon/assembly.hpp"
#include "sync/lead.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

namespace simsync::cli
{
namespace
{

namespace asio = boost::asio;
using asio::awaitable;

// Only who sends needs the API's password: where a daemon leads, it has its own.
void require_password(const AccountConfig& account)
{
    try
    {
        read_password(account.password_file);
    }
    catch (const ConfigError& error)
    {
        throw CommandError(
            ExitCode::configuration,
            "no daemon leads account \"" + account.name + "\", and " + error.what() + "; nothing was sent",
            "start the daemon, which carries it out, or: " + error.diagnostics().front().hint);
    }
}

} // namespace

struct LeaderHere::Impl
{
    // On the thread, to its end.
    awaitable<void> work(const Config& config, const AccountConfig& account)
    {
        const auto executor = co_await asio::this_coro::executor;
        DatabaseThread database;
        co_await database.connect(config.database_url, account.name);
        if (co_await take_lease(database, account.endpoint))
        {
            leads.set_value(false);
            co_return;
        }
        require_password(account);
        Client client{executor, client_options(account)};
        Lead lead{executor, client, database, lead_options(config, account)};
        co_await lead.load();
        const auto leading = std::make_shared<bool>(true); // what was posted may come after the end
        set_stop(
            [executor, &lead, leading]
            {
                asio::post(
                    executor,
                    [&lead, leading]
                    {
                        if (*leading)
                            lead.stop();
                    });
            });
        leads.set_value(true);
        std::exception_ptr failed;
        try
        {
            co_await lead.actions.run();
        }
        catch (...)
        {
            failed = std::current_exception();
        }
        *leading = false;
        set_stop({}); // nobody posts to this loop any more
        if (failed)
            std::rethrow_exception(failed);
        co_await database.disconnect();
    }

    void run(const Config& config, const AccountConfig& account)
    {
        try
        {
            run_to_end([&] { return work(config, account); });
        }
        catch (...)
        {
            const std::lock_guard lock(mutex);
            error = std::current_exception();
        }
        try
        {
            if (error)
                leads.set_exception(error);
        }
        catch (const std::future_error&)
        {
            // It has led: `check` tells.
        }
    }

    void set_stop(std::function<void()> how)
    {
        const std::lock_guard lock(mutex);
        stop = std::move(how);
    }

    std::promise<bool> leads;
    std::mutex mutex; // the two below
    std::function<void()> stop;
    std::exception_ptr error;
    std::thread thread;
};

std::unique_ptr<LeaderHere> LeaderHere::take(const Config& config, const AccountConfig& account)
{
    std::unique_ptr<LeaderHere> leader{new LeaderHere{std::make_unique<Impl>()}};
    auto& impl = *leader->impl_;
    auto leads = impl.leads.get_future();
    impl.thread = std::thread([&impl, &config, &account] { impl.run(config, account); });
    return leads.get() ? std::move(leader) : nullptr;
}

LeaderHere::LeaderHere(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LeaderHere::~LeaderHere()
{
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->stop)
            impl_->stop();
    }
    if (impl_->thread.joinable())
        impl_->thread.join();
}

void LeaderHere::check()
{
    const std::lock_guard lock(impl_->mutex);
    if (impl_->error)
        std::rethrow_exception(impl_->error);
}

} // namespace simsync::cli
