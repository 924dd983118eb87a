#include "sink/nats_publisher.hpp"

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

constexpr std::size_t most_in_flight = 256;
// So often in a row others may publish between our look at the stream's end and what we publish behind it.
// Then one event is published behind whatever there is, so that we get on beside any number of others.
// Nothing of it can be on its way from before: each try had its answer, and what was sent earlier still
// expects an end that has passed.
constexpr int most_in_vain = 8;

bool is_of(const std::string& account, const Delivery* delivery)
{
    return delivery->account == account;
}

// What the stream holds is a run of each account's events; of what it does not know, nothing is stored.
void drop_stored(std::vector<const Delivery*>& pending, const StreamEnd& end)
{
    for (const auto& [account, id] : end.last_ids)
    {
        const auto last = std::ranges::find_if(
            pending, [&](const Delivery* each) { return is_of(account, each) && each->id == id; });
        if (last == pending.end())
            continue;
        const auto behind = last + 1;
        const auto kept = std::remove_if(
            pending.begin(), behind, [&](const Delivery* each) { return is_of(account, each); });
        pending.erase(kept, behind);
    }
}

std::size_t taken_of(std::span<const Delivery> deliveries, const std::vector<const Delivery*>& pending)
{
    return pending.empty() ? deliveries.size()
                           : static_cast<std::size_t>(pending.front() - deliveries.data());
}

Refusal about(const Delivery& delivery, Refusal refusal)
{
    refusal.failure.what = "event " + std::to_string(delivery.seq) + " of account \"" + delivery.account +
                           "\": " + refusal.failure.what;
    return refusal;
}

} // namespace

// What is published in one go behind a known end.
struct NatsPublisher::Round
{
    std::uint64_t first_token = 0;
    std::vector<std::optional<PublishAnswer>> answers{}; // one for each that was published
    std::size_t acknowledged = 0;                        // all before it are
    bool has_failed = false;                             // one of them
    std::optional<Refusal> silence = {};                 // the stream does not answer any more

    // Of what is published in order the answers come in order, nearly.
    void take(std::uint64_t token, PublishAnswer answer)
    {
        if (token < first_token || token - first_token >= answers.size())
            return; // of an earlier round
        has_failed = has_failed || !std::holds_alternative<PublishAck>(answer);
        answers[token - first_token] = std::move(answer);
        while (acknowledged < answers.size() && is_acknowledged(answers[acknowledged]))
            ++acknowledged;
    }

    static bool is_acknowledged(const std::optional<PublishAnswer>& answer)
    {
        return answer && std::holds_alternative<PublishAck>(*answer);
    }

    // Behind one that is refused nothing is published: it would not be stored.
    bool may_go_on() const { return !has_failed && answers.size() - acknowledged < most_in_flight; }

    // The first that is not acknowledged was refused.
    bool is_refused() const { return acknowledged < answers.size() && answers[acknowledged]; }
    bool is_over() const { return silence || is_refused() || acknowledged == answers.size(); }
};

Published NatsPublisher::publish(std::span<const Delivery> deliveries)
{
    Pending pending;
    for (const auto& each : deliveries)
        if (!each.body.empty())
            pending.push_back(&each);
    if (!stream_.is_open())
        end_.reset();
    std::optional<Refusal> refusal;
    for (int in_vain = 0; !pending.empty() && !refusal && !stopping_;)
    {
        refusal = find_end(pending);
        if (refusal || pending.empty())
            break;
        if (in_vain == most_in_vain)
            end_ = ExpectedEnd{};
        const auto before = pending.size();
        const auto moved = publish_round(pending, refusal);
        in_vain = moved && pending.size() == before ? in_vain + 1 : 0;
    }
    if (refusal)
        refusal = about(*pending.front(), std::move(*refusal));
    return {taken_of(deliveries, pending), std::move(refusal)};
}

// Where it is not known, asks for it, and drops what the stream holds already.
std::optional<Refusal> NatsPublisher::find_end(Pending& pending)
{
    if (end_)
        return std::nullopt;
    std::set<std::string> accounts;
    for (const auto* const each : pending)
        accounts.insert(each->account);
    auto found = stream_.find_end(accounts);
    if (auto* const refusal = std::get_if<Refusal>(&found))
        return std::move(*refusal);
    const auto& end = std::get<StreamEnd>(found);
    drop_stored(pending, end);
    end_ = ExpectedEnd{end.last_seq};
    return std::nullopt;
}

// Takes out of `pending` what is acknowledged. Where that is not all: why; or true, the stream's end has
// moved.
bool NatsPublisher::publish_round(Pending& pending, std::optional<Refusal>& refusal)
{
    auto round = run_round(pending);
    const auto acknowledged = static_cast<std::ptrdiff_t>(round.acknowledged);
    end_.reset();
    if (acknowledged > 0 && !round.has_failed && !round.silence)
        end_ = ExpectedEnd{pending[round.acknowledged - 1]->id};
    pending.erase(pending.begin(), pending.begin() + acknowledged);
    refusal = std::move(round.silence);
    if (!round.is_refused())
        return false;
    auto& answer = *round.answers[round.acknowledged];
    if (std::holds_alternative<StreamMoved>(answer))
        return true;
    refusal = std::move(std::get<Refusal>(answer));
    return false;
}

NatsPublisher::Round NatsPublisher::run_round(const Pending& pending)
{
    Round round{.first_token = next_token_};
    round.answers.reserve(pending.size());
    fill(pending, round);
    while (!round.is_over())
    {
        auto reply = stream_.receive();
        if (auto* const refusal = std::get_if<Refusal>(&reply))
            round.silence = std::move(*refusal);
        else
        {
            auto& answer = std::get<NatsReply>(reply);
            round.take(answer.token, std::move(answer.answer));
            fill(pending, round);
        }
    }
    return round;
}

// Publishes as many as may be in flight.
void NatsPublisher::fill(const Pending& pending, Round& round)
{
    while (!stopping_ && round.answers.size() < pending.size() && round.may_go_on())
    {
        const auto token = next_token_++;
        auto refusal = stream_.publish(message_of(pending, round.answers.size()), token);
        round.answers.emplace_back();
        if (refusal)
            round.take(token, std::move(*refusal)); // told once what came before it has its answer
    }
}

NatsMessage NatsPublisher::message_of(const Pending& pending, std::size_t position) const
{
    const auto& delivery = *pending[position];
    return {
        .account = delivery.account,
        .kind = delivery.kind,
        .id = delivery.id,
        .body = delivery.body,
        .behind = position == 0 ? *end_ : ExpectedEnd{pending[position - 1]->id}};
}

} // namespace simsync
