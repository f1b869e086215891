//! Which buildings a block gets, by its use.

use super::buildings::{Built, DWELLING, MIXED, Style};
use super::halls::{Halls, allotments, slabs};
use super::houses::Houses;
use super::perimeter::Perimeter;
use super::quarters::{Block, Use};
use crate::random::Random;
/// The buildings of a block by its use; houses on main streets are mixed.
pub(super) fn fill(block: &Block, id: usize, built: &mut Built, rng: &mut Random) {
    let home = |storeys, storey_m, roof_m, roof, years| Style {
        function: DWELLING,
        usage: "residential",
        storeys,
        storey_m,
        roof_m,
        roof,
        years,
    };
    let first = built.buildings.len();
    match block.usage {
        Use::OldTown => {
            let p = Perimeter {
                front_m: (7.5, 11.5),
                depth_m: rng.range(9.5, 12.5),
                gaps: 0.012,
                rear: 0.35,
            };
            p.build(block, id, &home((2, 3), 2.9, 4.2, 3100, (1560, 1880)), built, rng);
        }
        Use::Perimeter => {
            let p = Perimeter {
                front_m: (14.0, 18.5),
                depth_m: rng.range(11.5, 13.0),
                gaps: 0.035,
                rear: 0.3,
            };
            p.build(block, id, &home((3, 4), 3.4, 3.6, 3100, (1872, 1914)), built, rng);
        }
        Use::Slabs => {
            let new = rng.chance(0.5);
            let style = if new {
                home((5, 6), 2.8, 0.7, 1000, (1966, 1986))
            } else {
                home((3, 4), 2.8, 3.0, 3100, (1952, 1963))
            };
            slabs(block, id, &style, built, rng);
        }
        Use::Rows => {
            let rows = Houses {
                lot_m: (17.0, 20.0),
                setback_m: (3.5, 5.5),
                house_m: (5.7, 6.8),
                row: (4, 7),
                garage: 0.0,
                free: 0.0,
            };
            rows.build(block, id, &home((2, 2), 2.8, 3.4, 3100, (1926, 1998)), built, rng);
        }
        Use::Houses => {
            let old = rng.chance(0.35);
            let style = if old {
                home((1, 2), 2.8, 4.0, 3100, (1921, 1939))
            } else {
                home((1, 2), 2.8, 3.4, 3100, (1955, 2019))
            };
            let semi = rng.chance(0.25);
            let houses = Houses {
                lot_m: if semi { (19.0, 23.0) } else { (15.5, 20.0) },
                setback_m: (3.5, 6.5),
                house_m: (8.8, 11.8),
                row: if semi { (2, 2) } else { (1, 1) },
                garage: 0.55,
                free: 0.035,
            };
            houses.build(block, id, &style, built, rng);
        }
        Use::Industry => {
            let works = |function, storeys, storey_m| Style {
                function,
                usage: "industrial",
                storeys,
                storey_m,
                roof_m: 1.0,
                roof: 1000,
                years: (1906, 2008),
            };
            let styles = [
                works("31001_2110", (1, 1), 10.0),
                works("31001_2143", (1, 1), 8.5),
                works("31001_2112", (2, 3), 4.2),
            ];
            let halls = Halls {
                long_m: (32.0, 88.0),
                wide_m: (24.0, 46.0),
                yard_m: (9.0, 22.0),
                fill: 0.82,
            };
            halls.build(block, id, &styles, built, rng);
        }
        Use::Trade => {
            let shop = |function, storeys, storey_m, years| Style {
                function,
                usage: "commercial",
                storeys,
                storey_m,
                roof_m: 0.8,
                roof: 1000,
                years,
            };
            let styles = [
                shop("31001_2050", (1, 1), 6.0, (1991, 2016)),
                shop("31001_2143", (1, 1), 7.5, (1990, 2014)),
                shop("31001_2020", (2, 4), 3.4, (1992, 2019)),
            ];
            let halls = Halls {
                long_m: (24.0, 58.0),
                wide_m: (20.0, 36.0),
                yard_m: (11.0, 24.0),
                fill: 0.9,
            };
            halls.build(block, id, &styles, built, rng);
        }
        Use::Allotments => allotments(block, id, built, rng),
        Use::Barracks => {
            let style = Style {
                function: "31001_3073",
                usage: "public",
                storeys: (3, 3),
                storey_m: 3.5,
                roof_m: 4.0,
                roof: 3200,
                years: (1936, 1938),
            };
            let halls = Halls {
                long_m: (48.0, 62.0),
                wide_m: (14.0, 15.5),
                yard_m: (20.0, 26.0),
                fill: 0.7,
            };
            halls.build(block, id, &[style], built, rng);
        }
        Use::Hospital => {
            let style = Style {
                function: "31001_3051",
                usage: "public",
                storeys: (4, 6),
                storey_m: 3.7,
                roof_m: 1.0,
                roof: 1000,
                years: (1974, 1998),
            };
            let halls = Halls {
                long_m: (40.0, 60.0),
                wide_m: (16.0, 20.0),
                yard_m: (10.0, 16.0),
                fill: 0.8,
            };
            halls.build(block, id, &[style], built, rng);
        }
        _ => {}
    }
    if block.busy && block.usage.is_housing() {
        for b in &mut built.buildings[first..] {
            if b.usage == "residential" && rng.chance(0.4) {
                b.usage = "mixed";
                b.function = MIXED;
            }
        }
    }
}
