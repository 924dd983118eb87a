// What `--from` names: ids, ICCIDs or numbers, out of a list or a table. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace simsync::cli
{

// One a line, each once, in their order; blank lines and lines that begin with # are none. Where the first
// line is a header that names a column (`id`, `iccid_plastic`, `iccid`, `number`, `msisdn`, `caller_ids`),
// the first of these in that order is read, of a table that `sim list --csv` or a spreadsheet wrote; of a
// field with several numbers the first. Throws UsageError for a table without such a header.
std::vector<std::string> bulk_terms(std::string_view text);

} // namespace simsync::cli
