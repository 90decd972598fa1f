// Shapes and small functions of the router. A VC is numbered over all ports: port * VCS + vc.
package router_pkg;
  parameter int unsigned PORTS = 5;
  parameter int unsigned VCS   /*verilator public_flat_rd*/ = 4;  // per port; a chip may use fewer
  parameter int unsigned DEPTH /*verilator public_flat_rd*/ = 16;  // flits of an input VC; a chip may use fewer
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
  typedef logic [7:0] pool_t;                     // flits that VCs share
  typedef logic [6:0] delay_t;                    // cycles
  typedef logic [7:0] coordinate_t;
  typedef struct packed { coordinate_t y, x; } position_t;

  // The order of axes and the directions there are, as Routing of sim/base/chip_params.hpp.
  typedef enum logic [2:0] { XY, YX, EAST_SOUTH, SOUTH_EAST, WEST_NORTH, NORTH_WEST } routing_t;
  typedef struct packed {
    logic torus;
    routing_t routing;
    position_t last;  // of the grid
  } geometry_t;

  // What a head does at a router: the port it takes and the half of the VCs there. A torus has two halves; a
  // packet that still has to cross the dateline of a ring takes the upper one.
  typedef enum logic [1:0] { LOWER, UPPER, ANY } half_t;
  typedef struct packed {
    port_t port;
    logic [1:0] half;  // half_t
  } hop_t;

  // As Flit of noc/flit.hpp. All but tail, head and packet have a meaning only in heads; the router hands on
  // what it does not know.
  typedef struct packed {
    logic tail, head;
    hop_t hop;                      // at the router that it is going to: computed one hop earlier
    logic [3:0] vc_last, vc_first;  // the VCs it may take at each hop, ends included; of the lower half
    position_t to;
    logic [31:0] packet;
  } flit_t;

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

  // The output VCs that a head may take. Any half does where it does not matter, but one VC stays one.
  function automatic port_vcs_t wanted(hop_t hop, logic [3:0] first, logic [3:0] last, vc_t half_vcs);
    port_vcs_t lower, upper, vcs;
    lower = (port_vcs_t'(2) << last) - (port_vcs_t'(1) << first);
    upper = lower << half_vcs;
    case (hop.half)
      UPPER: vcs = upper;
      ANY: vcs = first == last ? lower : lower | upper;
      default: vcs = lower;
    endcase
    return vcs << number(hop.port, '0);
  endfunction

  // The neighbour behind a port, on a torus round the end.
  function automatic position_t beyond(position_t here, port_t port, position_t last);
    position_t there;
    there = here;
    case (32'(port))
      EAST: there.x = here.x == last.x ? '0 : here.x + 1'b1;
      WEST: there.x = here.x == '0 ? last.x : here.x - 1'b1;
      SOUTH: there.y = here.y == last.y ? '0 : here.y + 1'b1;
      NORTH: there.y = here.y == '0 ? last.y : here.y - 1'b1;
      default: ;
    endcase
    return there;
  endfunction

  // True when a packet goes up in coordinates, from `at` to another one of an axis. A ring with links both ways
  // is taken the shorter way round, from its opposite tiles up from even ones and down from odd ones.
  function automatic logic goes_up(
      logic torus, routing_t routing, coordinate_t last, coordinate_t at, coordinate_t to
  );
    logic [8:0] up, down;
    up = to > at ? {1'b0, to} - {1'b0, at} : {1'b0, to} + {1'b0, last} + 9'd1 - {1'b0, at};
    down = {1'b0, last} + 9'd1 - up;
    case (routing)
      EAST_SOUTH, SOUTH_EAST: return 1'b1;
      WEST_NORTH, NORTH_WEST: return 1'b0;
      default: return !torus ? to > at : up != down ? up < down : !at[0];
    endcase
  endfunction

  // Dimension order: one axis, then the other.
  function automatic hop_t route(geometry_t g, position_t at, position_t to);
    logic y_first, along_y, up, wraps;
    y_first = g.routing == YX || g.routing == SOUTH_EAST || g.routing == NORTH_WEST;
    along_y = to.y != at.y && (y_first || to.x == at.x);
    if (to == at) return {port_t'(LOCAL), ANY};
    up = along_y ? goes_up(g.torus, g.routing, g.last.y, at.y, to.y)
                 : goes_up(g.torus, g.routing, g.last.x, at.x, to.x);
    wraps = along_y ? up == (to.y < at.y) : up == (to.x < at.x);
    return {
      along_y ? (up ? port_t'(SOUTH) : port_t'(NORTH)) : (up ? port_t'(EAST) : port_t'(WEST)),
      wraps ? UPPER : LOWER
    };
  endfunction
endpackage
