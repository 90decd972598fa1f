// What cannot be placed, by the options of the pass; one program, four chips.
// RUN: not troupe-opt %s --pass-pipeline="builtin.module(actor.program(actor-place{columns=1 rows=1}))" 2>&1 | FileCheck %s --check-prefix=CORES
// RUN: not troupe-opt %s --pass-pipeline="builtin.module(actor.program(actor-place{l1-bytes=60000}))" 2>&1 | FileCheck %s --check-prefix=IMAGE
// RUN: not troupe-opt %s --pass-pipeline="builtin.module(actor.program(actor-place{l1-bytes=74096}))" 2>&1 | FileCheck %s --check-prefix=ALONE
// RUN: not troupe-opt %s --pass-pipeline="builtin.module(actor.program(actor-place{l1-bytes=100596}))" 2>&1 | FileCheck %s --check-prefix=TOGETHER
// RUN: troupe-opt %s --pass-pipeline="builtin.module(actor.program(actor-place{l1-bytes=134096}))"

// CORES: place_refused.mlir:[[#@LINE+9]]:3: error: program @three requires 2 cores, the chip has 1
// CORES: note: require fewer
// IMAGE: place_refused.mlir:[[#@LINE+6]]:1: error: the image of program @three wants 65728 bytes of L1, a core has 60000
// IMAGE: note: of 60000 bytes of L1 the image takes 40960
// ALONE: place_refused.mlir:[[#@LINE+6]]:3: error: actor @a does not fit a core: it wants 32840 bytes of L1, there are 8368
// ALONE: note: its mailbox of 4 x 8192 takes 32768; of 74096 bytes of L1 the image takes 40960
// TOGETHER: place_refused.mlir:[[#@LINE+2]]:1: error: the actors of program @three do not fit its 2 cores: they want 98520 bytes of L1, there are 69736
// TOGETHER: note: require more cores, or smaller mailboxes
actor.program @three {
  actor.requires 2 cores
  actor.actor @a behaviour @x mailbox 4 x 8192 ()
  actor.actor @b behaviour @x mailbox 4 x 8192 ()
  actor.actor @c behaviour @x mailbox 4 x 8192 ()
  actor.root @a
}
