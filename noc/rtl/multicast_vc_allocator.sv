// VA of multicasts: each branch that waits picks one free VC of its output port, each picked VC grants one of
// its pickers, both round robin; the two pointers move only when the pick was granted.
module multicast_vc_allocator
  import router_pkg::*;
(
    input logic clk,
    input logic rst,
    input logic active,                      // a branch may wait
    input ports_t waiting[MULTICASTS],       // per input VC: branches without an output VC, by output port
    input branches_t front[MULTICASTS],
    input multicasts_t free,                 // output VCs held by nobody
    input multicast_vcs_t lower,
    input multicast_vcs_t upper,
    output multicast_vc_t choice[MULTICASTS][PORTS],  // the VC that a branch picked
    output ports_t granted_in[MULTICASTS],   // branches that got theirs
    output multicasts_t granted_out          // output VCs given away
);
  multicast_vc_t in_pointer[MULTICASTS][PORTS] /*verilator public_flat_rd*/;  // over the VCs of an output port
  multicast_t out_pointer[MULTICASTS]          /*verilator public_flat_rd*/;  // over input VCs
  multicast_vc_t in_pointer_next[MULTICASTS][PORTS];
  multicast_t out_pointer_next[MULTICASTS];
  multicasts_t pickers[MULTICASTS];  // per output VC: input VCs with a branch that picked it

  always_comb begin
    multicast_vcs_t candidates;
    candidates = '0;
    pickers = '{default: '0};
    choice = '{default: '{default: '0}};
    if (active) for (int unsigned n = 0; n < MULTICASTS; ++n)
      for (int unsigned port = 0; port < PORTS; ++port) begin
        candidates = port == LOCAL ? lower | upper : front[n].upper[port] ? upper : lower;
        candidates &= free[port*MULTICAST_VCS+:MULTICAST_VCS];
        if (waiting[n][port] && candidates != '0) begin
          choice[n][port] = multicast_vc_t'(pick(port_vcs_t'(candidates), port_vc_t'(in_pointer[n][port])));
          pickers[multicast_number(port_t'(port), choice[n][port])][n] = 1'b1;
        end
      end
  end

  always_comb begin
    multicast_t out, winner;
    {out, winner} = '0;
    in_pointer_next = in_pointer;
    out_pointer_next = out_pointer;
    granted_in = '{default: '0};
    granted_out = '0;
    if (active) for (int unsigned port = 0; port < PORTS; ++port)
      for (int unsigned vc = 0; vc < MULTICAST_VCS; ++vc) begin
        out = multicast_number(port_t'(port), multicast_vc_t'(vc));
        winner = multicast_t'(pick(port_vcs_t'(pickers[out]), port_vc_t'(out_pointer[out])));
        if (pickers[out] != '0) begin
          granted_in[winner][port] = 1'b1;
          granted_out[out] = 1'b1;
          in_pointer_next[winner][port] = multicast_vc_t'(after(port_vc_t'(vc), MULTICAST_VCS));
          out_pointer_next[out] = multicast_t'(after(port_vc_t'(winner), MULTICASTS));
        end
      end
  end

  always_ff @(posedge clk) if (rst || active) begin
    in_pointer <= rst ? '{default: '{default: '0}} : in_pointer_next;
    out_pointer <= rst ? '{default: '0} : out_pointer_next;
  end
endmodule
