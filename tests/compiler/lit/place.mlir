// The placement is a pass: it writes `core`, keeps what the program fixed, and takes the chip as options.
// RUN: troupe-opt %s -split-input-file --pass-pipeline="builtin.module(actor.program(actor-place))" | FileCheck %s
// RUN: troupe-opt %s -split-input-file --pass-pipeline="builtin.module(actor.program(actor-place))" > %t.a
// RUN: troupe-opt %s -split-input-file --pass-pipeline="builtin.module(actor.program(actor-place))" > %t.b
// RUN: cmp %t.a %t.b

// A ring of four on 2x2 goes around the square: every edge one hop. In the order of the program, 0 1 / 2 3, two
// of the four would take two.
// CHECK-LABEL: @ring
// CHECK: actor.actor @a {{.*}} core = 0
// CHECK: actor.actor @b {{.*}} core = 1
// CHECK: actor.actor @c {{.*}} core = 3
// CHECK: actor.actor @d {{.*}} core = 2
actor.program @ring {
  actor.requires 4 cores
  actor.actor @a behaviour @x mailbox 1 x 64 () core = 0
  actor.actor @b behaviour @x mailbox 1 x 64 () core = 1
  actor.actor @c behaviour @x mailbox 1 x 64 ()
  actor.actor @d behaviour @x mailbox 1 x 64 ()
  actor.edge @a -> @b
  actor.edge @b -> @c
  actor.edge @c -> @d
  actor.edge @d -> @a
  actor.root @a
}

// -----

// Two cores, four actors: two each, and those who talk much together.
// CHECK-LABEL: @pairs
// CHECK: actor.actor @a {{.*}} core = 1
// CHECK: actor.actor @b {{.*}} core = 0
// CHECK: actor.actor @c {{.*}} core = 1
// CHECK: actor.actor @d {{.*}} core = 0
actor.program @pairs {
  actor.requires 2 cores
  actor.actor @a behaviour @x mailbox 1 x 64 () core = 1
  actor.actor @b behaviour @x mailbox 1 x 64 ()
  actor.actor @c behaviour @x mailbox 1 x 64 ()
  actor.actor @d behaviour @x mailbox 1 x 64 ()
  actor.edge @a -> @b {bytes = 5}
  actor.edge @a -> @c {bytes = 6}
  actor.edge @b -> @d {bytes = 6}
  actor.root @a
}
