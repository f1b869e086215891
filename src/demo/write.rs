//! The files of Musterstadt: one GeoPackage, two grids, `project.toml`.

use super::further;
use super::land::PLACE;
use super::layers::{layers, noise_area};
use super::nature::Nature;
use super::noise::Noise;
use super::sheet::LayerOut;
use super::town::Town;
use super::{DemoError, DemoOptions};
use crate::estimate::contour::Grid;
use crate::model::Raster;
use crate::progress::Control;
use crate::readers::gdal::write::{WriteLayer, geopackage, geotiff};
use std::fmt::Write as _;
use std::path::Path;

const EPSG: u32 = 25833;
const VECTORS: &str = "data/musterstadt.gpkg";
const TERRAIN: &str = "data/gelaende.tif";
const HEAT: &str = "data/pet.tif";

/// Writes everything; `project.toml` comes last, so that a folder with one is complete.
pub(super) fn write(dir: &Path, town: &Town, options: &DemoOptions, control: &Control) -> Result<(), DemoError> {
    let step = |de: &str, en: &str, fraction: f32| {
        control.report(de, en, fraction);
        if control.is_cancelled() {
            Err(DemoError::Cancelled)
        } else {
            Ok(())
        }
    };
    step(
        "Musterstadt: Gelände, Wald und Wärme",
        "Musterstadt: terrain, forest and heat",
        0.35,
    )?;
    let nature = Nature::of(town);
    step("Musterstadt: Lärm berechnen", "Musterstadt: computing noise", 0.45)?;
    let (lo, hi) = noise_area(town);
    let noise = Noise::of(
        &town.land,
        &town.lines,
        &|p| nature.in_town(p),
        lo,
        hi,
        9.0 * town.land.scale.powf(0.4).max(1.0),
    );
    step("Musterstadt: Flächen bilden", "Musterstadt: drawing layers", 0.65)?;
    let mut all = layers(town, &nature, &noise, options.seed);
    all.extend(further::layers(town, &nature, &noise, options.seed));
    let grids = further::grids(town, &nature);
    step("Musterstadt: Dateien schreiben", "Musterstadt: writing files", 0.75)?;
    let project = dir.join("project.toml");
    if project.exists() {
        return Err(DemoError::Exists { path: project });
    }
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| DemoError::Folder { source, path }
    };
    let data = dir.join("data");
    std::fs::create_dir_all(&data).map_err(failed(&data))?;
    let sheets: Vec<WriteLayer> = all
        .iter()
        .map(|l| WriteLayer {
            name: l.name,
            description: "Musterstadt, frei erfunden",
            geometry: &l.geometry,
            attributes: &l.attributes,
            style: None,
        })
        .collect();
    // What an interrupted run left behind has no project.toml and is ours to replace.
    let files = grids.iter().map(|(name, _)| grid_file(name));
    for file in [VECTORS, TERRAIN, HEAT].map(str::to_owned).into_iter().chain(files) {
        let path = dir.join(file);
        if path.exists() {
            std::fs::remove_file(&path).map_err(failed(&path))?;
        }
    }
    geopackage(&dir.join(VECTORS), EPSG, &sheets, control).map_err(|source| DemoError::Write { source })?;
    let further = grids.iter().map(|(name, grid)| (grid_file(name), grid));
    let own = [(TERRAIN.to_owned(), &nature.terrain), (HEAT.to_owned(), &nature.heat)];
    for (file, grid) in own.into_iter().chain(further) {
        geotiff(&dir.join(file), EPSG, &raster(grid)).map_err(|source| DemoError::Write { source })?;
    }
    std::fs::write(&project, project_toml(town, &all)).map_err(failed(&project))?;
    Ok(())
}

/// The file of a further grid.
fn grid_file(name: &str) -> String {
    format!("data/{name}.tif")
}

/// Further grids by module; their file bears the slot's name.
const GRIDS: [(&str, &str); 5] = [
    ("water", "pluvial_depth"),
    ("water", "pluvial_velocity"),
    ("climate", "night_minimum"),
    ("climate", "day_maximum"),
    ("climate", "canopy"),
];

/// Further layers by module; their layer bears the slot's name.
const FURTHER: [(&str, &str); 25] = [
    ("environmental_load", "noise_trade"),
    ("environmental_load", "aircraft_noise"),
    ("environmental_load", "quiet_areas"),
    ("social_infrastructure", "fire_reach"),
    ("social_infrastructure", "districts"),
    ("building_law", "plants"),
    ("building_law", "hazard_sites"),
    ("building_law", "wind_turbines"),
    ("building_law", "power_lines"),
    ("building_law", "odour"),
    ("building_law", "airports"),
    ("water", "flood_extreme"),
    ("water", "flood_origin"),
    ("water", "protection_zones"),
    ("nature_heritage", "natura2000"),
    ("nature_heritage", "biotopes"),
    ("nature_heritage", "natural_monuments"),
    ("nature_heritage", "species"),
    ("nature_heritage", "contamination"),
    ("nature_heritage", "monuments"),
    ("nature_heritage", "farmland"),
    ("climate", "cold_air"),
    ("climate", "hotspots"),
    ("climate", "air_quality"),
    ("climate", "trees"),
];

/// Nodes become cell centres; rows turn so that north is up.
fn raster(grid: &Grid) -> Raster {
    let half = 0.5 * grid.step_m;
    let rows = (0..grid.height)
        .rev()
        .flat_map(|y| &grid.values[y * grid.width..(y + 1) * grid.width]);
    Raster {
        width: grid.width,
        height: grid.height,
        origin: [
            PLACE[0] + grid.origin[0] - half,
            PLACE[1] + grid.origin[1] + (grid.height - 1) as f64 * grid.step_m + half,
        ],
        cell_m: [grid.step_m; 2],
        values: rows.map(|v| *v as f32).collect(),
        provenance: vec![],
    }
}

/// Slot, file, layer, coverage, what to say about the source.
type Bind = (&'static str, &'static str, &'static str, &'static str);

const MODEL: &str = "Modellrechnung nach vereinfachter RLS-19 für die erfundene Stadt Musterstadt, keine amtliche Lärmkarte";
const INVENTED: &str = "Musterstadt: synthetisch, frei erfunden";

fn binds() -> Vec<Bind> {
    let vector = |slot, layer| (slot, VECTORS, layer, INVENTED);
    vec![
        ("land_potential/terrain", TERRAIN, "", INVENTED),
        vector("land_potential/zones", "zones"),
        vector("land_potential/land_use", "land_use"),
        vector("land_potential/streets", "streets"),
        vector("land_potential/railways", "railways"),
        vector("land_potential/buildings", "buildings"),
        vector("land_potential/sites", "sites"),
        vector("environmental_load/water", "water"),
        vector("environmental_load/watercourses", "watercourses"),
        vector("environmental_load/forest", "forest"),
        vector("environmental_load/green", "green"),
        (
            "environmental_load/heat_pet",
            HEAT,
            "",
            "Abgeschätzte Physiologisch Äquivalente Temperatur der erfundenen Stadt Musterstadt",
        ),
        vector("environmental_load/flood_hq100", "flood_hq100"),
        ("environmental_load/noise_lden", VECTORS, "noise_lden", MODEL),
        ("environmental_load/noise_lnight", VECTORS, "noise_lnight", MODEL),
        vector("environmental_load/nature_reserves", "nature_reserves"),
        vector("environmental_load/landscape_protection", "landscape_protection"),
        vector("social_infrastructure/population", "population"),
        vector("social_infrastructure/preservation_areas", "preservation_areas"),
        vector("social_infrastructure/kitas", "kitas"),
        vector("social_infrastructure/schools", "schools"),
        vector("social_infrastructure/playgrounds", "playgrounds"),
        vector("social_infrastructure/stops", "stops"),
        vector("social_infrastructure/care_homes", "care_homes"),
        vector("social_infrastructure/pharmacies", "pharmacies"),
        vector("social_infrastructure/doctors", "doctors"),
        vector("social_infrastructure/local_supply", "local_supply"),
    ]
}

/// Three invented voices, so that there is something to disagree about.
const GROUPS: &str = r#"
[[group]]
id = "planning"
title = { de = "Stadtplanung", en = "Town planning" }
weights.housing = { stop = 4.0, kita = 3.0, primary_school = 3.0 }

[[group]]
id = "nature"
title = { de = "Naturschutzbeirat", en = "Nature conservation board" }
weights.housing = { landscape = 8.0, heat = 4.0, green = 3.0 }

[[group]]
id = "residents"
title = { de = "Bürgerinitiative", en = "Residents' initiative" }
pairs.housing = ["noise_day:heat=3", "noise_day:stop=5", "heat:stop=2"]
"#;

fn project_toml(town: &Town, all: &[LayerOut]) -> String {
    let mut t = String::from(
        "# Musterstadt: synthetic, freely invented. No place, person or business in it exists.\n\
         schema = 1\n\
         title = { de = \"Musterstadt (frei erfunden)\", en = \"Musterstadt (invented)\" }\n",
    );
    let _ = write!(
        t,
        "crs = \"EPSG:{EPSG}\"\nstate = \"ST\"\nsynthetic = true\nsite = [{:.1}, {:.1}]\n\
         modules = [\"land_potential\", \"environmental_load\", \"social_infrastructure\", \"building_law\", \"water\", \"nature_heritage\", \"climate\"]\n\
         area_of_interest = {{ file = \"{VECTORS}\", layer = \"area_of_interest\" }}\n",
        PLACE[0], PLACE[1]
    );
    let further = FURTHER
        .iter()
        .map(|(module, slot)| (format!("{module}/{slot}"), VECTORS.to_owned(), *slot, INVENTED));
    let grids = GRIDS
        .iter()
        .map(|(module, slot)| (format!("{module}/{slot}"), grid_file(slot), "", INVENTED));
    let own = binds()
        .into_iter()
        .map(|(slot, file, layer, source)| (slot.to_owned(), file.to_owned(), layer, source));
    for (slot, file, layer, source) in own.chain(further).chain(grids) {
        // A layer that came out empty (a very small town) is left unbound.
        if !layer.is_empty() && all.iter().all(|l| l.name != layer || l.geometry.is_empty()) {
            continue;
        }
        let _ = write!(t, "\n[[bind]]\nslot = \"{slot}\"\nfile = \"{file}\"\n");
        if !layer.is_empty() {
            let _ = writeln!(t, "layer = \"{layer}\"");
            let covered = if source == MODEL { "noise_area" } else { "data_area" };
            let _ = writeln!(t, "coverage = {{ file = \"{VECTORS}\", layer = \"{covered}\" }}");
        }
        let _ = writeln!(
            t,
            "source = \"{source}\"\nlicence = \"CC0-1.0\"\nattribution = \"Musterstadt, synthetische Daten\"\ndata_date = \"2026-01-01\"\nunofficial = true"
        );
    }
    t.push_str(GROUPS);
    let s = town.land.scale;
    let views: [(&str, [f64; 2], f64, f64, f64); 5] = [
        ("overview", [-20.0, 20.0], 1900.0 * s, 335.0, 38.0),
        ("old_town", [10.0, -20.0], 620.0 * s.powf(0.5), 350.0, 32.0),
        ("railway", [250.0 * s, 560.0 * s], 800.0 * s.powf(0.5), 20.0, 30.0),
        ("river_meadows", [-800.0 * s, 0.0], 900.0 * s.powf(0.5), 75.0, 28.0),
        ("plan", [0.0, 0.0], 3000.0 * s, 0.0, 90.0),
    ];
    for (name, at, distance_m, heading, pitch) in views {
        let _ = write!(
            t,
            "\n[[view]]\nname = \"{name}\"\ntarget = [{:.1}, {:.1}]\ndistance_m = {distance_m:.1}\nheading_deg = {heading:.1}\npitch_deg = {pitch:.1}\n",
            PLACE[0] + at[0],
            PLACE[1] + at[1]
        );
    }
    t
}
