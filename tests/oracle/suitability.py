#!/usr/bin/env python3
"""Writes suitability.json beside itself: what speaks for housing at the sites of a smaller Musterstadt, as GEOS computes it.

usage: stadtschicht demo TOWN --size 2500 --seed 3
       python -m venv V && V/bin/pip install shapely==2.2.0 && V/bin/python tests/oracle/suitability.py TOWN
Nothing here comes from the program but the definition's figures, written out again below. Heat is a raster and is left out.
"""
import json, pathlib, sqlite3, sys
import shapely
from shapely.ops import unary_union

town = pathlib.Path(sys.argv[1])
db = sqlite3.connect(town / "data/musterstadt.gpkg")
db.row_factory = sqlite3.Row


def layer(name):
    """Rows of a layer as (geometry, attributes)."""
    found = db.execute("select column_name from gpkg_geometry_columns where table_name = ?", (name,)).fetchone()
    out = []
    for row in db.execute(f'select * from "{name}"') if found else []:
        blob = row[found[0]]
        size = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
        out.append((shapely.from_wkb(bytes(blob[size:])), {k: row[k] for k in row.keys() if k != found[0]}))
    return out


def nearest(rows, up_to):
    things = unary_union([g for g, _ in rows])
    return lambda site: min(site.distance(things), up_to)


def share(name):
    zone = unary_union([g for g, _ in layer(name)])
    return lambda site: 100 * site.intersection(zone).area / site.area


def line(worst, best):
    return lambda m: 10 * min(max((m - worst) / (best - worst), 0), 1)


def smooth(worst, best):
    def score(m):
        t = min(max((m - worst) / (best - worst), 0), 1)
        return 10 * t * t * (3 - 2 * t)
    return score


def hinge(worst, threshold, best, at):
    good, bad = line(threshold, best), line(worst, threshold)
    return lambda m: at + (10 - at) * good(m) / 10 if (m - threshold) * (best - threshold) >= 0 else at * bad(m) / 10


noise, mapped = layer("noise_lden"), unary_union([g for g, _ in layer("noise_area")])


def noise_mean(site):
    taken = [(site.intersection(g).area, a["lden_db"]) for g, a in noise]
    quiet = site.intersection(mapped).difference(unary_union([g for g, _ in noise])).area
    weight = sum(m2 for m2, _ in taken) + quiet
    return None if weight < 0.5 * site.area else (sum(m2 * db for m2, db in taken) + 50 * quiet) / weight


CRITERIA = {  # measure, value function, weight
    "noise_day": (noise_mean, hinge(75, 65, 50, 4), 3.0),
    "stop": (nearest(layer("stops"), 1500), smooth(800, 200), 2.0),
    "kita": (nearest(layer("kitas"), 1500), line(1000, 300), 1.5),
    "primary_school": (nearest([r for r in layer("schools") if r[1]["kind"] == "primary"], 2500), hinge(2000, 1000, 300, 5), 1.5),
    "green": (nearest(layer("green"), 1500), hinge(1200, 500, 150, 5), 1.5),
    "landscape": (share("landscape_protection"), line(100, 0), 2.0),
}
EXCLUSIONS = {"water": ("water", 30), "flood_hq100": ("flood_hq100", 50), "nature_reserve": ("nature_reserves", 10), "forest": ("forest", 50)}
excluding = {k: (share(name), above) for k, (name, above) in EXCLUSIONS.items()}

sites = {}
for site, attributes in layer("sites"):
    measures = {k: measure(site) for k, (measure, _, _) in CRITERIA.items()}
    shares = {k: of(site) for k, (of, _) in excluding.items()}
    known = [(CRITERIA[k][1](m), CRITERIA[k][2]) for k, m in measures.items() if m is not None]
    rounded = lambda values: {k: None if v is None else round(v, 6) for k, v in values.items()}
    sites[str(attributes["fid"])] = {
        "measures": rounded(measures),
        "shares": rounded(shares),
        "excluded": any(shares[k] > above for k, (_, above) in excluding.items()),
        "score": round(sum(s * w for s, w in known) / sum(w for _, w in known), 6),
    }
out = pathlib.Path(__file__).with_name("suitability.json")
out.write_text(json.dumps({"town": {"buildings": 2500, "seed": 3}, "sites": sites}, indent=1) + "\n")
