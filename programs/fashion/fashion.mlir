// Fashion-MNIST on eight cores: a 784-64-10 network whose hidden layer is shared by four actors. All 10,000
// test images; prints the accuracy and a hash of all classes. Behaviours: fashion.cc.
actor.program @fashion {
  actor.requires 8 cores
  actor.source "fashion.cc"

  // The data set as Debian's dataset-fashion-mnist installs it, without the headers of its files. What
  // weights.bin holds, network.hpp says.
  actor.data @images file "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz" {offset = 16}
  actor.data @labels file "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz" {offset = 8}
  actor.data @weights0 file "weights.bin" {offset = 0, bytes = 50240}
  actor.data @weights1 file "weights.bin" {offset = 50240, bytes = 50240}
  actor.data @weights2 file "weights.bin" {offset = 100480, bytes = 50240}
  actor.data @weights3 file "weights.bin" {offset = 150720, bytes = 50240}
  actor.data @weights_out file "weights.bin" {offset = 200960, bytes = 4160}

  actor.actor @source behaviour @source (@images, @hidden0, @hidden1, @hidden2, @hidden3)
  actor.actor @hidden0 behaviour @hidden mailbox 2 x 8192 (@weights0, 0, @even, @odd)
  actor.actor @hidden1 behaviour @hidden mailbox 2 x 8192 (@weights1, 1, @even, @odd)
  actor.actor @hidden2 behaviour @hidden mailbox 2 x 8192 (@weights2, 2, @even, @odd)
  actor.actor @hidden3 behaviour @hidden mailbox 2 x 8192 (@weights3, 3, @even, @odd)
  actor.actor @even behaviour @output mailbox 8 x 1024 (@weights_out, @sink)
  actor.actor @odd behaviour @output mailbox 8 x 1024 (@weights_out, @sink)
  actor.actor @sink behaviour @sink mailbox 8 x 64 (@labels)

  actor.edge @source -> @hidden0 credits 2
  actor.edge @source -> @hidden1 credits 2
  actor.edge @source -> @hidden2 credits 2
  actor.edge @source -> @hidden3 credits 2
  actor.edge @hidden0 -> @even credits 2
  actor.edge @hidden1 -> @even credits 2
  actor.edge @hidden2 -> @even credits 2
  actor.edge @hidden3 -> @even credits 2
  actor.edge @hidden0 -> @odd credits 2
  actor.edge @hidden1 -> @odd credits 2
  actor.edge @hidden2 -> @odd credits 2
  actor.edge @hidden3 -> @odd credits 2
  actor.edge @even -> @sink credits 4
  actor.edge @odd -> @sink credits 4

  actor.root @sink
}
