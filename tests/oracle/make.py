#!/usr/bin/env python3
"""Writes pairs.json beside itself: areas of intersection, distances and cell-coverage means as GEOS computes them.

usage: python -m venv V && V/bin/pip install shapely==2.2.0 && V/bin/python tests/oracle/make.py
Coordinates are whole millimetres around ORIGIN, so that both sides read the same doubles and the file stays small.
"""
import json, math, pathlib, random
import shapely
from shapely import affinity
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, box

ORIGIN = (400_000, 5_600_000)
R = random.Random(20261122)


def mm(g):
    """Coordinates on the millimetre grid, as doubles in UTM range."""
    return shapely.transform(g, lambda c: (c * 1000).round() / 1000)


def star(x, y, r, n, rough=0.5, hole=False):
    a0 = R.random()
    ring = lambda s: [(x + s * q * math.cos(t), y + s * q * math.sin(t)) for q, t in points]
    points = [(r * (1 - rough * R.random()), a0 + 2 * math.pi * k / n) for k in range(n)]
    return Polygon(ring(1.0), [ring(0.5)[::-1]] if hole else [])


def concave(x, y, s):
    shapes = [
        [(0, 0), (4, 0), (4, 1), (1, 1), (1, 4), (0, 4)],
        [(0, 0), (5, 0), (5, 4), (4, 4), (4, 1), (1, 1), (1, 4), (0, 4)],
        [(0, 0), (1, 0), (1, 2), (2, 2), (2, 0), (3, 0), (3, 2), (4, 2), (4, 0), (5, 0), (5, 3), (0, 3)],
    ]
    g = Polygon([(x + s * u, y + s * v) for u, v in R.choice(shapes)])
    return affinity.rotate(g, R.choice([0, 90, 180, R.uniform(0, 360)]), "center")


def any_polygon():
    x, y = R.uniform(0, 100), R.uniform(0, 100)
    k = R.randrange(4)
    if k == 0: return star(x, y, R.uniform(20, 80), R.randrange(3, 25))
    if k == 1: return star(x, y, R.uniform(20, 80), R.randrange(5, 25), hole=True)
    if k == 2: return concave(x, y, R.uniform(5, 30))
    return MultiPolygon([star(x + 170 * i, y, 80, R.randrange(3, 12), hole=R.random() < 0.5) for i in range(R.randrange(2, 4))])


def any_line():
    pts = [(R.uniform(-50, 250), R.uniform(-50, 250)) for _ in range(R.randrange(2, 9))]
    return LineString(pts) if R.random() < 0.7 else MultiLineString([pts, [(x + 40, y) for x, y in pts[::-1]]])


def any_point():
    p = lambda: (R.uniform(-80, 300), R.uniform(-80, 300))
    return Point(p()) if R.random() < 0.6 else MultiPoint([p() for _ in range(4)])


def shared_edge():
    """Two sides of one wiggly border, and the hole that one of them fills exactly."""
    n = R.randrange(2, 12)
    border = [(50 + R.uniform(-10, 10), 100 * k / n) for k in range(n + 1)]
    west, east = Polygon([(0, 0), *border, (0, 100)]), Polygon([(110, 0), (110, 100), *border[::-1]])
    if R.random() < 0.5: return west, east
    inner = mm(star(40, 40, 20, n + 3))
    return Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [list(inner.exterior.coords)]), inner


def touching():
    a = box(0, 0, 50, 50)
    return a, R.choice([box(50, 0, 90, 50), box(50, 50, 90, 90), box(50, 20, 70, 30), Polygon([(50, 25), (90, 0), (90, 50)]), box(0, 0, 50, 50), box(10, 10, 50, 20), box(0, 50, 50, 50.01)])


def pack(g):
    """[kind, [[ring, ...], ...]] with millimetres from ORIGIN."""
    i = lambda cs: [[round(x * 1000), round(y * 1000)] for x, y in cs]
    t = g.geom_type
    parts = list(g.geoms) if t.startswith("Multi") else [g]
    if "Polygon" in t: return ["polygon", [[i(p.exterior.coords), *(i(r.coords) for r in p.interiors)] for p in parts]]
    return ["line" if "Line" in t else "point", [[i(p.coords)] for p in parts]]



def pairs():
    out = []
    makers = [("random", lambda: (any_polygon(), any_polygon()), 190), ("shared edge", shared_edge, 40), ("touching", touching, 30),
              ("polygon line", lambda: (any_polygon(), any_line()), 50), ("polygon point", lambda: (any_polygon(), any_point()), 40),
              ("line line", lambda: (any_line(), any_line()), 30), ("line point", lambda: (any_line(), any_point()), 20), ("point point", lambda: (any_point(), any_point()), 10),
              ("far", lambda: (any_polygon(), affinity.translate(any_polygon(), R.uniform(100, 900), R.uniform(-900, 900))), 60)]
    for name, make, count in makers:
        done = 0
        while done < count:
            a, b = (mm(g) for g in make())
            if not (shapely.is_valid(a) and shapely.is_valid(b)): continue
            # Measured near the origin, where doubles leave GEOS most digits; the kernels get UTM coordinates.
            out.append(dict(name=name, a=pack(a), b=pack(b), area=shapely.area(shapely.intersection(a, b)) if name in ("random", "shared edge", "touching", "far") else None, distance=shapely.distance(a, b)))
            done += 1
    return out


def zonals():
    out = []
    while len(out) < 40:
        g = mm(any_polygon())
        if not shapely.is_valid(g): continue
        w, h, cx, cy = R.randrange(3, 12), R.randrange(3, 12), R.randrange(5, 40), R.randrange(5, 40)
        ox, oy = R.randrange(-100, 60), R.randrange(80, 200)
        v = [None if R.random() < 0.15 else R.randrange(0, 100) for _ in range(w * h)]
        area, covered, total, top = shapely.area(g), 0.0, 0.0, None
        above = 0.0
        for k, value in enumerate(v):
            x, y = ox + (k % w) * cx, oy - (k // w) * cy
            m2 = shapely.area(shapely.intersection(g, box(x, y - cy, x + cx, y)))
            if value is None or m2 <= 1e-6: continue
            covered += m2; total += m2 * value; top = value if top is None else max(top, value)
            above += m2 if value > 50 else 0.0
        out.append(dict(geometry=pack(g), width=w, height=h, cell_m=[cx, cy], origin_m=[ox, oy], values=v, covered_m2=covered, no_data_m2=area - covered,
                        mean=total / covered if covered > 0 else None, max=top, share_above_50=above / covered if covered > 0 else None))
    return out


if __name__ == "__main__":
    data = dict(geos=".".join(map(str, shapely.geos_version)), shapely=shapely.__version__, origin=ORIGIN, pairs=pairs(), zonal=zonals())
    target = pathlib.Path(__file__).with_name("pairs.json")
    head = {k: data[k] for k in ("geos", "shapely", "origin")}
    line = lambda items: ",\n".join(json.dumps(i, separators=(",", ":")) for i in items)
    target.write_text(json.dumps(head)[:-1] + ',\n"pairs":[\n' + line(data["pairs"]) + '\n],\n"zonal":[\n' + line(data["zonal"]) + "\n]}\n")
    print(target, target.stat().st_size, "bytes,", len(data["pairs"]), "pairs,", len(data["zonal"]), "zonal")
