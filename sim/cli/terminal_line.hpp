// The line of a terminal that long work overwrites to say how far it is.
#pragma once

#include <string_view>

namespace troupe {

// Standard error is a terminal.
bool has_terminal_line();
// Overwrites the line; an empty text clears it. Nothing happens where there is no terminal.
void terminal_line(std::string_view text);

}  // namespace troupe
