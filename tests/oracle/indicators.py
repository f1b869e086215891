#!/usr/bin/env python3
"""Writes indicators.json beside itself: indicators of a smaller Musterstadt as GEOS computes them, from the town's GeoPackage.

usage: stadtschicht demo TOWN --size 2500 --seed 3
       python -m venv V && V/bin/pip install shapely==2.2.0 && V/bin/python tests/oracle/indicators.py TOWN
Nothing here comes from the program: the files are read through sqlite3, and the walking distances are a graph of their own.
"""
import collections, heapq, json, math, pathlib, sqlite3, struct, sys
import shapely
import shapely.affinity
from shapely import STRtree
from shapely.geometry import LineString, Point
from shapely.ops import unary_union

town = pathlib.Path(sys.argv[1])
db = sqlite3.connect(town / "data/musterstadt.gpkg")
db.row_factory = sqlite3.Row


def layer(name):
    """Rows of a layer as (geometry, attributes)."""
    column = db.execute("select column_name from gpkg_geometry_columns where table_name = ?", (name,)).fetchone()[0]
    out = []
    for row in db.execute(f'select * from "{name}"'):
        blob = row[column]
        # GeoPackage header: magic, version, flags, srs, then an envelope whose size the flags tell.
        size = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
        out.append((shapely.from_wkb(bytes(blob[size:])), {k: row[k] for k in row.keys() if k != column}))
    return out


AOI = unary_union([g for g, _ in layer("area_of_interest")])
people = layer("population")


def area(rows):
    return unary_union([g for g, _ in rows]).intersection(AOI).area


def inhabitants(column="inhabitants"):
    return sum(a[column] * g.intersection(AOI).area / g.area for g, a in people)


def in_zone(rows):
    zone = unary_union([g for g, _ in rows])
    return sum(a["inhabitants"] * g.intersection(AOI).intersection(zone).area / g.area for g, a in people)


# --- on foot -------------------------------------------------------------------------------------------------------------------
GRID, SNAP, ADJOINS = 25.0, 150.0, 20.0


def network():
    """Streets noded at every crossing; ends up to half a metre beside another street lead into it. No trunk roads."""
    walkable = [g for g, a in layer("streets") if a["class"] not in ("motorway", "trunk")]
    lines = [part for g in walkable for part in getattr(g, "geoms", [g])]
    tree = STRtree(lines)
    extra = []
    for k, line in enumerate(lines):
        for end in (Point(line.coords[0]), Point(line.coords[-1])):
            for j in tree.query(end.buffer(0.5)):
                if j != k and 0 < lines[j].distance(end) <= 0.5:
                    extra.append(LineString([end, lines[j].interpolate(lines[j].project(end))]))
    # A connecting stub must really meet the other line: let it overshoot by a millimetre.
    stubs = [shapely.affinity.scale(s, 1.002, 1.002, origin=s.coords[0]) for s in extra]
    noded = unary_union(lines + stubs)
    return [g for g in noded.geoms if g.length > 1e-9]


def barriers():
    rail = [g for g, _ in layer("railways")]
    water = [g.boundary for g, _ in layer("water")]
    trunk = [g for g, a in layer("streets") if a["class"] in ("motorway", "trunk")]
    return rail + water + trunk


class Walk:
    def __init__(self):
        self.edges = network()
        self.tree = STRtree(self.edges)
        self.bars = barriers()
        self.bar_tree = STRtree(self.bars)
        key = lambda p: (round(p[0], 2), round(p[1], 2))
        self.ends = [(key(e.coords[0]), key(e.coords[-1])) for e in self.edges]
        self.graph = collections.defaultdict(list)
        for (a, b), e in zip(self.ends, self.edges):
            self.graph[a].append((b, e.length))
            self.graph[b].append((a, e.length))

    def free(self, leg):
        hits = self.bar_tree.query(leg, predicate="intersects")
        for h in hits:
            for p in shapely.get_coordinates(leg.intersection(self.bars[h])):
                if min(math.dist(p, leg.coords[0]), math.dist(p, leg.coords[-1])) > 0.01:
                    return False
        return True

    def snap(self, g):
        """(edge, from, to, leg) of every way onto the network."""
        out = []
        is_area = g.geom_type.endswith("Polygon")
        for reach in (ADJOINS, 60.0, SNAP):
            for k in self.tree.query(g.buffer(reach)):
                e = self.edges[k]
                if is_area and e.intersects(g):
                    inside = e.intersection(g)
                    for part in getattr(inside, "geoms", [inside]):
                        at = sorted(e.project(Point(c)) for c in (part.coords[0], part.coords[-1]))
                        out.append((k, at[0], at[1], 0.0))
                    continue
                d = e.distance(g)
                if d <= reach:
                    on, off = shapely.ops.nearest_points(e, g)
                    if d == 0 or self.free(LineString([on, off])):
                        at = [e.project(on)] * 2
                        if is_area:
                            # An area is left anywhere along its front on the way.
                            front = e.intersection(g.buffer(d + 1.0))
                            ends = [e.project(Point(c)) for part in getattr(front, "geoms", [front]) for c in part.coords]
                            at = [min(ends + at), max(ends + at)]
                        out.append((k, at[0], at[1], d))
            if out:
                return out if is_area and reach == ADJOINS else [min(out, key=lambda o: o[3])]
        return out

    def field(self, things, limit):
        best, queue, on_edge = {}, [], collections.defaultdict(list)
        for g in things:
            for k, a, b, leg in self.snap(g):
                on_edge[k].append((a, b, leg))
                for node, cost in ((self.ends[k][0], leg + a), (self.ends[k][1], leg + self.edges[k].length - b)):
                    heapq.heappush(queue, (cost, node))
        while queue:
            cost, node = heapq.heappop(queue)
            if node in best or cost > limit:
                continue
            best[node] = cost
            for other, length in self.graph[node]:
                heapq.heappush(queue, (cost + length, other))
        return best, on_edge

    def served(self, field, p, limit):
        best, on_edge = field
        ways = self.snap(p)
        if not ways:
            return None
        found = math.inf
        for k, a, b, leg in ways:
            for node, along in ((self.ends[k][0], a), (self.ends[k][1], self.edges[k].length - b)):
                found = min(found, best.get(node, math.inf) + along + leg)
            for c, d, other in on_edge[k]:
                found = min(found, leg + other + max(a - d, c - b, 0.0))
        return found <= limit


def near(things, limit):
    field = WALK.field(things, limit)
    total = 0.0
    for g, a in people:
        x0, y0, x1, y1 = g.bounds
        xs = [GRID * k for k in range(math.ceil(x0 / GRID), math.floor(x1 / GRID) + 1)]
        ys = [GRID * k for k in range(math.ceil(y0 / GRID), math.floor(y1 / GRID) + 1)]
        points = [Point(x, y) for y in ys for x in xs if g.covers(Point(x, y))] or [g.representative_point()]
        answers = [WALK.served(field, p, limit) for p in points if AOI.covers(p)]
        answers = [x for x in answers if x is not None]
        if answers:
            total += a["inhabitants"] * g.intersection(AOI).area / g.area * sum(answers) / len(answers)
    return total


WALK = Walk()
kind = lambda rows, *kinds: [r for r in rows if r[1]["kind"] in kinds]
land, sites = layer("land_use"), layer("sites")
suv = kind(land, "settlement", "traffic")
all_people = inhabitants()
taken = [r for r in suv if r[1]["since"] is not None and 2016 <= r[1]["since"] <= 2025]
sealed = sum(g.intersection(AOI).area * a["sealed_percent"] / 100 for g, a in land)
GFZ = dict(WS=0.4, WR=1.2, WA=1.2, WB=1.6, MD=1.2, MDW=1.2, MI=1.2, MU=3.0, MK=3.0)


def dwellings(g, a):
    if a["dwellings"] is not None:
        number = a["dwellings"]
    elif a["gfz"] is not None:
        number = g.area * a["gfz"] / 100
    elif a["grz"] is not None and a["storeys"] is not None:
        number = g.area * a["grz"] * a["storeys"] / 100
    else:
        number = g.area * GFZ.get(a["baunvo"], 0.0) / 100
    return number * g.intersection(AOI).area / g.area


homes = sum(dwellings(g, a) for g, a in sites if a["use"] in ("residential", "mixed"))
inside = lambda rows, column: sum(a[column] for g, a in rows if AOI.contains(g))
green = layer("green")
values = {
    "I01": 100 * area(suv) / AOI.area,
    "I02": 100 * area(taken) / AOI.area / 10 if taken else 0.0,
    "I03": 1e6 * all_people / area(suv),
    "I04": 100 * area([r for r in sites if r[1]["setting"] == "inner"]) / area(sites),
    "I05": homes,
    "I05E": 2.0 * homes,
    "I06": 100 * sealed / AOI.area,
    "I07": area(green) / all_people,
    "I10": 100 * area(layer("nature_reserves") + layer("landscape_protection")) / AOI.area,
    "I11": 100 * in_zone([r for r in layer("noise_lden") if r[1]["lden_db"] >= 65]) / all_people,
    "I11N": 100 * in_zone([r for r in layer("noise_lnight") if r[1]["lnight_db"] >= 55]) / all_people,
    "I16": 100 * inside(layer("kitas"), "places") / inhabitants("under_7"),
    "I08": 100 * near([g for g, _ in green if g.area >= 5000], 500) / all_people,
    "I17": 100 * near([g for g, a in layer("schools") if a["kind"] == "primary"], 1000) / all_people,
    "I19": 100 * near([g for g, _ in layer("stops")], 500) / all_people,
}
out = pathlib.Path(__file__).with_name("indicators.json")
out.write_text(json.dumps({"town": {"buildings": 2500, "seed": 3}, "values": {k: round(v, 6) for k, v in values.items()}}, indent=1) + "\n")
print(out.read_text())
