// The multicast part of the router: VCs and buffers of its own; it meets the unicasts at the output ports.
//
// A packet in front of an input VC has a branch for each output port that it leaves by. Each branch gets an
// output VC in VA and then sends the packet's flits at its own pace. A place in the ring comes free when the
// last branch has sent what is in it.
module multicasts
  import router_pkg::*;
(
    input logic clk,
    input logic rst,
    input multicast_vcs_t lower,    // VCs of a port for each half; on a mesh both are all that are in use
    input multicast_vcs_t upper,
    input delay_t va_cycles,
    input count_t depth_strap,
    input ports_t write,
    input multicast_vc_t write_vc[PORTS],
    input flit_t write_flit[PORTS],
    input tree_t write_tree[PORTS],
    input branches_t write_branches[PORTS],
    input multicast_vcs_t credit_in[PORTS],
    output multicast_vcs_t credit_out[PORTS],  // in ST
    // SA: the output ports that a branch wants, and those that it gets.
    output ports_t ready,
    input ports_t granted,
    // ST, by output port.
    output ports_t st_valid,
    output multicast_vc_t st_vc[PORTS],
    output flit_t st_flit[PORTS],
    output tree_t st_tree[PORTS],
    output logic busy
);
  // Input VCs and their branches, a bit for each output port.
  multicasts_t open                /*verilator public_flat_rd*/;  // in the midst of a packet
  ports_t left[MULTICASTS]         /*verilator public_flat_rd*/;  // then: branches that have not sent its tail
  ports_t held[MULTICASTS]         /*verilator public_flat_rd*/;  // branches with an output VC
  multicast_vc_t out_vc[MULTICASTS][PORTS]     /*verilator public_flat_rd*/;  // which
  delay_t va_left[MULTICASTS][PORTS];          // cycles until the grant takes effect
  count_t ahead[MULTICASTS][PORTS] /*verilator public_flat_rd*/;  // flits in the ring that a branch has sent
  // Output VCs. The local port sinks: it needs no credits.
  multicasts_t free                /*verilator public_flat_rd*/;
  count_t credits[MULTICASTS]      /*verilator public_flat_rd*/;
  multicast_t sa_pointer[PORTS]    /*verilator public_flat_rd*/;  // per output port, over input VCs

  count_t count[MULTICASTS]        /*verilator public_flat_rd*/;
  branches_t front[MULTICASTS];
  ports_t todo[MULTICASTS]         /*verilator public_flat_rd*/;  // branches of the packet in front
  ports_t waiting[MULTICASTS];     // of these: those without an output VC
  logic active;  // a packet is in front of an input VC: without, only credits change anything

  always_comb begin
    active = 1'b0;
    busy = st_valid != '0;
    for (int unsigned n = 0; n < MULTICASTS; ++n) begin
      todo[n] = open[n] ? left[n] : count[n] != '0 ? front[n].ports : '0;
      waiting[n] = todo[n] & ~held[n];
      if (todo[n] != '0) active = 1'b1;
      if (count[n] != '0) busy = 1'b1;
    end
  end

  // VA
  ports_t granted_in[MULTICASTS];
  multicast_vc_t choice[MULTICASTS][PORTS];
  multicasts_t granted_out;
  multicast_vc_allocator va (.*);

  // SA, as far as this class goes: each output port picks an input VC.
  multicast_t chosen[PORTS];
  count_t chosen_ahead[PORTS];

  always_comb begin
    ready = '0;
    for (int unsigned port = 0; port < PORTS; ++port) begin
      multicasts_t sendable;
      sendable = '0;
      if (active) for (int unsigned n = 0; n < MULTICASTS; ++n)
        sendable[n] = todo[n][port] && held[n][port] && va_left[n][port] == '0 && ahead[n][port] < count[n] &&
            (port == LOCAL || credits[multicast_number(port_t'(port), out_vc[n][port])] != '0);
      ready[port] = sendable != '0;
      chosen[port] = multicast_t'(pick(port_vcs_t'(sendable), port_vc_t'(sa_pointer[port])));
      chosen_ahead[port] = ahead[chosen[port]][port];
    end
  end

  flit_t read_flit[PORTS];
  tree_t read_tree[PORTS];
  multicasts_t frees;
  multicast_buffers buffers (
      .read_vc(chosen),
      .read_behind(chosen_ahead),
      .*
  );

  ports_t sends[MULTICASTS], after_sa[MULTICASTS];  // branches that send; those that are left then
  ports_t held_next[MULTICASTS];
  multicast_vc_t out_vc_next[MULTICASTS][PORTS];
  delay_t va_left_next[MULTICASTS][PORTS];
  count_t ahead_next[MULTICASTS][PORTS];
  multicasts_t free_next;
  count_t credits_next[MULTICASTS];
  multicast_t sa_pointer_next[PORTS];

  always_comb begin
    sends = '{default: '0};
    after_sa = todo;
    held_next = held;
    free_next = free & ~granted_out;
    credits_next = credits;
    sa_pointer_next = sa_pointer;
    for (int unsigned port = 0; port < PORTS; ++port) begin
      multicast_t n, out;
      n = chosen[port];
      out = multicast_number(port_t'(port), out_vc[n][port]);
      for (int unsigned vc = 0; vc < MULTICAST_VCS; ++vc)
        if (credit_in[port][vc])
          credits_next[multicast_number(port_t'(port), multicast_vc_t'(vc))] =
              credits_next[multicast_number(port_t'(port), multicast_vc_t'(vc))] + 1'b1;
      if (granted[port]) begin
        sends[n][port] = 1'b1;
        sa_pointer_next[port] = multicast_t'(after(port_vc_t'(n), MULTICASTS));
        if (port != LOCAL) credits_next[out] = credits_next[out] - 1'b1;
        if (read_flit[port].tail) begin
          after_sa[n][port] = 1'b0;
          held_next[n][port] = 1'b0;
          free_next[out] = 1'b1;
        end
      end
    end
    for (int unsigned n = 0; n < MULTICASTS; ++n) held_next[n] = held_next[n] | granted_in[n];
  end

  // The oldest flit goes when no branch is left that has not sent it.
  always_comb begin
    out_vc_next = out_vc;
    va_left_next = va_left;
    ahead_next = ahead;
    frees = '0;
    if (active) for (int unsigned n = 0; n < MULTICASTS; ++n) begin
      frees[n] = todo[n] != '0;
      for (int unsigned port = 0; port < PORTS; ++port)
        if (todo[n][port] && ahead[n][port] == '0 && !sends[n][port]) frees[n] = 1'b0;
      if (todo[n] != '0)
        for (int unsigned port = 0; port < PORTS; ++port) begin
          ahead_next[n][port] = !after_sa[n][port] ? '0
              : ahead[n][port] + count_t'(sends[n][port]) - count_t'(frees[n]);
          if (va_left[n][port] != '0) va_left_next[n][port] = va_left[n][port] - 1'b1;
          if (granted_in[n][port]) begin
            out_vc_next[n][port] = choice[n][port];
            va_left_next[n][port] = va_cycles - 1'b1;
          end
        end
    end
  end

  always_ff @(posedge clk) begin
    credits <= rst ? '{default: depth_strap} : credits_next;
    if (rst || active) begin
      for (int unsigned n = 0; n < MULTICASTS; ++n) open[n] <= !rst && after_sa[n] != '0;
      left <= after_sa;
      held <= rst ? '{default: '0} : held_next;
      out_vc <= out_vc_next;
      va_left <= rst ? '{default: '{default: '0}} : va_left_next;
      ahead <= rst ? '{default: '{default: '0}} : ahead_next;
      free <= rst ? '1 : free_next;
      sa_pointer <= rst ? '{default: '0} : sa_pointer_next;
    end
  end

  // ST
  always_ff @(posedge clk) begin
    st_valid <= rst ? '0 : granted;
    for (int unsigned port = 0; port < PORTS; ++port) begin
      credit_out[port] <= rst ? '0 : frees[port*MULTICAST_VCS+:MULTICAST_VCS];
      st_vc[port] <= out_vc[chosen[port]][port];
      st_flit[port] <= read_flit[port];
      st_tree[port] <= read_tree[port];
    end
  end
endmodule
