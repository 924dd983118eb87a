// Debian's Alertmanager as a child of a test.
#pragma once

#include "e2e/testbed.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace simsync::test
{

inline unsigned short free_port()
{
    boost::asio::io_context io;
    return boost::asio::ip::tcp::acceptor(io, {boost::asio::ip::address_v4::loopback(), 0})
        .local_endpoint()
        .port();
}

class Alertmanager
{
public:
    // `web`: its web configuration, with which only requests with that header are answered.
    explicit Alertmanager(
        const Folder& folder, unsigned short port, const std::string& name, const std::string& web = {},
        std::string headers = {})
        : port_(std::to_string(port)),
          headers_(std::move(headers)),
          process_(configured(folder, name, web), folder / (name + ".log"))
    {
        await([this] { return get("/-/ready").status.find("200") != std::string::npos; });
    }

    // "balance.low 10000003", of what fires now; of what stood before "balance.low 10000003 standing".
    std::vector<std::string> firing()
    {
        std::vector<std::string> all;
        const auto alerts = boost::json::parse(get("/api/v2/alerts?active=true").body);
        for (const auto& alert : alerts.get_array())
        {
            all.push_back(name_of(alert.at("labels").get_object()));
        }
        std::ranges::sort(all);
        return all;
    }

    // The alert of that name, "sim.blocked 10000003", that fires; throws where there is none.
    boost::json::object alert(const std::string& name)
    {
        const auto all = boost::json::parse(get("/api/v2/alerts?active=true").body);
        for (const auto& each : all.get_array())
            if (name_of(each.at("labels").get_object()) == name)
                return each.get_object();
        throw std::runtime_error("the Alertmanager knows no " + name);
    }

    void await_firing(const std::vector<std::string>& expected)
    {
        try
        {
            await([&] { return firing() == expected; });
        }
        catch (const std::runtime_error&)
        {
            EXPECT_EQ(firing(), expected);
        }
    }

    template<class Done>
    void await(Done done)
    {
        for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};;)
        {
            try
            {
                if (done())
                    return;
            }
            catch (const boost::system::system_error&) // it does not listen yet
            {
            }
            if (std::chrono::steady_clock::now() > end || process_.has_ended())
                throw std::runtime_error("the Alertmanager does not get there");
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }

private:
    static std::string name_of(const boost::json::object& labels)
    {
        return std::string(labels.at("alertname").as_string()) + ' ' +
               std::string(labels.at("sim").as_string()) + (labels.contains("standing") ? " standing" : "");
    }

    HttpAnswer get(const std::string& path) const { return http_get(port_, path, headers_); }

    Command configured(const Folder& folder, const std::string& name, const std::string& web) const
    {
        std::ofstream(folder / (name + ".web.yml")) << web;
        const auto file = folder / (name + ".yml");
        std::ofstream(file) << "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";
        return {
            "/usr/bin/prometheus-alertmanager",
            "--config.file=" + file.string(),
            "--storage.path=" + (folder / name).string(),
            "--web.listen-address=127.0.0.1:" + port_,
            "--cluster.listen-address=",
            "--web.config.file=" + (folder / (name + ".web.yml")).string()};
    }

    std::string port_;
    std::string headers_;
    Process process_;
};

} // namespace simsync::test
