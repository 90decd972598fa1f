// Shapes and small functions of the router. A VC is numbered over all ports: port * VCS + vc. Multicasts have
// VCs of their own, numbered in the same way: port * MULTICAST_VCS + vc.
package router_pkg;
  parameter int unsigned PORTS = 5;
  parameter int unsigned VCS   /*verilator public_flat_rd*/ = 8;  // per port; a chip may use fewer
  parameter int unsigned MULTICAST_VCS /*verilator public_flat_rd*/ = 2;  // the same
  parameter int unsigned DEPTH /*verilator public_flat_rd*/ = 16;  // flits of an input VC; a chip may use fewer
  parameter int unsigned PORT_VCS = PORTS * VCS;
  parameter int unsigned MULTICASTS = PORTS * MULTICAST_VCS;  // VCs of all ports

  // Ports. East is x + 1, south is y + 1; local leads to the tile's NIU.
  parameter int unsigned EAST = 0, WEST = 1, SOUTH = 2, NORTH = 3, LOCAL = 4;

  typedef logic [2:0] port_t;                     // a port
  typedef logic [$clog2(VCS)-1:0] vc_t;           // a VC of a port
  typedef logic [$clog2(PORT_VCS)-1:0] port_vc_t; // a VC of all ports
  typedef logic [PORTS-1:0] ports_t;              // sets of them, a bit each
  typedef logic [VCS-1:0] vcs_t;
  typedef logic [PORT_VCS-1:0] port_vcs_t;
  typedef logic [$clog2(MULTICAST_VCS)-1:0] multicast_vc_t;  // the same for the VCs of multicasts
  typedef logic [$clog2(MULTICASTS)-1:0] multicast_t;
  typedef logic [MULTICAST_VCS-1:0] multicast_vcs_t;
  typedef logic [MULTICASTS-1:0] multicasts_t;
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
    logic multicast;                // its class; of a multicast's head `to` is the rectangle's corner
    logic tail, head;
    hop_t hop;                      // at the router that it is going to: computed one hop earlier
    logic [3:0] vc_last, vc_first;  // the VCs it may take at each hop, ends included; of the lower half
    position_t to;
    logic [31:0] packet;
  } flit_t;

  // What comes with a multicast's head on wires of their own: the rest of its route (rows and columns of the
  // rectangle less one), and what it does at the router that it is going to, computed one hop earlier: the
  // ports it leaves by, and those where it takes the upper half.
  typedef struct packed { coordinate_t rows, columns; position_t source; } tree_t;
  typedef struct packed { ports_t upper, ports; } branches_t;

  // The VCs with bit `n` of their number set.
  function automatic port_vcs_t with_bit(port_vc_t n);
    for (int unsigned vc = 0; vc < PORT_VCS; ++vc) with_bit[vc] = ((vc >> n) & 1) != 0;
  endfunction
  localparam port_vcs_t WITH_BIT[6] = '{with_bit(0), with_bit(1), with_bit(2), with_bit(3), with_bit(4), with_bit(5)};

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

  function automatic multicast_t multicast_number(port_t port, multicast_vc_t vc);
    return multicast_t'(port) * multicast_t'(MULTICAST_VCS) + multicast_t'(vc);
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

  function automatic logic y_first(routing_t routing);
    return routing == YX || routing == SOUTH_EAST || routing == NORTH_WEST;
  endfunction

  // Dimension order: one axis, then the other.
  function automatic hop_t route(geometry_t g, position_t at, position_t to);
    logic along_y, up, wraps;
    along_y = to.y != at.y && (y_first(g.routing) || to.x == at.x);
    if (to == at) return {port_t'(LOCAL), ANY};
    up = along_y ? goes_up(g.torus, g.routing, g.last.y, at.y, to.y)
                 : goes_up(g.torus, g.routing, g.last.x, at.x, to.x);
    wraps = along_y ? up == (to.y < at.y) : up == (to.x < at.x);
    return {
      along_y ? (up ? port_t'(SOUTH) : port_t'(NORTH)) : (up ? port_t'(EAST) : port_t'(WEST)),
      wraps ? UPPER : LOWER
    };
  endfunction

  // The tree of a multicast: at each router the hops of the unicast routes from its source to the tiles of its
  // rectangle that come by there, as noc/multicast.hpp has them.
  typedef logic [9:0] distance_t;  // links along an axis

  // The branches along an axis, up and down in coordinates, and whether they come by the dateline.
  typedef struct packed { logic up, up_wraps, down, down_wraps; } axis_t;

  function automatic distance_t links_up(coordinate_t from, coordinate_t to, distance_t size);
    return to >= from ? distance_t'(to) - distance_t'(from) : distance_t'(to) + size - distance_t'(from);
  endfunction

  // Of tiles nearest to nearest + more away, round a ring: the farthest within `most`; 0 if there is none.
  function automatic distance_t farthest(
      distance_t nearest, coordinate_t more, distance_t most, distance_t size
  );
    distance_t last;
    last = nearest + distance_t'(more);
    if (nearest > most) last = last >= size ? last - size : '0;  // what lies behind the source
    return last < most ? last : most;
  endfunction

  // A mesh is a ring so long that the way round it is never the shorter one.
  function automatic axis_t along(
      logic torus, routing_t routing, coordinate_t last,  // of the grid
      coordinate_t source, coordinate_t at, coordinate_t first, coordinate_t more
  );
    distance_t size, up_most, up_last, up_at, down_last, down_at;
    size = torus ? distance_t'(last) + 1'b1 : 10'd512;
    case (routing)
      EAST_SOUTH, SOUTH_EAST: up_most = size - 1'b1;
      WEST_NORTH, NORTH_WEST: up_most = '0;
      default: up_most = (size >> 1) - distance_t'(!size[0] && source[0]);
    endcase
    up_last = farthest(links_up(source, first, size), more, up_most, size);
    down_last = farthest(links_up(first + more, source, size), more, size - 1'b1 - up_most, size);
    up_at = links_up(source, at, size);
    down_at = links_up(at, source, size);
    along.up = up_at < up_last;
    along.up_wraps = along.up && distance_t'(at) + up_last - up_at >= size;
    along.down = down_at < down_last;
    along.down_wraps = along.down && down_last - down_at > distance_t'(at);
  endfunction

  function automatic logic is_in(coordinate_t at, coordinate_t first, coordinate_t more);
    return at >= first && at - first <= more;
  endfunction

  function automatic branches_t branches(geometry_t g, position_t at, position_t corner, tree_t tree);
    axis_t x, y;
    logic in_columns, in_rows;
    x = along(g.torus, g.routing, g.last.x, tree.source.x, at.x, corner.x, tree.columns);
    y = along(g.torus, g.routing, g.last.y, tree.source.y, at.y, corner.y, tree.rows);
    in_columns = is_in(at.x, corner.x, tree.columns);
    in_rows = is_in(at.y, corner.y, tree.rows);
    // On the first axis as long as the other coordinate is the source's, on the second from the rectangle on.
    if (y_first(g.routing) ? !in_rows : at.y != tree.source.y) x = '0;
    if (y_first(g.routing) ? at.x != tree.source.x : !in_columns) y = '0;
    branches.ports = {in_columns && in_rows && at != tree.source, y.down, y.up, x.down, x.up};
    branches.upper = {1'b0, y.down_wraps, y.up_wraps, x.down_wraps, x.up_wraps};
  endfunction
endpackage
