//! German names for streets, facilities and sites.

use super::network::Class;
use super::town::Town;
use crate::estimate::plane::{P, lerp};
use crate::random::Random;

const PEOPLE: [&str; 48] = [
    "Goethe",
    "Schiller",
    "Lessing",
    "Herder",
    "Klopstock",
    "Novalis",
    "Heine",
    "Fontane",
    "Storm",
    "Raabe",
    "Rilke",
    "Kästner",
    "Bach",
    "Händel",
    "Telemann",
    "Beethoven",
    "Mozart",
    "Schumann",
    "Brahms",
    "Weber",
    "Mendelssohn",
    "Humboldt",
    "Fröbel",
    "Pestalozzi",
    "Röntgen",
    "Koch",
    "Virchow",
    "Planck",
    "Hahn",
    "Meitner",
    "Noether",
    "Gauß",
    "Kepler",
    "Guericke",
    "Luther",
    "Melanchthon",
    "Müntzer",
    "Cranach",
    "Dürer",
    "Menzel",
    "Kollwitz",
    "Barlach",
    "Zetkin",
    "Stein",
    "Scholl",
    "Bonhoeffer",
    "Lilienthal",
    "Junkers",
];
const PLANTS: [&str; 24] = [
    "Linden",
    "Ahorn",
    "Birken",
    "Buchen",
    "Eichen",
    "Eschen",
    "Kastanien",
    "Kiefern",
    "Lärchen",
    "Ulmen",
    "Erlen",
    "Weiden",
    "Rosen",
    "Flieder",
    "Nelken",
    "Tulpen",
    "Dahlien",
    "Holunder",
    "Schlehen",
    "Ginster",
    "Heide",
    "Wacholder",
    "Kirsch",
    "Apfel",
];
const BIRDS: [&str; 16] = [
    "Amsel",
    "Drossel",
    "Finken",
    "Meisen",
    "Lerchen",
    "Schwalben",
    "Sperlings",
    "Star",
    "Zeisig",
    "Kranich",
    "Reiher",
    "Milan",
    "Falken",
    "Bussard",
    "Eulen",
    "Specht",
];
const OLD: [&str; 30] = [
    "Fischergasse",
    "Gerberstraße",
    "Töpfergasse",
    "Schmiedestraße",
    "Färbergasse",
    "Böttchergasse",
    "Seilergang",
    "Kirchgasse",
    "Pfarrgasse",
    "Küstergasse",
    "Rathausgasse",
    "Salzstraße",
    "Kornmarkt",
    "Hopfengasse",
    "Brauhausgasse",
    "Mühlgasse",
    "Mauerstraße",
    "Turmgasse",
    "Webergasse",
    "Tuchmachergasse",
    "Fleischergasse",
    "Bäckergasse",
    "Schulgasse",
    "Neue Straße",
    "Lange Straße",
    "Hinter der Mauer",
    "Am Wassertor",
    "Kleine Gasse",
    "Schuhgasse",
    "Spitalgasse",
];
const PLACES: [&str; 24] = [
    "Halberstädter",
    "Quedlinburger",
    "Naumburger",
    "Wittenberger",
    "Stendaler",
    "Torgauer",
    "Weimarer",
    "Erfurter",
    "Jenaer",
    "Eislebener",
    "Merseburger",
    "Köthener",
    "Bernburger",
    "Zerbster",
    "Burger",
    "Gothaer",
    "Altenburger",
    "Zeitzer",
    "Freyburger",
    "Aschersleber",
    "Wernigeröder",
    "Ilsenburger",
    "Tangermünder",
    "Gardelegener",
];

/// Names every street that has none.
pub(super) fn streets(town: &mut Town, seed: u64) {
    let mut rng = Random::new(seed, 77);
    let (mut old, mut works, mut plain) = (0usize, 0usize, 0usize);
    let mut used = std::collections::BTreeSet::new();
    let offset = rng.whole(0, 47) as usize;
    let (land, r1) = (town.land, town.land.old_town_m);
    let rail: Vec<P> = town
        .lines
        .iter()
        .find(|l| l.class == Class::Rail)
        .map(|l| l.points.clone())
        .unwrap_or_default();
    for line in &mut town.lines {
        if !line.name.is_empty() || !line.class.is_street() || line.points.len() < 2 {
            continue;
        }
        if line.class == Class::Path {
            line.name = "Feldweg".into();
            continue;
        }
        let p = lerp(line.points[0], line.points[line.points.len() - 1], 0.5);
        let north = rail
            .windows(2)
            .any(|w| w[0][0] <= p[0] && p[0] <= w[1][0] && p[1] > 0.5 * (w[0][1] + w[1][1]));
        line.name = if p[0].hypot(p[1] - 10.0) < 1.02 * r1 {
            old += 1;
            numbered(OLD[(old - 1) % OLD.len()].into(), (old - 1) / OLD.len())
        } else if line.dtv == 1400 || (north && p[0] > -400.0 * land.scale && p[1] < 700.0 * land.scale) {
            works += 1;
            let names = [
                "Am Güterbahnhof",
                "Siemensstraße",
                "Daimlerstraße",
                "Dieselstraße",
                "Benzstraße",
                "Ottostraße",
                "Am Gaswerk",
                "Zuckerfabrikstraße",
                "Gewerbering",
                "Am Umspannwerk",
            ];
            numbered(names[(works - 1) % names.len()].into(), (works - 1) / names.len())
        } else {
            loop {
                let k = plain * 29 + offset;
                let text = match plain % 5 {
                    0 => format!("{}weg", BIRDS[k % 16]),
                    1 => format!("{}straße", PEOPLE[k % 48]),
                    2 => format!("{}weg", PLANTS[k % 24]),
                    3 => format!("{} Straße", PLACES[k % 24]),
                    _ if line.dtv > 700 => format!("{}allee", PLANTS[(k + 7) % 24]),
                    _ => format!("{}{}", PEOPLE[(k + 17) % 48], ["platz", "ring", "weg", "hof"][(plain / 5) % 4]),
                };
                plain += 1;
                // Large towns use a name again, as merged municipalities do.
                if used.insert((text.clone(), plain / 600)) {
                    break text;
                }
            }
        };
    }
}

fn numbered(name: String, round: usize) -> String {
    if round == 0 { name } else { format!("{name} {}", round + 1) }
}

pub(super) fn kita(n: usize) -> String {
    let names = [
        "Pusteblume",
        "Sonnenschein",
        "Löwenzahn",
        "Regenbogen",
        "Zwergenland",
        "Spatzennest",
        "Villa Kunterbunt",
        "Bummi",
        "Märchenland",
        "Am Mühlbach",
        "Wirbelwind",
        "Sankt Marien",
        "Flohkiste",
        "Kinderinsel",
        "Buddelkasten",
        "Rappelkiste",
        "Schatzkiste",
        "Waldgeister",
    ];
    numbered(format!("Kita „{}“", names[(n * 7) % names.len()]), n / (names.len() * 4))
}

pub(super) fn care_home(n: usize) -> String {
    let names = [
        "Haus Abendfrieden",
        "Seniorenzentrum Am Park",
        "Sankt-Elisabeth-Stift",
        "Pflegeheim Lindenhof",
        "Haus Selbeblick",
    ];
    numbered(names[n % names.len()].into(), n / (names.len() * 9))
}

pub(super) fn school(n: usize, secondary: bool) -> String {
    let kind = if secondary { "Gymnasium" } else { "Grundschule" };
    let people = [
        "Pestalozzi",
        "Fröbel",
        "Goethe",
        "Anne-Frank",
        "Astrid-Lindgren",
        "Humboldt",
        "Geschwister-Scholl",
        "Erich-Kästner",
        "Käthe-Kollwitz",
    ];
    numbered(format!("{kind} „{}“", people[n % people.len()]), n / people.len())
}

pub(super) fn pharmacy(n: usize) -> String {
    format!(
        "{}-Apotheke",
        ["Löwen", "Adler", "Rats", "Stern", "Hirsch", "Markt", "Linden", "Sonnen"][n % 8]
    )
}

pub(super) fn doctor(n: usize) -> String {
    format!(
        "Hausarztpraxis {}",
        [
            "Dr. Arndt",
            "Dr. Berger",
            "Dr. Claus",
            "Dr. Dietz",
            "Dr. Ebert",
            "Dr. Franke",
            "Dr. Groß",
            "Dr. Hoppe",
            "Dr. Ihle"
        ][n % 9]
    )
}

const FIELDS: [&str; 24] = [
    "Am Galgenberg",
    "Lange Ruten",
    "Krautgärten",
    "Steinacker",
    "Schafbreite",
    "Mittelfeld",
    "Auf der Höhe",
    "Kirchenacker",
    "Pfingstanger",
    "Alte Sandgrube",
    "Am Weinberg",
    "Rote Erde",
    "Hinter den Gärten",
    "Am Hang",
    "Hopfengarten",
    "Lehmkuhle",
    "Ziegelbreite",
    "Oberes Feld",
    "Heidebreite",
    "Windmühlenfeld",
    "Kapellenacker",
    "Lerchenfeld",
    "Am Hasenwinkel",
    "Siebenruten",
];
const MEADOWS: [&str; 10] = [
    "Selbewiesen",
    "Unterer Anger",
    "Gänseanger",
    "Bleichwiese",
    "Flößerwiese",
    "Alte Furt",
    "Erlenbruch",
    "Mühlwiesen",
    "Großer Werder",
    "Am Altwasser",
];
const WORKS: [&str; 8] = [
    "Altes Gaswerk",
    "Ehemalige Zuckerfabrik",
    "Alte Ziegelei",
    "Ehemaliger Schlachthof",
    "Alte Maschinenfabrik",
    "Ehemalige Brauerei",
    "Alte Spinnerei",
    "Ehemalige Gießerei",
];

/// A field name for land beside the town.
pub(super) fn field(n: usize, meadow: bool) -> String {
    if meadow {
        numbered(MEADOWS[n % 10].into(), n / 10)
    } else {
        numbered(FIELDS[n % 24].into(), n / 24)
    }
}

/// A works that has closed.
pub(super) fn works(n: usize) -> String {
    numbered(WORKS[n % 8].into(), n / 8)
}
