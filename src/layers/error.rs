//! Why a coordinate system or a layer cannot be used, as a sentence in German and in English.

use crate::{model::LocalText, readers::printable};

/// A coordinate system that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CrsError {
    /// Not in PROJ's database, or no definition.
    #[error("unknown coordinate system `{crs}`")]
    Unknown {
        /// Code or definition.
        crs: String,
    },
    /// Degrees, a globe or a local system.
    #[error("coordinate system `{crs}` ({name}) is not projected")]
    NotProjected {
        /// Code.
        crs: String,
        /// Its name.
        name: String,
    },
    /// Feet or other units.
    #[error("coordinate system `{crs}` ({name}) is not in metres but in {unit}")]
    NotMetric {
        /// Code.
        crs: String,
        /// Its name.
        name: String,
        /// Its unit.
        unit: String,
    },
    /// Web Mercator: its metres are 1.6 times too long in Germany.
    #[error("coordinate system `{crs}` ({name}) is not true to scale")]
    NotTrueToScale {
        /// Code.
        crs: String,
        /// Its name.
        name: String,
    },
    /// No transformation between the two.
    #[error("no transformation from `{from}` to `{to}`")]
    NoTransformation {
        /// Source.
        from: String,
        /// Target.
        to: String,
    },
    /// GDAL and the program use different PROJ libraries, which can disagree by decimetres.
    #[error("GDAL uses PROJ {gdal}, the program PROJ {own}")]
    TwoProjs {
        /// Version in GDAL.
        gdal: String,
        /// Version linked here.
        own: String,
    },
}

/// A definition shortened for a sentence: long WKT shows its name only.
fn short(crs: &str) -> String {
    let name = crs.split('"').nth(1).filter(|_| crs.contains('['));
    printable(name.unwrap_or(crs))
}

impl CrsError {
    /// What is wrong and what to do.
    pub fn text(&self) -> LocalText {
        let t = LocalText::new;
        let choose_de = "Einen metrischen Code wählen, etwa EPSG:25832 (UTM 32) oder EPSG:25833 (UTM 33).";
        let choose_en = "Choose a metric code such as EPSG:25832 (UTM 32) or EPSG:25833 (UTM 33).";
        match self {
            Self::Unknown { crs } => {
                let crs = short(crs);
                t(
                    format!("Koordinatensystem „{crs}“ ist unbekannt. Einen gültigen EPSG-Code angeben."),
                    format!("Coordinate system “{crs}” is unknown. Give a valid EPSG code."),
                )
            }
            Self::NotProjected { crs, name } => {
                let (crs, name) = (short(crs), printable(name));
                t(
                    format!("Koordinatensystem {crs} ({name}) ist nicht eben, sondern hat Grad oder ist lokal. {choose_de}"),
                    format!("Coordinate system {crs} ({name}) is not projected: it has degrees or is local. {choose_en}"),
                )
            }
            Self::NotMetric { crs, name, unit } => {
                let (crs, name, unit) = (short(crs), printable(name), printable(unit));
                t(
                    format!("Koordinatensystem {crs} ({name}) rechnet nicht in Metern, sondern in {unit}. {choose_de}"),
                    format!("Coordinate system {crs} ({name}) is not in metres but in {unit}. {choose_en}"),
                )
            }
            Self::NotTrueToScale { crs, name } => {
                let (crs, name) = (short(crs), printable(name));
                t(
                    format!("Koordinatensystem {crs} ({name}) ist nicht maßstabstreu: Abstände und Flächen wären falsch. {choose_de}"),
                    format!("Coordinate system {crs} ({name}) is not true to scale: distances and areas would be wrong. {choose_en}"),
                )
            }
            Self::NoTransformation { from, to } => {
                let (from, to) = (short(from), short(to));
                t(
                    format!("Von „{from}“ nach „{to}“ gibt es keine Umrechnung. Das Koordinatensystem der Datei prüfen."),
                    format!("There is no transformation from “{from}” to “{to}”. Check the file's coordinate system."),
                )
            }
            Self::TwoProjs { gdal, own } => t(
                format!("GDAL verwendet PROJ {gdal}, das Programm PROJ {own}: Umrechnungen könnten sich widersprechen. Neu installieren."),
                format!("GDAL uses PROJ {gdal}, the program PROJ {own}: transformations could disagree. Install anew."),
            ),
        }
    }
}

/// A layer or grid that cannot be brought into the project CRS.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayerError {
    /// The file names no coordinate system.
    #[error("layer `{layer}` names no coordinate system: {file}")]
    NoCrs {
        /// File as printed.
        file: String,
        /// Layer.
        layer: String,
    },
    /// The named coordinate system cannot be used.
    #[error("layer `{layer}`: {source}: {file}")]
    Crs {
        /// File as printed.
        file: String,
        /// Layer.
        layer: String,
        /// Why.
        #[source]
        source: CrsError,
    },
    /// Metres are announced and degrees delivered, or the other way round.
    #[error("layer `{layer}` has coordinates in {}, but `{crs}` is in {}: {file}", if *degrees { "degrees" } else { "metres" }, if *degrees { "metres" } else { "degrees" })]
    WrongUnits {
        /// File as printed.
        file: String,
        /// Layer.
        layer: String,
        /// The CRS that cannot be right.
        crs: String,
        /// True when the coordinates are degrees.
        degrees: bool,
    },
    /// Not one vertex lies where the coordinate system is valid.
    #[error("layer `{layer}` lies outside the area of `{crs}`: {file}")]
    OutsideArea {
        /// File as printed.
        file: String,
        /// Layer.
        layer: String,
        /// The CRS whose area is left: the source's, or the project's.
        crs: String,
        /// True when the coordinates suit the file's CRS but not the project's.
        project: bool,
        /// True when exchanging x and y would bring it inside.
        swapped: bool,
    },
    /// The grid has more cells in the project CRS than allowed.
    #[error("the grid would have {cells} cells: {file}")]
    TooLarge {
        /// File as printed.
        file: String,
        /// Cells.
        cells: u64,
    },
    /// Somebody asked to stop.
    #[error("cancelled: {file}")]
    Cancelled {
        /// File as printed.
        file: String,
    },
}

impl LayerError {
    /// What is wrong and what to do.
    pub fn text(&self) -> LocalText {
        let name = |file: &str, layer: &str| {
            let (file, layer) = (printable(file), printable(layer));
            if layer.is_empty() {
                LocalText::same(file)
            } else {
                LocalText::new(format!("{file}, Ebene „{layer}“"), format!("{file}, layer “{layer}”"))
            }
        };
        let (what, de, en) = match self {
            Self::NoCrs { file, layer } => (
                name(file, layer),
                "nennt kein Koordinatensystem. In der Einbindung `crs` angeben (etwa EPSG:25832).".into(),
                "names no coordinate system. Set `crs` in the binding (such as EPSG:25832).".into(),
            ),
            Self::Crs { file, layer, source } => {
                let t = source.text();
                (name(file, layer), t.de, t.en)
            }
            Self::WrongUnits { file, layer, crs, degrees } => {
                let crs = short(crs);
                let (is, should) = if *degrees { ("Grad", "Metern") } else { ("Meter", "Grad") };
                let (is_en, should_en) = if *degrees { ("degrees", "metres") } else { ("metres", "degrees") };
                (
                    name(file, layer),
                    format!(
                        "enthält {is}, das genannte Koordinatensystem {crs} rechnet in {should}. In der Einbindung das richtige `crs` angeben."
                    ),
                    format!("holds {is_en}, but the coordinate system {crs} is in {should_en}. Set the right `crs` in the binding."),
                )
            }
            Self::OutsideArea {
                file,
                layer,
                crs,
                project,
                swapped,
            } => {
                let crs = short(crs);
                let (de, en) = if *swapped {
                    (
                        "Rechts- und Hochwert (oder Länge und Breite) sind vermutlich vertauscht.",
                        "Easting and northing (or longitude and latitude) are probably exchanged.",
                    )
                } else if *project {
                    (
                        "Die Daten gehören in eine andere Gegend, oder das Koordinatensystem des Projekts ist falsch.",
                        "The data belong elsewhere, or the project's coordinate system is wrong.",
                    )
                } else {
                    (
                        "Das Koordinatensystem ist vermutlich falsch angegeben.",
                        "The coordinate system is probably wrong.",
                    )
                };
                (
                    name(file, layer),
                    format!(
                        "liegt vollständig außerhalb des Gebiets von {crs}. {de} In der Einbindung das richtige `crs` angeben oder die Datei berichtigen."
                    ),
                    format!("lies entirely outside the area of {crs}. {en} Set the right `crs` in the binding or correct the file."),
                )
            }
            Self::TooLarge { file, cells } => (
                name(file, ""),
                format!("hätte im Projekt {cells} Zellen, das sind zu viele. Auf das Stadtgebiet zuschneiden."),
                format!("would have {cells} cells in the project, which is too many. Cut it to the city's area."),
            ),
            Self::Cancelled { file } => (name(file, ""), "abgebrochen.".into(), "cancelled.".into()),
        };
        LocalText::new(format!("{}: {de}", what.de), format!("{}: {en}", what.en))
    }
}
