#!/usr/bin/env python3
"""Works out the figures of a plan's sites by its own arithmetic and compares them with what the program says; a pocket calculator beside it.

usage: stadtschicht demo TOWN --size 2500 --seed 3
       stadtschicht scenario export TOWN kasernenquartier-mit-park --out PLAN.gpkg
       stadtschicht figures TOWN --scenario kasernenquartier-mit-park --format json --out PLAN.json
       python3 tests/oracle/figures.py PLAN.gpkg PLAN.json [INDEX FACTOR]        (needs shapely)
The numbers of law and assumptions are written out again below, from their sources and not from the program: BauNVO §§ 17, 19 (4); NHK 2010
(ImmoWertV Anlage 4, standard 4); Destatis price index of Q4 2025; Saxony-Anhalt: 110 m² a dwelling, 0.0532 day-care places an inhabitant;
0.04 school places an inhabitant; 2 inhabitants and one parking space of 25 m² a dwelling.
"""
import json, sqlite3, sys

try:
    import shapely.wkb
except ImportError:
    sys.exit("skipped: no shapely here")

DWELLING_M2, PEOPLE, PLACES = 110.0, 2.0, {"places-S1": 0.0532, "places-S2K": 0.04}
# Index and factor may be given behind the files, as they were given to the program.
INDEX, FACTOR = (float(v) for v in sys.argv[3:5]) if len(sys.argv) > 4 else (190.4, 1.0)
# GRZ and GFZ of § 17 BauNVO (2021).
ORIENTATION = {"WS": (0.2, 0.4), "WR": (0.4, 1.2), "WA": (0.4, 1.2), "WB": (0.6, 1.6), "MD": (0.6, 1.2), "MDW": (0.6, 1.2), "MI": (0.6, 1.2),
               "MU": (0.8, 3.0), "MK": (1.0, 3.0), "GE": (0.8, 2.4), "GI": (0.8, 2.4), "SO": (0.8, 2.4)}
ANCILLARY = {"1313", "2463", "2465", "2723"}
NHK = {"mixed": 1085, "commercial": 1685, "kita": 1495, "school": 1670, "care_home": 1435}

db = sqlite3.connect(sys.argv[1])
db.row_factory = sqlite3.Row


def layer(name):
    if not db.execute("select 1 from gpkg_contents where table_name = ?", (name,)).fetchone():
        return []
    out = []
    for row in db.execute(f'select * from "{name}"'):
        blob = bytes(row["geom"])
        size = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
        out.append((shapely.wkb.loads(blob[size:]), {k: row[k] for k in row.keys() if k != "geom"}))
    return out


drawn = [(g, a) for g, a in layer("buildings") if a["plan_change"] is not None]


def positive(a, name):
    v = a.get(name)
    return v if v is not None and v > 0 else None


def nhk(use, facility, homes):
    if use == "residential":
        return 985 if homes is not None and homes <= 6 else 915 if homes is not None and homes <= 20 else 900
    return NHK.get(facility) if use == "public" else NHK.get(use)


def figures(site, a):
    m2 = site.area
    grz, gfz, storeys = (positive(a, k) for k in ("grz", "gfz", "storeys"))
    table = ORIENTATION.get(a.get("baunvo"))
    houses = [(site.intersection(g).area, b) for g, b in drawn]
    houses = [(inside, b) for inside, b in houses if inside > 0.5]
    footprint = sum(inside for inside, _ in houses)
    main = [(inside, b) for inside, b in houses if str(b.get("function")).replace("31001_", "") not in ANCILLARY]
    # Floor area: what is drawn, else the draft's own index, else that of its type.
    own = gfz or (grz * storeys if grz and storeys else None)
    floor = sum(i * b["storeys"] for i, b in main) if houses else m2 * (own or table[1]) if own or table else None
    out = {"area": m2, "floor_area": floor}
    homes = None
    if a.get("use") in ("residential", "mixed"):
        # Of the types only those where dwellings are built count.
        housing = table[1] if table and a["baunvo"] not in ("GE", "GI", "SO") else None
        if a.get("dwellings") is not None:
            homes = a["dwellings"]
        elif houses:
            homes = floor / DWELLING_M2
        elif own or housing:
            homes = m2 * (own or housing) / DWELLING_M2
        people = None if homes is None else homes * PEOPLE
        out["dwellings"], out["inhabitants"], out["parking"] = homes, people, homes
        out["parking_area"] = None if homes is None else homes * 25
        for k, v in PLACES.items():
            out[k] = None if people is None else people * v
    index = grz or (table[0] if table else None)
    sealed = 0.0 if index is None and a.get("use") == "green" else None if index is None else m2 * min(max(min(index * 1.5, 0.8), index), 1)
    if sealed is not None:
        sealed = max(sealed, footprint)
    out["sealed"], out["green"] = sealed, None if sealed is None else max(m2 - sealed, 0)
    price = nhk(a.get("use"), a.get("facility"), homes)
    out["cost"] = None if price is None or floor is None else floor * price * INDEX / 100 * FACTOR
    return out


with open(sys.argv[2], encoding="utf-8") as f:
    said = json.load(f)["figures"]
sites = {str(a["plan_id"]): (g, a) for g, a in layer("sites")}
wrong, compared, totals, unknown, by_use = [], 0, {}, {}, {}
for s in said["sites"]:
    site, a = sites.pop(s["site"]["id"])
    mine = figures(site, a)
    by_use[a.get("use") or ""] = by_use.get(a.get("use") or "", 0) + site.area
    theirs = {f["id"]: f["value"] for f in s["figures"]}
    if set(mine) != set(theirs):
        wrong.append(f"site {s['site']['id']}: {sorted(set(mine) ^ set(theirs))}")
    for k, v in mine.items():
        got = theirs.get(k)
        compared += 1
        if (v is None) != (got is None) or (v is not None and abs(v - got) > 1e-6 * max(1, abs(v))):
            wrong.append(f"site {s['site']['id']} {k}: {got}, by hand {v}")
        totals[k] = totals.get(k, 0) + (v or 0)
        unknown[k] = unknown.get(k, 0) + (v is None)
for t in said["totals"]:
    if abs(t["value"] - totals[t["id"]]) > 1e-6 * max(1, totals[t["id"]]) or t["unknown"] != unknown[t["id"]]:
        wrong.append(f"total {t['id']}: {t['value']} and {t['unknown']} unknown, by hand {totals[t['id']]} and {unknown[t['id']]}")
for use, m2 in said["by_use"]:
    if abs(m2 - by_use.pop(use, -1)) > 1e-3:
        wrong.append(f"area of {use}: {m2}")
wrong += [f"site {k} is not in the figures" for k in sites] + [f"use {k} is not in the figures" for k in by_use]
print("\n".join(wrong[:40]))
print(f"{compared} figures of {len(said['sites'])} sites, {len(drawn)} drawn buildings: {len(wrong)} differ")
sys.exit(1 if wrong else 0)
