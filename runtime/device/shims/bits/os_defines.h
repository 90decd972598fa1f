// What libstdc++ asks its operating system, answered for a core that has none. Found before the host's header
// of this name, which wants <features.h> of a C library that is not the device's.
#pragma once
#define _GLIBCXX_NO_OBSOLETE_ISINF_ISNAN_DYNAMIC 1
