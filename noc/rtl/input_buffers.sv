// The ring of each input VC, and at each port a register into which the flit that won the switch is read.
module input_buffers
  import router_pkg::*;
(
    input logic clk,
    input logic rst,
    input ports_t write,
    input vc_t write_vc[PORTS],
    input flit_t write_flit[PORTS],
    input ports_t read,
    input port_vc_t read_vc[PORTS],   // numbered over all ports
    output port_vcs_t nonempty,
    output flit_t front[PORT_VCS],
    output flit_t read_flit[PORTS]    // in the cycle after `read`
);
  flit_t flits[PORT_VCS][DEPTH]       /*verilator public_flat_rd*/;
  place_t first[PORT_VCS]             /*verilator public_flat_rd*/;
  count_t count[PORT_VCS]             /*verilator public_flat_rd*/;
  place_t next[PORT_VCS];
  place_t first_next[PORT_VCS], next_next[PORT_VCS];
  count_t count_next[PORT_VCS];

  function automatic place_t place_after(place_t place);
    return place == place_t'(DEPTH - 1) ? '0 : place + 1'b1;
  endfunction

  always_comb
    for (int unsigned vc = 0; vc < PORT_VCS; ++vc) begin
      nonempty[vc] = count[vc] != '0;
      front[vc] = flits[vc][first[vc]];
    end

  always_comb begin
    first_next = first;
    next_next = next;
    count_next = count;
    for (int unsigned port = 0; port < PORTS; ++port) begin
      port_vc_t vc;
      vc = number(port_t'(port), write_vc[port]);
      if (write[port]) begin
        next_next[vc] = place_after(next[vc]);
        count_next[vc] = count_next[vc] + 1'b1;
      end
      if (read[port]) begin
        first_next[read_vc[port]] = place_after(first[read_vc[port]]);
        count_next[read_vc[port]] = count_next[read_vc[port]] - 1'b1;
      end
    end
  end

  always_ff @(posedge clk) begin
    first <= rst ? '{default: '0} : first_next;
    next  <= rst ? '{default: '0} : next_next;
    count <= rst ? '{default: '0} : count_next;
    for (int unsigned port = 0; port < PORTS; ++port) begin
      if (write[port])
        flits[number(port_t'(port), write_vc[port])][next[number(port_t'(port), write_vc[port])]] <=
            write_flit[port];
      if (read[port]) read_flit[port] <= front[read_vc[port]];
    end
  end
endmodule
