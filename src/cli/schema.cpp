// `simsync schema`: the data dictionary, from the comments of the schema itself.
#include "cli/commands.hpp"
#include "cli/dictionary_text.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"

namespace simsync::cli
{

ExitCode execute(const SchemaCommand&, const CommonArguments& common)
{
    print(dictionary_text(read_dictionary(load_database_settings(common).database_url)));
    return ExitCode::done;
}

} // namespace simsync::cli
