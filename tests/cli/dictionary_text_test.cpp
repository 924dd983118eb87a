// The data dictionary as Markdown.
#include "cli/dictionary_text.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::HasSubstr;

TEST(DictionaryText, TellsEachThingWithItsMeaning)
{
    const Dictionary dictionary{
        {{"sim", false, "Every SIM.", {"account", "id"}, {{"id", "text", true, "The API's id."}}},
         {"sim_current", true, "The SIMs of now.", {}, {{"id", "text", false, "The API's id."}}}},
        {{"sim_as_of", "at timestamp with time zone", "SETOF simsync.sim_current", "The fleet then."}},
        {{"simsync_reader", "Reads."}}};
    EXPECT_EQ(dictionary_text(dictionary), R"(# Schema simsync

## Tables

### sim

Every SIM.

Key: `account`, `id`.

| column | type | |
|---|---|---|
| `id` | text, never null | The API's id. |

## Views

### sim_current

The SIMs of now.

| column | type | |
|---|---|---|
| `id` | text | The API's id. |

## Functions

| function | returns | |
|---|---|---|
| `sim_as_of(at timestamp with time zone)` | `SETOF simsync.sim_current` | The fleet then. |

## Roles

| role | |
|---|---|
| `simsync_reader` | Reads. |
)");
}

TEST(DictionaryText, KeepsABarWithinItsCell)
{
    const Dictionary dictionary{{{"t", false, "", {}, {{"c", "text", false, "a | b\nc"}}}}, {}, {}};
    EXPECT_THAT(dictionary_text(dictionary), HasSubstr("| `c` | text | a \\| b c |"));
}

} // namespace
} // namespace simsync::cli
