actor.program @ring {
  actor.requires 2 cores
  actor.source "deadlock.cc"
  actor.actor @a behaviour @left mailbox 2 x 64 (@b)
  actor.actor @b behaviour @right mailbox 2 x 64 (@a)
  actor.edge @a -> @b credits 1
  actor.edge @b -> @a credits 1
  actor.root @a
}
