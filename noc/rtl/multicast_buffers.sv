// The ring of each multicast input VC, with a read port for each output port: a branch reads at its own place.
module multicast_buffers
  import router_pkg::*;
(
    input logic clk,
    input logic rst,
    input ports_t write,
    input multicast_vc_t write_vc[PORTS],
    input flit_t write_flit[PORTS],
    input tree_t write_tree[PORTS],          // with heads
    input branches_t write_branches[PORTS],  // the same
    input multicasts_t frees,          // VCs whose oldest flit goes
    input multicast_t read_vc[PORTS],  // per output port
    input count_t read_behind[PORTS],  // of the oldest flit
    output count_t count[MULTICASTS],
    output branches_t front[MULTICASTS],  // of the oldest flit, if that is a head
    output flit_t read_flit[PORTS],
    output tree_t read_tree[PORTS]
);
  flit_t flits[MULTICASTS][DEPTH];
  tree_t trees[MULTICASTS][DEPTH];
  branches_t branch_sets[MULTICASTS][DEPTH];
  place_t first[MULTICASTS], first_next[MULTICASTS];
  count_t count_next[MULTICASTS];

  function automatic place_t behind(place_t place, count_t by);
    logic [$bits(count_t):0] sum;
    sum = {1'b0, by} + {2'b0, place};
    return place_t'(sum >= ($bits(sum))'(DEPTH) ? sum - ($bits(sum))'(DEPTH) : sum);
  endfunction

  always_comb for (int unsigned n = 0; n < MULTICASTS; ++n) front[n] = branch_sets[n][first[n]];

  always_comb begin
    first_next = first;
    count_next = count;
    for (int unsigned n = 0; n < MULTICASTS; ++n) begin
      if (frees[n]) begin
        first_next[n] = behind(first[n], count_t'(1));
        count_next[n] = count_next[n] - 1'b1;
      end
    end
    for (int unsigned port = 0; port < PORTS; ++port)
      if (write[port])
        count_next[multicast_number(port_t'(port), write_vc[port])] =
            count_next[multicast_number(port_t'(port), write_vc[port])] + 1'b1;
  end

  always_comb
    for (int unsigned port = 0; port < PORTS; ++port) begin
      read_flit[port] = flits[read_vc[port]][behind(first[read_vc[port]], read_behind[port])];
      read_tree[port] = trees[read_vc[port]][behind(first[read_vc[port]], read_behind[port])];
    end

  always_ff @(posedge clk) begin
    first <= rst ? '{default: '0} : first_next;
    count <= rst ? '{default: '0} : count_next;
    for (int unsigned port = 0; port < PORTS; ++port)
      if (write[port]) begin
        multicast_t vc;
        place_t place;
        vc = multicast_number(port_t'(port), write_vc[port]);
        place = behind(first[vc], count[vc]);
        flits[vc][place] <= write_flit[port];
        trees[vc][place] <= write_tree[port];
        branch_sets[vc][place] <= write_branches[port];
      end
  end
endmodule
