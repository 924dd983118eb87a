// `simsync schema`: the data dictionary, from the comments of the schema itself.
#include "cli/commands.hpp"
#include "cli/dictionary_text.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"

namespace simsync::cli
{

ExitCode schema(const Arguments& arguments)
{
    print(dictionary_text(read_dictionary(load_database_settings(arguments).database_url)));
    return ExitCode::done;
}

} // namespace simsync::cli
