// Levels of the host's instruction set, and what is compiled for them.
//
// The files that say what instructions do (*_rows.cpp, host_code.cpp) are compiled once for each level, from
// one source: three tables of the same rows with other handlers. make_engine() picks the level for its host.
//
// The trap: a template or inline function that was compiled for AVX-512 and not inlined is a symbol that the
// linker may keep for every caller, on hosts without AVX-512 too. So what these files define, and what the
// headers that they share define, stands in a namespace of the level, `troupe::isa::TROUPE_LEVEL`, or has
// internal linkage. tests/isa/levels_apart.py looks at the objects.
#pragma once

#include <cstdint>
#include <string_view>

// The build sets it for those files. All others see the portable level.
#ifndef TROUPE_LEVEL
#define TROUPE_LEVEL portable
#endif

namespace troupe::isa {

enum class HostLevel : std::uint8_t {
  portable,  // any x86-64
  avx2,      // x86-64-v3: AVX2, FMA, BMI
  avx512,    // x86-64-v4: AVX-512 F, BW, CD, DQ, VL
};
inline constexpr HostLevel kHostLevels[] = {HostLevel::portable, HostLevel::avx2, HostLevel::avx512};

std::string_view host_level_name(HostLevel level);
bool host_supports(HostLevel level);
HostLevel best_host_level();

}  // namespace troupe::isa
