// Word count, inverted index and phrase queries of a text: mapreduce.cc. Its lines are a reference, a blank and a
// verse, as `bible -f` of Debian's bible-kjv prints them; README.md says how to make text.txt.
actor.program @mapreduce {
  actor.requires 40 cores
  actor.source "mapreduce.cc"

  actor.data @text file "text.txt"
  actor.data @phrases file "phrases.txt"

  // The root; it spawns the others on the other cores.
  actor.actor @root behaviour @concordance mailbox 8 x 1024 (@text, @phrases) core = 0
  actor.root @root
}
