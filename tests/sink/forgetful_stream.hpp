// A stream as nats-server keeps it (duplicates by id, then what a message expects to be the last), which
// loses and delays messages and answers, by rule or by chance; and what it has acknowledged.
#pragma once

#include "sink/nats_stream.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace simsync::test
{

class ForgetfulStream : public NatsStream
{
public:
    ForgetfulStream() = default;
    explicit ForgetfulStream(unsigned seed) : random_(seed), troubled_(true) {}

    bool is_open() const override { return connected_; }

    std::variant<StreamEnd, Refusal>
    find_end(const std::set<std::string>& accounts, const std::optional<HeldEvent>& acknowledged) override
    {
        ++looks;
        connected_ = true;
        if (chance(0.1))
            return lost_connection();
        deliver_delayed();
        StreamEnd end{.stream = "SIMSYNC", .last_seq = stored_.size(), .made = made};
        end.lacks = acknowledged && lacks(*acknowledged);
        for (const auto& each : stored_)
            if (accounts.contains(each.account))
                end.last_events[each.account] = {each.id, place_of(each), made};
        if (others_publish_behind_each_look)
            store_of_others();
        return end;
    }

    std::optional<Refusal> publish(const NatsMessage& message, std::uint64_t token) override
    {
        if (++publishes_ == stop_after_)
            then_();
        if (!connected_ || chance(0.002))
            return lost_connection();
        const Sent sent{std::string(message.account), std::string(message.id), message.behind.last, token};
        most_in_flight = std::max(most_in_flight, ++in_flight_);
        if (publishes_ == lost_publish_ || chance(0.005))
            return std::nullopt;
        if (chance(0.005))
            delayed_.push_back(sent); // in the buffer of a server that nobody speaks with any more
        else
            arrive(sent);
        return std::nullopt;
    }

    std::variant<NatsReply, Refusal> receive() override
    {
        if (chance(0.005))
            return lost_connection();
        if (answers_.empty())
        {
            connected_ = false;
            in_flight_ = 0;
            return Refusal{.failure = {.kind = FailureKind::timed_out, .what = "silence"}};
        }
        auto answer = std::move(answers_.front());
        answers_.pop_front();
        --in_flight_;
        return answer;
    }

    void lose_publish(int which) { lost_publish_ = which; }
    void lose_answer(int which) { lost_answer_ = which; }
    void refuse(const std::string& id) { refused_.insert(id); }
    // A server that has not caught up leads it from now on.
    void lose_last(std::size_t count) { stored_.resize(stored_.size() - std::min(count, stored_.size())); }
    void store_of_others() { stored_.push_back({}); }
    void after_publishes(int count, std::function<void()> then)
    {
        stop_after_ = count;
        then_ = std::move(then);
    }

    bool chance(double probability) { return troubled_ && std::bernoulli_distribution{probability}(random_); }

    std::vector<std::string> ids() const
    {
        std::vector<std::string> ids;
        for (const auto& each : stored_)
            ids.push_back(each.id);
        return ids;
    }

    int looks = 0;
    std::int64_t made = 7;
    int most_in_flight = 0;
    bool remembers_ids = true;
    bool others_publish_behind_each_look = false;

private:
    struct Sent
    {
        std::string account;
        std::string id;
        decltype(ExpectedEnd::last) behind;
        std::uint64_t token = 0;
    };

    bool lacks(const HeldEvent& event) const
    {
        return event.made != made || event.place > stored_.size() || stored_[event.place - 1].id != event.id;
    }

    std::uint64_t place_of(const Sent& stored) const
    {
        return static_cast<std::uint64_t>(&stored - stored_.data()) + 1;
    }

    Refusal lost_connection()
    {
        connected_ = false;
        answers_.clear();
        in_flight_ = 0;
        return {.failure = {.what = "lost"}};
    }

    void arrive(const Sent& sent)
    {
        ++arrivals_;
        auto answer = judge(sent);
        if (arrivals_ != lost_answer_ && !chance(0.005))
            answers_.push_back({sent.token, std::move(answer)});
        if (chance(0.02))
            deliver_delayed();
    }

    // In the order in which nats-server 2.9 asks.
    PublishAnswer judge(const Sent& sent)
    {
        if (refused_.contains(sent.id))
            return Refusal{.failure = {.kind = FailureKind::too_large, .what = "too long"}, .status = 413};
        const bool remembers = remembers_ids && !chance(0.2); // the window is over
        const auto known = std::ranges::find(stored_, sent.id, &Sent::id);
        if (remembers && known != stored_.end())
            return PublishAck{static_cast<std::uint64_t>(known - stored_.begin()) + 1, true};
        if (!is_end(sent.behind))
            return StreamMoved{};
        stored_.push_back(sent);
        return PublishAck{stored_.size(), false};
    }

    bool is_end(const decltype(ExpectedEnd::last)& expected) const
    {
        if (std::holds_alternative<std::monostate>(expected))
            return true;
        if (const auto* const seq = std::get_if<std::uint64_t>(&expected))
            return *seq == stored_.size();
        return !stored_.empty() && stored_.back().id == std::get<std::string>(expected);
    }

    void deliver_delayed()
    {
        for (const auto& each : std::exchange(delayed_, {}))
            judge(each);
    }

    std::mt19937 random_{1};
    bool troubled_ = false;
    bool connected_ = false;
    std::vector<Sent> stored_;
    std::vector<Sent> delayed_;
    std::deque<NatsReply> answers_;
    std::set<std::string> refused_;
    std::function<void()> then_;
    int publishes_ = 0;
    int arrivals_ = 0;
    int in_flight_ = 0;
    int lost_publish_ = 0;
    int lost_answer_ = 0;
    int stop_after_ = 0;
};

} // namespace simsync::test
