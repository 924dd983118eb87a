// What the browser tests stand on: a PostgreSQL, a simulated API with a fleet, `simsync run` between them. It
// does what it is told on stdin, a JSON object a line ({"do":"database","running":false}), and answers each
// by a line of JSON on stdout: what was asked for, or {"error":"…"}. The first line, unasked, is
// {"url":"http://…"}, the console's address. Everything ends with stdin, and with this process however that
// ends.
#include "e2e/program.hpp"
#include "e2e/testbed.hpp"

#include <boost/json.hpp>

#include <atomic>
#include <csignal>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using simulator::Simcard;

constexpr std::size_t sims = 5'000;
// So many pages of the list pass while sweeps are held: the mirror is then there in part.
constexpr std::size_t pages_of_a_held_sweep = 4;

std::string text(const json::value& value)
{
    return json::value_to<std::string>(value);
}

std::shared_ptr<const simulator::Tariff> tariff_named(const std::string& name)
{
    return std::make_shared<const simulator::Tariff>(
        simulator::Tariff{name, "PREPAID_PACKAGE", std::nullopt});
}

// One property of a SIM, by the name of its column.
using Setter = void (*)(Simcard&, const json::value&);
const std::map<std::string, Setter>& setters()
{
    static const std::map<std::string, Setter> all{
        {"balance", [](Simcard& sim, const json::value& to)
         { sim.balance = simulator::Decimal::parse(text(to)).value(); }},
        {"caller_ids", [](Simcard& sim, const json::value& to)
         { sim.caller_ids = json::value_to<std::vector<std::string>>(to); }},
        {"description", [](Simcard& sim, const json::value& to) { sim.description = text(to); }},
        {"iccid_plastic", [](Simcard& sim, const json::value& to) { sim.iccid_plastic = text(to); }},
        {"imei",
         [](Simcard& sim, const json::value& to) {
             sim.imei = simulator::Imei{text(to), false};
         }},
        {"is_blocked", [](Simcard& sim, const json::value& to) { sim.is_blocked = to.as_bool(); }},
        {"profile", [](Simcard& sim, const json::value& to) { sim.profile = text(to); }},
        {"sim_id", [](Simcard& sim, const json::value& to) { sim.sim_id = text(to); }},
        {"tariff_name",
         [](Simcard& sim, const json::value& to) { sim.current_tariff = tariff_named(text(to)); }},
    };
    return all;
}

void set(Simcard& sim, const json::object& properties)
{
    for (const auto& [name, value] : properties)
        setters().at(name)(sim, value);
}

class Bed
{
public:
    Bed() : testbed_(sims, options(), cluster_)
    {
        testbed_.set("account", "sweep_interval", R"("1s")");
        testbed_.set("account", "page_size", "500");
        testbed_.set(
            "account", "request_timeout", R"("2s")"); // what a held sweep still costs when it is let go
        testbed_.set("removal", "guard_fraction", "0.02");
        testbed_.set("alert", "stale_after", R"("15s")");
        testbed_.add_account("backup", "http://127.0.0.1:1"); // where nobody listens: it will be degraded
        start_daemon();
        // It keeps its address when it is started anew.
        const auto address = "127.0.0.1:" + http_port(*daemon_);
        testbed_.set("http", "listen", '"' + address + '"');
        url_ = "http://" + address;
    }

    const std::string& url() const noexcept { return url_; }

    json::object answer(const json::object& order) { return (this->*acts().at(text(order.at("do"))))(order); }

private:
    using Act = json::object (Bed::*)(const json::object&);
    static const std::map<std::string, Act>& acts()
    {
        static const std::map<std::string, Act> all{
            {"add", &Bed::add},           {"change", &Bed::change},   {"daemon", &Bed::daemon},
            {"database", &Bed::database}, {"forget", &Bed::forget},   {"hold", &Bed::hold},
            {"recall", &Bed::recall},     {"simsync", &Bed::simsync}, {"sql", &Bed::sql},
        };
        return all;
    }

    simulator::ServerOptions options()
    {
        simulator::ServerOptions options;
        options.service.on_request = [this](std::string_view operation, simulator::Fleet&)
        {
            const bool passes = operation != "simcards" || !held_ || pages_++ < pages_of_a_held_sweep;
            return passes ? simulator::Fault::none : simulator::Fault::silence;
        };
        return options;
    }

    // {"do":"hold","sweeps":true}: from now on no sweep comes to its end. It is so at first.
    json::object hold(const json::object& order)
    {
        pages_ = 0;
        held_ = order.at("sweeps").as_bool();
        return {};
    }

    // {"do":"add","id":"x","set":{…}}
    json::object add(const json::object& order)
    {
        testbed_.api().with_fleet(
            [&](simulator::Fleet& fleet)
            {
                Simcard sim = fleet.at(0);
                sim.id = text(order.at("id"));
                set(sim, order.at("set").as_object());
                fleet.add(std::move(sim));
            });
        return {};
    }

    // {"do":"change","id":"10000001","set":{…}}
    json::object change(const json::object& order)
    {
        bool found = false;
        testbed_.api().with_fleet(
            [&](simulator::Fleet& fleet)
            {
                found = fleet.update(
                    text(order.at("id")), [&](Simcard& sim) { set(sim, order.at("set").as_object()); });
            });
        return found ? json::object{} : throw std::invalid_argument("no SIM " + text(order.at("id")));
    }

    // {"do":"forget","ids":[…]}: the API has them no more, until it is told to recall them all.
    json::object forget(const json::object& order)
    {
        testbed_.api().with_fleet(
            [&](simulator::Fleet& fleet)
            {
                for (const auto& id : order.at("ids").as_array())
                    forgotten_.push_back(fleet.remove(text(id)).value());
            });
        return {};
    }

    json::object recall(const json::object&)
    {
        testbed_.api().with_fleet(
            [&](simulator::Fleet& fleet)
            {
                for (auto& sim : forgotten_)
                    fleet.add(std::move(sim));
            });
        forgotten_.clear();
        return {};
    }

    // {"do":"simsync","arguments":["sim","block","10000003"]}
    json::object simsync(const json::object& order)
    {
        const auto result = testbed_.run(json::value_to<Strings>(order.at("arguments")));
        return {{"code", result.code}, {"out", result.out}, {"err", result.err}};
    }

    // {"do":"sql","query":"select …"}: the first column of the first row, as text.
    json::object sql(const json::object& order) { return {{"value", testbed_.sql(text(order.at("query")))}}; }

    // {"do":"database","running":false}: as if the power had failed.
    json::object database(const json::object& order)
    {
        if (order.at("running").as_bool())
            cluster_.start();
        else
            cluster_.stop_immediately();
        return {};
    }

    // {"do":"daemon","running":false}
    json::object daemon(const json::object& order)
    {
        if (order.at("running").as_bool())
            start_daemon();
        else
            daemon_->process().end(SIGTERM);
        return {};
    }

    // Without a service manager's socket, which somebody would have to read.
    void start_daemon()
    {
        const Strings arguments{"--config", testbed_.config_file(), "run"};
        daemon_.emplace(testbed_.folder(), "daemon" + std::to_string(++starts_), arguments);
        http_port(*daemon_);
    }

    std::atomic<bool> held_ = true;
    std::atomic<std::size_t> pages_ = 0;
    Cluster cluster_;
    Testbed testbed_;
    std::optional<Program> daemon_;
    int starts_ = 0;
    std::string url_;
    std::vector<Simcard> forgotten_;
};

json::object answer(Bed& bed, const std::string& line)
{
    try
    {
        return bed.answer(json::parse(line).as_object());
    }
    catch (const std::exception& error)
    {
        return {{"error", std::string{error.what()} + ", where it was told " + line}};
    }
}

} // namespace
} // namespace simsync::test

int main()
{
    using namespace simsync::test;
    try
    {
        Bed bed;
        std::cout << boost::json::object{{"url", bed.url()}} << std::endl;
        for (std::string line; std::getline(std::cin, line);)
            std::cout << answer(bed, line) << std::endl;
        return 0;
    }
    catch (const std::exception& error)
    {
        std::cerr << "bed: " << error.what() << '\n';
        return 1;
    }
}
