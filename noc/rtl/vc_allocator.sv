// VA: gives waiting heads an output VC. Each picks one free output VC that it may take, each picked output VC
// grants one of its pickers, both round robin; the two pointers move only when the pick was granted.
module vc_allocator
  import router_pkg::*;
(
    input logic clk,
    input logic rst,
    input port_vcs_t waiting,           // input VCs whose front is a head without an output VC
    input port_vcs_t free,              // output VCs held by nobody
    input flit_t front[PORT_VCS],
    input vc_t half_vcs,
    output port_vc_t choice[PORT_VCS],  // per input VC: the output VC picked
    output port_vcs_t granted_in,       // input VCs that got theirs
    output port_vcs_t granted_out       // output VCs given away
);
  port_vc_t in_pointer[PORT_VCS]  /*verilator public_flat_rd*/;  // per input VC, over output VCs
  port_vc_t out_pointer[PORT_VCS] /*verilator public_flat_rd*/;  // per output VC, over input VCs
  port_vc_t in_pointer_next[PORT_VCS], out_pointer_next[PORT_VCS];
  port_vcs_t pickers[PORT_VCS];  // per output VC: input VCs that picked it

  always_comb begin
    pickers = '{default: '0};
    for (int unsigned vc = 0; vc < PORT_VCS; ++vc) begin
      port_vcs_t candidates;
      candidates = '0;
      if (waiting[vc])
        candidates = free & wanted(front[vc].hop, front[vc].vc_first, front[vc].vc_last, half_vcs);
      choice[vc] = '0;
      if (candidates != '0) begin
        choice[vc] = pick(candidates, in_pointer[vc]);
        pickers[choice[vc]][vc] = 1'b1;
      end
    end
  end

  always_comb begin
    in_pointer_next = in_pointer;
    out_pointer_next = out_pointer;
    granted_in = '0;
    granted_out = '0;
    for (int unsigned out = 0; out < PORT_VCS; ++out) begin
      port_vc_t winner;
      winner = pick(pickers[out], out_pointer[out]);
      if (pickers[out] != '0) begin
        granted_in[winner] = 1'b1;
        granted_out[out] = 1'b1;
        in_pointer_next[winner] = after(port_vc_t'(out), PORT_VCS);
        out_pointer_next[out] = after(winner, PORT_VCS);
      end
    end
  end

  always_ff @(posedge clk) begin
    in_pointer  <= rst ? '{default: '0} : in_pointer_next;
    out_pointer <= rst ? '{default: '0} : out_pointer_next;
  end
endmodule
