// Fashion-MNIST served by workers that may die, on eight cores; supervised.cc says how. Data: programs/fashion.
actor.program @supervised {
  actor.requires 8 cores
  actor.source "supervised.cc"

  actor.data @images file "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz" {offset = 16}
  actor.data @labels file "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz" {offset = 8}
  actor.data @hidden file "../fashion/weights.bin" {offset = 0, bytes = 200960}
  actor.data @output file "../fashion/weights.bin" {offset = 200960, bytes = 4160}

  actor.actor @root behaviour @server (@images, @labels, @hidden, @output) core = 0
  actor.root @root
}
