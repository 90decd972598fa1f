actor.program @early {
  actor.requires 1 cores
  actor.source "early.cc"
  actor.data @data file "early.mlir"
  actor.actor @root behaviour @early (@data)
  actor.root @root
}
