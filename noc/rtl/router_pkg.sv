// Shapes and small functions of the router. A VC is numbered over all ports: port * VCS + vc.
package router_pkg;
  parameter int unsigned PORTS = 5;
  parameter int unsigned VCS   /*verilator public_flat_rd*/ = 4;  // per port; a chip may use fewer
  parameter int unsigned DEPTH /*verilator public_flat_rd*/ = 8;  // flits of an input VC; a chip may use fewer
  parameter int unsigned PORT_VCS = PORTS * VCS;

  // Ports. East is x + 1, south is y + 1; local leads to the tile's NIU.
  parameter int unsigned EAST = 0, WEST = 1, SOUTH = 2, NORTH = 3, LOCAL = 4;

  typedef logic [2:0] port_t;                     // a port
  typedef logic [$clog2(VCS)-1:0] vc_t;           // a VC of a port
  typedef logic [$clog2(PORT_VCS)-1:0] port_vc_t; // a VC of all ports
  typedef logic [PORTS-1:0] ports_t;              // sets of them, a bit each
  typedef logic [VCS-1:0] vcs_t;
  typedef logic [PORT_VCS-1:0] port_vcs_t;
  typedef logic [$clog2(DEPTH)-1:0] place_t;      // in the ring of an input VC
  typedef logic [$clog2(DEPTH+1)-1:0] count_t;    // flits or credits
  typedef logic [5:0] delay_t;                    // cycles
  typedef logic [11:0] coordinate_t;
  typedef struct packed { coordinate_t x, y; } position_t;

  // What the router reads of a flit; all but `tail` only in heads.
  typedef struct packed {
    position_t to;
    logic [3:0] vc_first, vc_last;  // the VCs it may take at each hop, ends included
    port_t route;                   // output port here: computed one hop earlier
    logic head, tail;
  } flit_t;
  typedef logic [47:0] payload_t;   // what it only carries

  // The VCs with bit `n` of their number set.
  function automatic port_vcs_t with_bit(port_vc_t n);
    for (int unsigned vc = 0; vc < PORT_VCS; ++vc) with_bit[vc] = vc[n];
  endfunction
  localparam port_vcs_t WITH_BIT[5] = '{with_bit(0), with_bit(1), with_bit(2), with_bit(3), with_bit(4)};

  // Round robin: the first member of `set`, which is not empty, at or after `pointer`, going round.
  function automatic port_vc_t pick(port_vcs_t set, port_vc_t pointer);
    port_vcs_t behind, first;
    behind = set & ('1 << pointer);
    if (behind == '0) behind = set;
    first = behind & (~behind + 1'b1);
    for (int unsigned n = 0; n < $bits(port_vc_t); ++n) pick[n] = (first & WITH_BIT[n]) != '0;
  endfunction

  // The pointer behind the one that was granted, of `size`.
  function automatic port_vc_t after(port_vc_t granted, int unsigned size);
    return granted == port_vc_t'(size - 1) ? '0 : granted + 1'b1;
  endfunction

  function automatic port_vc_t number(port_t port, vc_t vc);
    return port_vc_t'(port) * port_vc_t'(VCS) + port_vc_t'(vc);
  endfunction

  // The output VCs first to last of the port `route`: those that a head may take.
  function automatic port_vcs_t wanted(port_t route, logic [3:0] first, logic [3:0] last);
    port_vcs_t vcs;
    vcs = (port_vcs_t'(2) << last) - (port_vcs_t'(1) << first);
    return vcs << number(route, '0);
  endfunction

  // The neighbour behind a port.
  function automatic position_t beyond(position_t here, port_t port);
    position_t there;
    there = here;
    case (32'(port))
      EAST: there.x = here.x + 1'b1;
      WEST: there.x = here.x - 1'b1;
      SOUTH: there.y = here.y + 1'b1;
      NORTH: there.y = here.y - 1'b1;
      default: ;
    endcase
    return there;
  endfunction

  // Dimension order, x before y.
  function automatic port_t route_xy(position_t at, position_t to);
    if (to.x != at.x) return to.x > at.x ? port_t'(EAST) : port_t'(WEST);
    if (to.y != at.y) return to.y > at.y ? port_t'(SOUTH) : port_t'(NORTH);
    return port_t'(LOCAL);
  endfunction
endpackage
