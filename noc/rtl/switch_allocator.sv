// SA: gives flits with credit the crossbar. Each input port picks one of the output ports that it has flits
// for, and one of the VCs with a flit for it; each output port grants one input port. Round robin; the three
// pointers move only when the pick was granted. At an output port that a multicast wants as well the two
// classes take turns.
module switch_allocator
  import router_pkg::*;
(
    input logic clk,
    input logic rst,
    input port_vcs_t sendable,         // input VCs that hold an output VC, a flit and a credit
    input port_t out_port[PORT_VCS],   // per input VC
    input ports_t multicast_ready,     // output ports that a multicast wants
    output ports_t multicast_granted,  // and gets
    output ports_t granted,            // input ports that won
    output port_vc_t leaving[PORTS],   // per input port: the VC that it sends
    output port_t to[PORTS]            // per input port: the output port
);
  vc_t vc_pointer[PORTS]    /*verilator public_flat_rd*/;   // per input port, over its VCs
  port_t in_pointer[PORTS]  /*verilator public_flat_rd*/;   // per input port, over output ports
  port_t out_pointer[PORTS] /*verilator public_flat_rd*/;   // per output port, over input ports
  ports_t unicast_first     /*verilator public_flat_rd*/;   // output ports where a unicast has the turn
  ports_t contested;
  vc_t vc_pointer_next[PORTS];
  port_t in_pointer_next[PORTS], out_pointer_next[PORTS];
  vc_t vc[PORTS];           // per input port: the VC picked
  ports_t pickers[PORTS];   // per output port: input ports that picked it

  always_comb begin
    pickers = '{default: '0};
    for (int unsigned port = 0; port < PORTS; ++port) begin
      ports_t outputs;
      vcs_t ready, same;
      ready = sendable[port*VCS+:VCS];
      outputs = '0;
      same = '0;
      to[port] = '0;
      vc[port] = '0;
      for (int unsigned i = 0; i < VCS; ++i) if (ready[i]) outputs[out_port[port*VCS+i]] = 1'b1;
      if (ready != '0) begin
        to[port] = port_t'(pick(port_vcs_t'(outputs), port_vc_t'(in_pointer[port])));
        for (int unsigned i = 0; i < VCS; ++i) same[i] = ready[i] && out_port[port*VCS+i] == to[port];
        vc[port] = vc_t'(pick(port_vcs_t'(same), port_vc_t'(vc_pointer[port])));
        pickers[to[port]][port] = 1'b1;
      end
      leaving[port] = number(port_t'(port), vc[port]);
    end
  end

  always_comb begin
    vc_pointer_next = vc_pointer;
    in_pointer_next = in_pointer;
    out_pointer_next = out_pointer;
    granted = '0;
    for (int unsigned out = 0; out < PORTS; ++out) begin
      port_t winner;
      winner = port_t'(pick(port_vcs_t'(pickers[out]), port_vc_t'(out_pointer[out])));
      contested[out] = multicast_ready[out] && pickers[out] != '0;
      multicast_granted[out] = multicast_ready[out] && !(contested[out] && unicast_first[out]);
      if (pickers[out] != '0 && !multicast_granted[out]) begin
        granted[winner] = 1'b1;
        vc_pointer_next[winner] = vc_t'(after(port_vc_t'(vc[winner]), VCS));
        in_pointer_next[winner] = port_t'(after(port_vc_t'(out), PORTS));
        out_pointer_next[out] = port_t'(after(port_vc_t'(winner), PORTS));
      end
    end
  end

  always_ff @(posedge clk) begin
    vc_pointer  <= rst ? '{default: '0} : vc_pointer_next;
    in_pointer  <= rst ? '{default: '0} : in_pointer_next;
    out_pointer <= rst ? '{default: '0} : out_pointer_next;
    unicast_first <= rst ? '0 : (unicast_first & ~contested) | (multicast_granted & contested);
  end
endmodule
