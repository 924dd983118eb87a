#include "simsync/model/action.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::HasSubstr;

const Operation& block()
{
    return *operation_named("block");
}

Failure failed(FailureKind kind)
{
    return {.kind = kind, .what = "because"};
}

Sim sim(bool blocked)
{
    Sim sim;
    sim.id = "1";
    sim.is_blocked = blocked;
    return sim;
}

TEST(Action, ThatTheApiAssentsToIsConfirmedByTheSim)
{
    EXPECT_EQ(judge_action(block(), {}, {}, sim(true)).state, ActionState::confirmed);
    EXPECT_EQ(judge_action(block(), {}, {}, sim(false)).state, ActionState::unknown);
    EXPECT_EQ(judge_action(block(), {}, {}, {}).state, ActionState::unknown);
}

TEST(Action, ThatIsRefusedHasFailedWhateverTheSimShows)
{
    for (const auto kind :
         {FailureKind::graphql_errors, FailureKind::forbidden, FailureKind::schema, FailureKind::throttled})
    {
        const auto end = judge_action(block(), {}, failed(kind), sim(true));
        EXPECT_EQ(end.state, ActionState::failed);
        ASSERT_TRUE(end.error);
        EXPECT_THAT(*end.error, testing::EndsWith(": because"));
        EXPECT_EQ(failure_kind_of(*end.error), kind) << "for the exit code of who asked";
    }
}

TEST(Action, ThatFailedForAReasonOfOursHasNoClass)
{
    EXPECT_EQ(failure_kind_of("there is no such operation"), std::nullopt);
    EXPECT_EQ(failure_kind_of(""), std::nullopt);
}

TEST(Action, WhoseAnswerWasLostIsDecidedByTheSimAlone)
{
    for (const auto kind :
         {FailureKind::unreachable, FailureKind::timed_out, FailureKind::server_error, FailureKind::malformed,
          FailureKind::not_json, FailureKind::too_large})
    {
        EXPECT_EQ(judge_action(block(), {}, failed(kind), sim(true)).state, ActionState::confirmed);
        EXPECT_EQ(judge_action(block(), {}, failed(kind), sim(false)).state, ActionState::unknown);
        EXPECT_EQ(judge_action(block(), {}, failed(kind), {}).state, ActionState::unknown);
    }
}

TEST(Action, ThatNothingShowsIsBelievedTheApi)
{
    const auto& charge = *operation_named("charge");
    EXPECT_EQ(judge_action(charge, {}, {}, sim(false)).state, ActionState::confirmed);
    EXPECT_EQ(
        judge_action(charge, {}, failed(FailureKind::timed_out), sim(false)).state, ActionState::unknown);
}

TEST(Action, KnowsWhatItsOperationShows)
{
    Sim seen = sim(false);
    seen.caller_ids = {"37250000001"};
    const auto& attach = *operation_named("attach-caller-id");
    EXPECT_TRUE(attach.shows(seen, {{"msisdn", "37250000001"}}));
    EXPECT_FALSE(attach.shows(seen, {{"msisdn", "37250000002"}}));
    EXPECT_FALSE(operation_named("detach-caller-id")->shows(seen, {}));
    EXPECT_TRUE(operation_named("unblock")->shows(seen, {}));
    EXPECT_FALSE(operation_named("archive")->shows(seen, {})) << "not known is not yes";
}

TEST(Action, RefusesArgumentsThatAreNone)
{
    const auto& charge = *operation_named("charge");
    EXPECT_EQ(refusal(charge, {{"amount", "0.10"}, {"comment", "late fee"}}), "");
    EXPECT_THAT(refusal(charge, {{"amount", "0"}, {"comment", "x"}}), HasSubstr("more than zero"));
    EXPECT_THAT(refusal(charge, {{"amount", "-1"}, {"comment", "x"}}), HasSubstr("more than zero"));
    EXPECT_THAT(refusal(charge, {{"amount", "1"}}), HasSubstr("needs comment"));
    EXPECT_THAT(
        refusal(*operation_named("set-remaining-days"), {{"day", "1.5"}}), HasSubstr("a whole number"));
    EXPECT_THAT(refusal(block(), {{"msisdn", "1"}}), HasSubstr("takes 0 arguments"));
    EXPECT_EQ(operation_named("explode"), nullptr);
}

} // namespace
} // namespace simsync
