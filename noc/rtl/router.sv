// A router: five input-queued ports with virtual channels, wormhole switching, lookahead routing, credits.
// Cycle for cycle the router of noc/router.hpp, with the delays of ST and LT as registers.
//
//   cycle    T      T+1     T+2     T+3     T+4
//   head     VA     SA      ST      LT      next router's VA
//   body            (arrives) SA    ST      LT
//
// The flit that wins SA in a cycle is read out of its buffer at the end of it, crosses the switch in ST and
// is at out_* in LT; the place that it left is a credit at credit_out_* in ST. Multicasts have VCs of their own
// beside these (multicasts.sv) and the same stages.
module router
  import router_pkg::*;
(
    input logic clk,
    input logic rst,
    // Straps, taken at reset.
    input position_t here_strap,
    input geometry_t geometry_strap,
    input vc_t half_vcs_strap,        // torus: the first VC of the upper half; mesh: 0
    input delay_t va_cycles_strap,    // from the cycle of VA to the first SA, at least 1
    input count_t depth_strap,        // most flits of a VC in the buffers at the other ends: its credits at reset
    input count_t pool_per_vc_strap,  // of these, from the pool
    input pool_t pool_strap,          // places at the other end of a link that its VCs share
    input multicast_vcs_t lower_multicasts_strap,  // multicast VCs of a port for each half; mesh: both are all
    input multicast_vcs_t upper_multicasts_strap,
    // Links: a flit a port and cycle; a credit for unicasts, and one for each VC of multicasts.
    input ports_t in_valid,
    input vc_t in_vc[PORTS],          // of the flit's class
    input flit_t in_flit[PORTS],
    input tree_t in_tree[PORTS],      // with a multicast's head, as in_branches
    input branches_t in_branches[PORTS],
    input ports_t credit_in_valid,
    input vc_t credit_in_vc[PORTS],
    input multicast_vcs_t credit_in_multicast[PORTS],
    output ports_t out_valid,
    output vc_t out_vc[PORTS],
    output flit_t out_flit[PORTS],
    output tree_t out_tree[PORTS],
    output branches_t out_branches[PORTS],
    output ports_t credit_out_valid,
    output vc_t credit_out_vc[PORTS],
    output multicast_vcs_t credit_out_multicast[PORTS],
    output logic busy  // a flit in a buffer or in ST: without, only an input changes anything
);
  position_t here;
  geometry_t geometry;
  vc_t half_vcs;
  delay_t va_cycles;
  count_t pool_per_vc;
  multicast_vcs_t lower_multicasts, upper_multicasts;

  always_ff @(posedge clk)
    if (rst) begin
      here <= here_strap;
      geometry <= geometry_strap;
      half_vcs <= half_vcs_strap;
      va_cycles <= va_cycles_strap;
      pool_per_vc <= pool_per_vc_strap;
      lower_multicasts <= lower_multicasts_strap;
      upper_multicasts <= upper_multicasts_strap;
    end

  // Input VCs. An output VC is held from its grant until the tail has won the switch.
  port_vcs_t held              /*verilator public_flat_rd*/;
  port_vc_t held_vc[PORT_VCS]  /*verilator public_flat_rd*/;
  port_t held_port[PORT_VCS]   /*verilator public_flat_rd*/;
  delay_t va_left[PORT_VCS]    /*verilator public_flat_rd*/;  // cycles until the grant takes effect
  // Output VCs. The local port sinks: it needs no credits.
  port_vcs_t free              /*verilator public_flat_rd*/;
  count_t credits[PORT_VCS]    /*verilator public_flat_rd*/;
  pool_t pool_left[PORTS]      /*verilator public_flat_rd*/;  // per output port

  port_vcs_t nonempty, waiting, active, sendable;
  flit_t front[PORT_VCS];

  always_comb
    for (int unsigned vc = 0; vc < PORT_VCS; ++vc) begin
      active[vc] = nonempty[vc] && held[vc] && va_left[vc] == '0;
      waiting[vc] = nonempty[vc] && !held[vc];
      sendable[vc] = active[vc] && (held_port[vc] == port_t'(LOCAL) || credits[held_vc[vc]] > pool_per_vc ||
                                    (credits[held_vc[vc]] != '0 && pool_left[held_port[vc]] != '0));
    end

  // VA
  port_vc_t choice[PORT_VCS];
  port_vcs_t granted_in, granted_out;
  vc_allocator va (.*);

  // SA
  ports_t granted, multicast_ready, multicast_granted;
  port_vc_t leaving[PORTS];
  port_t to[PORTS];
  switch_allocator sa (
      .out_port(held_port),
      .*
  );

  port_vcs_t held_next, free_next;
  port_vc_t held_vc_next[PORT_VCS];
  port_t held_port_next[PORT_VCS];
  delay_t va_left_next[PORT_VCS];
  count_t credits_next[PORT_VCS];
  pool_t pool_next[PORTS];

  always_comb begin
    held_next = held | granted_in;
    free_next = free & ~granted_out;
    held_vc_next = held_vc;
    held_port_next = held_port;
    va_left_next = va_left;
    for (int unsigned vc = 0; vc < PORT_VCS; ++vc) begin
      if (va_left[vc] != '0) va_left_next[vc] = va_left[vc] - 1'b1;
      if (granted_in[vc]) begin
        held_vc_next[vc] = choice[vc];
        held_port_next[vc] = front[vc].hop.port;
        va_left_next[vc] = va_cycles - 1'b1;
      end
    end
    for (int unsigned port = 0; port < PORTS; ++port)
      if (granted[port] && front[leaving[port]].tail) begin
        held_next[leaving[port]] = 1'b0;
        free_next[held_vc[leaving[port]]] = 1'b1;
      end
  end

  // A place behind an output port is a VC's own, or from the pool when it has no own ones left.
  always_comb begin
    credits_next = credits;
    pool_next = pool_left;
    for (int unsigned port = 0; port < PORTS; ++port) begin
      port_vc_t used, paid;
      used = held_vc[leaving[port]];
      paid = number(port_t'(port), credit_in_vc[port]);
      if (granted[port] && to[port] != port_t'(LOCAL)) begin
        if (credits_next[used] <= pool_per_vc) pool_next[to[port]] = pool_next[to[port]] - 1'b1;
        credits_next[used] = credits_next[used] - 1'b1;
      end
      if (credit_in_valid[port]) begin
        if (credits_next[paid] < pool_per_vc) pool_next[port] = pool_next[port] + 1'b1;
        credits_next[paid] = credits_next[paid] + 1'b1;
      end
    end
  end

  always_ff @(posedge clk) begin
    held <= rst ? '0 : held_next;
    free <= rst ? '1 : free_next;
    va_left <= rst ? '{default: '0} : va_left_next;
    credits <= rst ? '{default: depth_strap} : credits_next;
    pool_left <= rst ? '{default: pool_strap} : pool_next;
    held_vc <= held_vc_next;
    held_port <= held_port_next;
  end

  // ST: the flit read from each input's buffers crosses the switch; a head gets its route at the next router.
  ports_t st_valid;
  port_t st_to[PORTS];
  vc_t st_vc[PORTS];
  flit_t st_flit[PORTS];
  ports_t in_multicast;
  multicast_vc_t in_multicast_vc[PORTS];

  always_comb
    for (int unsigned port = 0; port < PORTS; ++port) begin
      in_multicast[port] = in_valid[port] && in_flit[port].multicast;
      in_multicast_vc[port] = multicast_vc_t'(in_vc[port]);
    end

  input_buffers buffers (
      .write(in_valid & ~in_multicast),
      .write_vc(in_vc),
      .write_flit(in_flit),
      .read(granted),
      .read_vc(leaving),
      .read_flit(st_flit),
      .*
  );

  ports_t st_multicast;  // by output port
  multicast_vc_t st_multicast_vc[PORTS];
  flit_t st_multicast_flit[PORTS];
  tree_t st_multicast_tree[PORTS];
  logic multicast_busy;

  multicasts multicast_part (
      .lower(lower_multicasts),
      .upper(upper_multicasts),
      .write(in_multicast),
      .write_vc(in_multicast_vc),
      .write_flit(in_flit),
      .write_tree(in_tree),
      .write_branches(in_branches),
      .credit_in(credit_in_multicast),
      .credit_out(credit_out_multicast),
      .ready(multicast_ready),
      .granted(multicast_granted),
      .st_valid(st_multicast),
      .st_vc(st_multicast_vc),
      .st_flit(st_multicast_flit),
      .st_tree(st_multicast_tree),
      .busy(multicast_busy),
      .*
  );

  ports_t lt_valid;
  vc_t lt_vc[PORTS];
  flit_t lt_flit[PORTS];
  tree_t lt_tree[PORTS];
  branches_t lt_branches[PORTS];

  always_comb begin
    lt_valid = st_multicast;
    lt_vc = out_vc;
    lt_flit = out_flit;
    lt_tree = out_tree;
    lt_branches = out_branches;
    for (int unsigned port = 0; port < PORTS; ++port)
      if (st_valid[port]) begin
        lt_valid[st_to[port]] = 1'b1;
        lt_vc[st_to[port]] = st_vc[port];
        lt_flit[st_to[port]] = st_flit[port];
        lt_flit[st_to[port]].hop = route(
            geometry, beyond(here, st_to[port], geometry.last), st_flit[port].to
        );
      end
    for (int unsigned port = 0; port < PORTS; ++port)
      if (st_multicast[port]) begin
        lt_vc[port] = vc_t'(st_multicast_vc[port]);
        lt_flit[port] = st_multicast_flit[port];
        lt_tree[port] = st_multicast_tree[port];
        lt_branches[port] = branches(
            geometry, beyond(here, port_t'(port), geometry.last), st_multicast_flit[port].to,
            st_multicast_tree[port]
        );
      end
  end

  // LT
  always_ff @(posedge clk) begin
    st_valid <= rst ? '0 : granted;
    credit_out_valid <= rst ? '0 : granted;
    out_valid <= rst ? '0 : lt_valid;
    st_to <= to;
    for (int unsigned port = 0; port < PORTS; ++port) begin
      st_vc[port] <= vc_t'(held_vc[leaving[port]] - number(to[port], '0));
      credit_out_vc[port] <= vc_t'(leaving[port] - number(port_t'(port), '0));
    end
    out_vc <= lt_vc;
    out_flit <= lt_flit;
    out_tree <= lt_tree;
    out_branches <= lt_branches;
  end

  assign busy = nonempty != '0 || st_valid != '0 || multicast_busy;
endmodule
