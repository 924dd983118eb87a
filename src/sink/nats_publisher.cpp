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
HeldEvents drop_stored(std::vector<const Delivery*>& pending, const StreamEnd& end)
{
    HeldEvents dropped;
    for (const auto& [account, event] : end.last_events)
    {
        const auto last = std::ranges::find_if(
            pending, [&](const Delivery* each) { return is_of(account, each) && each->id == event.id; });
        if (last == pending.end())
            continue;
        const auto behind = last + 1;
        const auto kept = std::remove_if(
            pending.begin(), behind, [&](const Delivery* each) { return is_of(account, each); });
        pending.erase(kept, behind);
        dropped.emplace(account, event);
    }
    return dropped;
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
    Published published;
    if (deliveries.empty() && !held_.empty() && !stopping_)
        look({}, published);
    bool goes_on = !stopping_;
    for (int in_vain = 0; goes_on && !pending.empty() && find_end(pending, published) && !pending.empty();)
    {
        if (in_vain == most_in_vain)
            end_ = ExpectedEnd{};
        const auto before = pending.size();
        const auto moved = publish_round(pending, published);
        in_vain = moved && pending.size() == before ? in_vain + 1 : 0;
        goes_on = !published.refusal && !stopping_;
    }
    if (published.refusal && !pending.empty())
        published.refusal = about(*pending.front(), std::move(*published.refusal));
    published.taken = taken_of(deliveries, pending);
    return published;
}

// Where it is not known, asks for it, and drops what the stream holds already. False where it cannot be told,
// or nothing may be published behind it.
bool NatsPublisher::find_end(Pending& pending, Published& published)
{
    if (end_)
        return true;
    std::set<std::string> accounts;
    for (const auto* const each : pending)
        accounts.insert(each->account);
    const auto end = look(accounts, published);
    if (!end)
        return false;
    for (auto& [account, event] : drop_stored(pending, *end))
        note_held(account, event, published);
    end_ = ExpectedEnd{end->last_seq};
    made_ = end->made;
    return true;
}

// None where it cannot be told, or the stream has lost some. It has lost none where the newest event that was
// acknowledged is in its place: then so are those before it.
std::optional<StreamEnd> NatsPublisher::look(const std::set<std::string>& accounts, Published& published)
{
    const auto newest =
        std::ranges::max_element(held_, {}, [](const auto& each) { return each.second.place; });
    auto end = ask(accounts, newest == held_.end() ? std::nullopt : std::optional{newest->second}, published);
    if (end && !end->lacks)
        return end;
    end_.reset();
    if (end)
        find_loss(published);
    return std::nullopt;
}

std::optional<StreamEnd> NatsPublisher::ask(
    const std::set<std::string>& accounts, const std::optional<HeldEvent>& acknowledged, Published& published)
{
    auto found = stream_.find_end(accounts, acknowledged);
    if (auto* const end = std::get_if<StreamEnd>(&found))
        return std::move(*end);
    published.refusal = std::move(std::get<Refusal>(found));
    return std::nullopt;
}

// What it holds instead; that is what is known from then on.
void NatsPublisher::find_loss(Published& published)
{
    std::set<std::string> accounts;
    for (const auto& [account, event] : held_)
        accounts.insert(account);
    auto end = ask(accounts, std::nullopt, published);
    if (!end)
        return;
    held_ = end->last_events;
    published.loss = StreamLoss{std::move(end->stream), end->made, std::move(end->last_events)};
}

void NatsPublisher::note_held(const std::string& account, HeldEvent event, Published& published)
{
    published.held[account] = event;
    held_[account] = std::move(event);
}

// Takes out of `pending` what is acknowledged. Where that is not all: why; or true, the stream's end has
// moved.
bool NatsPublisher::publish_round(Pending& pending, Published& published)
{
    auto round = run_round(pending);
    end_.reset();
    if (round.acknowledged > 0 && !round.has_failed && !round.silence)
        end_ = ExpectedEnd{pending[round.acknowledged - 1]->id};
    for (std::size_t i = 0; i < round.acknowledged; ++i)
        note_held(
            pending[i]->account, {pending[i]->id, std::get<PublishAck>(*round.answers[i]).seq, made_},
            published);
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(round.acknowledged));
    published.refusal = std::move(round.silence);
    if (!round.is_refused())
        return false;
    auto& answer = *round.answers[round.acknowledged];
    if (std::holds_alternative<StreamMoved>(answer))
        return true;
    published.refusal = std::move(std::get<Refusal>(answer));
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
