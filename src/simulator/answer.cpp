// Error answers.
#include "simulator/answer.hpp"

#include "simulator/json_text.hpp"

namespace simsync::simulator
{

Answer refuse(unsigned status, const std::string& message)
{
    Answer answer;
    answer.status = status;
    answer.body = "{\"errors\":[{\"message\":";
    append_quoted(answer.body, message);
    answer.body += "}]}";
    return answer;
}

} // namespace simsync::simulator
