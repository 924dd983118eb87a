// The only unit that includes libpqxx.
#include "postgres/driver.hpp"

#include "postgres/connecting.hpp"
#include "postgres/silence_watch.hpp"

#include <libpq-fe.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <list>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace simsync
{
namespace
{

// libpqxx 6 keeps libpq's handle to itself and gives it only to the policy by which it connects: this one
// makes the connection itself and remembers it.
class RememberingPolicy final : public pqxx::connect_direct
{
public:
    explicit RememberingPolicy(const std::string& conninfo) : connect_direct(conninfo), conninfo_(conninfo) {}

    handle do_startconnect(handle given) override
    {
        return current_ = given != nullptr ? given : connect_to_one(conninfo_).release();
    }
    handle do_disconnect(handle given) noexcept override
    {
        return current_ = connect_direct::do_disconnect(given);
    }

    handle current() const noexcept { return current_; }

private:
    std::string conninfo_;
    handle current_ = nullptr;
};

// What pqxx::connection is, with that policy.
class RememberingConnection final : public pqxx::connection_base
{
public:
    // libpqxx's base keeps the reference and does not use it before `init`.
    explicit RememberingConnection(const std::string& conninfo) : connection_base(policy_), policy_(conninfo)
    {
        init();
        never_reconnect();
    }
    ~RememberingConnection() { close(); }
    RememberingConnection(const RememberingConnection&) = delete;
    RememberingConnection& operator=(const RememberingConnection&) = delete;

    pg_conn* handle() const noexcept { return policy_.current(); }

private:
    // libpqxx 6 reconnects silently when a lost connection is used again; the lease would be gone and the
    // writing would go on. The function that turns this off is marked deprecated, because libpqxx 7 has no
    // such thing.
    void never_reconnect()
    {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
        inhibit_reactivation(true);
#pragma GCC diagnostic pop
    }

    RememberingPolicy policy_;
};

// Kept until they are asked for: a few at most, for whoever never asks.
struct Receiver final : pqxx::notification_receiver
{
    static constexpr std::size_t most_kept = 10'000;

    Receiver(pqxx::connection_base& connection, const std::string& channel, std::vector<Notification>& into)
        : notification_receiver(connection, channel),
          kept(into)
    {
    }

    void operator()(const std::string& payload, int /*backend*/) override
    {
        if (kept.size() < most_kept)
            kept.push_back({channel(), payload});
    }

    std::vector<Notification>& kept;
};

struct KeptResult final : ResultSet
{
    explicit KeptResult(pqxx::result result) : kept(std::move(result)) {}

    pqxx::result kept;
};

std::string_view text_of(const pqxx::field& field)
{
    const auto size = field.size();
    return size == 0 && field.is_null() ? std::string_view{} : std::string_view(field.c_str(), size);
}

// The texts stay where libpq has put them.
Rows rows_of(pqxx::result result)
{
    const auto rows = std::make_shared<KeptResult>(std::move(result));
    const auto& kept = rows->kept;
    rows->rows = static_cast<std::size_t>(kept.size());
    rows->affected_rows = static_cast<std::size_t>(kept.affected_rows());
    if (kept.empty())
        return Rows(rows); // a COPY, which has begun, has columns without names
    for (pqxx::row::size_type column = 0; column < kept.columns(); ++column)
        rows->columns.emplace_back(kept.column_name(column));
    rows->texts.reserve(rows->rows * rows->columns.size());
    for (const auto& row : kept)
        for (auto field = row.begin(), end = row.end(); field != end; ++field)
            rows->texts.push_back(text_of(field)); // an iterator is a field itself: *field copies it
    return Rows(rows);
}

const char* parameter_of(const SqlText& value)
{
    return value ? value->c_str() : nullptr;
}

// libpqxx 6 forgets the SQLSTATE of those that it has a class for. Empty: libpq itself complains, for what
// the server says bears one.
std::string sqlstate_of(const pqxx::sql_error& error)
{
    if (!error.sqlstate().empty())
        return error.sqlstate();
    const auto is = [&error](auto kind)
    { return dynamic_cast<const typename decltype(kind)::type*>(&error) != nullptr; };
    // A class after those that derive from it.
    if (is(std::type_identity<pqxx::insufficient_privilege>{}))
        return "42501";
    if (is(std::type_identity<pqxx::undefined_table>{}))
        return "42P01";
    if (is(std::type_identity<pqxx::undefined_column>{}))
        return "42703";
    if (is(std::type_identity<pqxx::undefined_function>{}))
        return "42883";
    if (is(std::type_identity<pqxx::syntax_error>{}))
        return "42601";
    if (is(std::type_identity<pqxx::disk_full>{}))
        return "53100";
    if (is(std::type_identity<pqxx::insufficient_resources>{}))
        return "53000";
    if (is(std::type_identity<pqxx::integrity_constraint_violation>{}))
        return "23000";
    if (is(std::type_identity<pqxx::plpgsql_no_data_found>{}))
        return "P0002";
    if (is(std::type_identity<pqxx::plpgsql_error>{}))
        return "P0000";
    if (is(std::type_identity<pqxx::feature_not_supported>{}))
        return "0A000";
    if (is(std::type_identity<pqxx::data_exception>{}))
        return "22000";
    if (is(std::type_identity<pqxx::invalid_cursor_state>{}))
        return "24000";
    if (is(std::type_identity<pqxx::invalid_sql_statement_name>{}))
        return "26000";
    if (is(std::type_identity<pqxx::invalid_cursor_name>{}))
        return "34000";
    return {};
}

// A connection that the server has closed after a last warning counts as open until it is used again: of that
// libpq tells without a SQLSTATE.
SqlFailure refusal(const pqxx::sql_error& error)
{
    auto sqlstate = sqlstate_of(error);
    if (sqlstate.empty())
        return {SqlFailure::Kind::lost, error.what()};
    return {SqlFailure::Kind::refused, error.what(), std::move(sqlstate)};
}

// So libpqxx speaks of any use of a connection that it knows to be lost.
SqlFailure loss(const pqxx::failure& error)
{
    const std::string_view what = error.what();
    const bool known = what.find("client encoding: not connected") != std::string_view::npos ||
                       what.find("reactivation is inhibited") != std::string_view::npos;
    return {SqlFailure::Kind::lost, known ? "the connection is lost" : error.what()};
}

} // namespace

std::optional<SqlFailure> failure_in_flight()
{
    try
    {
        throw;
    }
    catch (const SqlFailure& failure)
    {
        return failure;
    }
    catch (const pqxx::sql_error& error)
    {
        return refusal(error);
    }
    catch (const pqxx::in_doubt_error& error)
    {
        return SqlFailure(SqlFailure::Kind::in_doubt, error.what());
    }
    catch (const pqxx::transaction_rollback& error)
    {
        return SqlFailure(SqlFailure::Kind::conflict, error.what());
    }
    catch (const pqxx::failure& error) // broken_connection, and what a loss in COPY looks like
    {
        return loss(error);
    }
    catch (const pqxx::pqxx_exception& error)
    {
        return SqlFailure(SqlFailure::Kind::unexpected, error.base().what());
    }
    catch (...)
    {
        return std::nullopt;
    }
}

struct OpenConnection::Impl
{
    explicit Impl(const std::string& conninfo) : connection(conninfo), watched(connection.handle(), conninfo)
    {
    }

    RememberingConnection connection;
    WatchedConnection watched;
    pqxx::quiet_errorhandler quiet{connection}; // libpqxx would write notices to stderr
    std::vector<Notification> notified;         // since take_notifications was asked last
    std::list<Receiver> receivers;
};

// From before a transaction begins until it has ended, its server is being waited for.
class Waiting
{
public:
    explicit Waiting(WatchedConnection& connection) : connection_(connection) { connection.asks(); }
    ~Waiting() { connection_.is_answered(); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    // Does `act`, which asks. Where the connection was given up meanwhile, that is why it failed; whether a
    // commit was done is in doubt all the same.
    template<class Act>
    auto ask(Act&& act)
    {
        connection_.asks();
        try
        {
            return act();
        }
        catch (const pqxx::in_doubt_error&)
        {
            throw;
        }
        catch (...)
        {
            if (const auto why = connection_.why_given_up())
                throw SqlFailure(SqlFailure::Kind::lost, *why);
            throw;
        }
    }

private:
    WatchedConnection& connection_;
};

struct Work::Impl
{
    template<class Transaction>
    Impl(
        RememberingConnection& connection, WatchedConnection& watched,
        std::in_place_type_t<Transaction> /*kind*/)
        : handle(connection.handle()),
          waiting(watched),
          transaction(waiting.ask([&] { return std::make_unique<Transaction>(connection); }))
    {
    }

    pg_conn* handle;
    Waiting waiting;
    std::unique_ptr<pqxx::transaction_base> transaction;
};

Work::Work(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Work::Work(Work&&) noexcept = default;
Work::~Work() = default;

Rows Work::exec(const std::string& sql)
{
    return rows_of(impl_->waiting.ask([&] { return impl_->transaction->exec(sql); }));
}

Rows Work::exec_texts(const std::string& sql, std::span<const SqlText> values)
{
    std::vector<const char*> parameters(values.size());
    std::ranges::transform(values, parameters.begin(), parameter_of);
    return rows_of(impl_->waiting.ask(
        [&]
        { return impl_->transaction->exec_params(sql, pqxx::prepare::make_dynamic_params(parameters)); }));
}

std::string Work::quoted(const std::string& text) const
{
    return impl_->transaction->quote(text);
}

pg_conn* Work::handle() const noexcept
{
    return impl_->handle;
}

void Work::commit()
{
    impl_->waiting.ask([this] { impl_->transaction->commit(); });
}

OpenConnection::OpenConnection(const std::string& conninfo) : impl_(std::make_unique<Impl>(conninfo)) {}
OpenConnection::~OpenConnection() = default;

Work OpenConnection::begin()
{
    return Work(
        std::make_unique<Work::Impl>(impl_->connection, impl_->watched, std::in_place_type<pqxx::work>));
}

Work OpenConnection::autocommit()
{
    return Work(std::make_unique<Work::Impl>(
        impl_->connection, impl_->watched, std::in_place_type<pqxx::nontransaction>));
}

void OpenConnection::listen(const std::string& channel)
{
    Waiting(impl_->watched)
        .ask([&] { impl_->receivers.emplace_back(impl_->connection, channel, impl_->notified); });
}

std::vector<Notification> OpenConnection::take_notifications()
{
    impl_->connection.get_notifs();
    return std::exchange(impl_->notified, {});
}

int OpenConnection::socket() const noexcept
{
    return impl_->connection.sock();
}

bool OpenConnection::await_notification(std::chrono::milliseconds at_most)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at_most);
    const std::chrono::microseconds rest = at_most - seconds;
    impl_->notified.clear(); // nobody here asks what they say
    return impl_->connection.await_notification(seconds.count(), rest.count()) > 0;
}

int OpenConnection::process_id() const noexcept
{
    return impl_->connection.backendpid();
}

bool OpenConnection::is_open() const noexcept
{
    return impl_->connection.is_open();
}

bool OpenConnection::is_idle() const noexcept
{
    return PQtransactionStatus(handle()) == PQTRANS_IDLE;
}

pg_conn* OpenConnection::handle() const noexcept
{
    return impl_->connection.handle();
}

} // namespace simsync
