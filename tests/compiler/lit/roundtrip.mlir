// What troupe-opt prints, it reads again and prints the same.
// RUN: troupe-opt %s | FileCheck %s
// RUN: troupe-opt %s | troupe-opt - | FileCheck %s

// CHECK-LABEL: actor.program @everything {
// CHECK-NEXT:    actor.requires 8 cores
// CHECK-NEXT:    actor.source "a.cc"
// CHECK-NEXT:    actor.source "b.cc"
// CHECK-NEXT:    actor.data @images file "images.gz" {bytes = 64 : i64, dram = 3 : i64, offset = 16 : i64}
// CHECK-NEXT:    actor.data @labels file "labels.bin"
// CHECK-NEXT:    actor.actor @first behaviour @feed (@images, -3 : i64, 5.000000e-01 : f64, 2.500000e-01 : f32, @last)
// CHECK-NEXT:    actor.actor @last behaviour @count mailbox 4 x 64 () core = 7
// CHECK-NEXT:    actor.edge @first -> @last credits 4 {bytes = 20 : i64}
// CHECK-NEXT:    actor.edge @last -> @last
// CHECK-NEXT:    actor.root @last
// CHECK-NEXT:  }
actor.program @everything {
  actor.requires 8 cores
  actor.source "a.cc"
  actor.source "b.cc"
  actor.data @images file "images.gz" {offset = 16, bytes = 64, dram = 3}
  actor.data @labels file "labels.bin"
  actor.actor @first behaviour @feed (@images, -3, 0.5, 0.25 : f32, @last)
  actor.actor @last behaviour @count mailbox 4 x 64 () core = 7
  actor.edge @first -> @last credits 4 {bytes = 20}
  actor.edge @last -> @last
  actor.root @last
}
