actor.program @flood {
  actor.requires 2 cores
  actor.source "full.cc"
  actor.actor @a behaviour @flood mailbox 1 x 64 (@b)
  actor.actor @b behaviour @flood mailbox 1 x 64 (@a)
  actor.edge @a -> @b credits 1
  actor.edge @b -> @a credits 1
  actor.root @a
}
