//! The main lines of Musterstadt: river, railway, bypass, ring roads and radial roads.

use super::land::Land;
use super::network::{Class, Line, Network};
use crate::estimate::plane::{P, curve, mul};

/// The main network, not yet subdivided.
pub(super) fn main_lines(land: &Land) -> Network {
    let mut net = Network::default();
    let s = land.scale;
    let step = 22.0 * s.sqrt();
    let r1 = land.old_town_m;
    let reach = [land.half[0] + land.margin_m, land.half[1] + land.margin_m];
    let mut add = |class, name: &str, half_m, dtv, maxspeed, points: Vec<P>| {
        net.push(Line {
            class,
            name: name.into(),
            half_m,
            dtv,
            maxspeed,
            points,
            used: true,
        });
    };
    let scaled = |points: &[P]| curve(&points.iter().map(|p| mul(*p, s)).collect::<Vec<_>>(), step);
    // A radial: from a point on the old town's wall outwards through scaled points.
    let radial = |angle_deg: f64, points: &[P]| {
        let a = angle_deg.to_radians();
        let start = [0.93 * r1 * a.cos(), 0.93 * r1 * a.sin() + 8.0];
        let mut all = vec![start];
        all.extend(points.iter().map(|p| mul(*p, s)).filter(|p| p[0].hypot(p[1]) > 1.25 * r1));
        curve(&all, step)
    };

    let [x, y] = reach;
    add(Class::Boundary, "", 0.0, 0, 0, vec![[-x, -y], [x, -y], [x, y], [-x, y], [-x, -y]]);
    let n = (2.0 * (x + 60.0) / step).ceil() as usize;
    for side in [1.0, -1.0] {
        let bank = (0..=n)
            .map(|k| land.bank(-x - 60.0 + 2.0 * (x + 60.0) * k as f64 / n as f64, side))
            .collect();
        add(Class::Bank, "", 3.0, 0, 0, bank);
    }
    let rail = [
        [-1900.0, 250.0],
        [-1250.0, 370.0],
        [-800.0, 462.0],
        [-400.0, 500.0],
        [0.0, 505.0],
        [420.0, 500.0],
        [850.0, 560.0],
        [1300.0, 690.0],
        [1900.0, 900.0],
    ];
    add(Class::Rail, "Bahnstrecke 6132", 13.0, 0, 0, scaled(&rail));
    let trunk = [
        [-1900.0, -480.0],
        [-1250.0, -530.0],
        [-800.0, -492.0],
        [-350.0, -520.0],
        [150.0, -560.0],
        [560.0, -490.0],
        [840.0, -300.0],
        [960.0, 20.0],
        [985.0, 330.0],
        [1090.0, 760.0],
        [1300.0, 1500.0],
    ];
    add(Class::Trunk, "B 187", 12.0, 13_800, 70, scaled(&trunk));

    // The wall street around the old town; along the river it becomes the quay.
    let ring: Vec<P> = (0..=48)
        .map(|k| {
            let a = f64::from(k) / 48.0 * std::f64::consts::TAU;
            let r = r1 * (1.0 + 0.05 * (3.0 * a + 0.7).sin());
            let p = [r * a.cos(), 10.0 + r * a.sin()];
            [p[0], p[1].max(land.bank(p[0], 1.0)[1] + 16.0)]
        })
        .collect();
    add(Class::Secondary, "Wallstraße", 8.5, 3_600, 30, ring);

    let outer: Vec<P> = [
        [-640.0, 40.0],
        [-585.0, 260.0],
        [-395.0, 372.0],
        [0.0, 398.0],
        [330.0, 380.0],
        [560.0, 250.0],
        [655.0, 40.0],
        [600.0, -200.0],
        [380.0, -395.0],
        [0.0, -448.0],
        [-330.0, -420.0],
        [-575.0, -230.0],
        [-640.0, 40.0],
    ]
    .iter()
    .map(|p| mul(*p, s.max(r1 / 205.0)))
    .collect();
    add(Class::Secondary, "Ringstraße", 9.0, 4_900, 50, curve(&outer, step));

    // The market and the lanes that lead from it to the gates.
    let m = (r1 / 205.0).sqrt();
    let market: Vec<P> = [[-37.0, -24.0], [35.0, -30.0], [41.0, 22.0], [-29.0, 29.0], [-37.0, -24.0]]
        .iter()
        .map(|p| mul(*p, m))
        .collect();
    add(Class::Residential, "Markt", 5.0, 600, 20, market.clone());
    let lanes: [(&str, P, f64); 6] = [
        ("Bahnhofstraße", market[2], 72.0),
        ("Breite Straße", market[1], 6.0),
        ("Brückstraße", [-2.0 * m, -27.0 * m], -93.0),
        ("Steinstraße", market[0], 184.0),
        ("Klosterstraße", market[3], 128.0),
        ("Badergasse", market[1], -48.0),
    ];
    for (name, from, angle) in lanes {
        let a = f64::to_radians(angle);
        let to = [1.16 * r1 * a.cos(), 1.16 * r1 * a.sin() + 8.0];
        let bend = [0.55 * (from[0] + to[0]) + 6.0 * a.sin(), 0.55 * (from[1] + to[1]) - 6.0 * a.cos()];
        add(Class::Residential, name, 5.0, 900, 20, curve(&[from, bend, to], 18.0));
    }

    add(
        Class::Primary,
        "Bahnhofstraße",
        9.0,
        6_800,
        50,
        radial(
            72.0,
            &[[95.0, 330.0], [110.0, 480.0], [150.0, 700.0], [135.0, 980.0], [210.0, 1500.0]],
        ),
    );
    add(
        Class::Primary,
        "Magdeburger Straße",
        9.5,
        7_900,
        50,
        radial(
            184.0,
            &[[-380.0, 60.0], [-640.0, 190.0], [-980.0, 230.0], [-1400.0, 120.0], [-1900.0, 60.0]],
        ),
    );
    add(
        Class::Primary,
        "Leipziger Straße",
        9.5,
        8_300,
        50,
        radial(
            6.0,
            &[[380.0, 80.0], [660.0, 150.0], [970.0, 200.0], [1400.0, 330.0], [1900.0, 420.0]],
        ),
    );
    add(
        Class::Primary,
        "Dessauer Straße",
        9.0,
        6_600,
        50,
        radial(
            -93.0,
            &[
                [-25.0, -330.0],
                [-60.0, -450.0],
                [-120.0, -560.0],
                [-330.0, -760.0],
                [-420.0, -1500.0],
            ],
        ),
    );
    add(
        Class::Secondary,
        "Nordhäuser Straße",
        8.0,
        3_700,
        50,
        radial(
            128.0,
            &[
                [-250.0, 300.0],
                [-390.0, 500.0],
                [-560.0, 760.0],
                [-640.0, 1000.0],
                [-800.0, 1500.0],
            ],
        ),
    );
    add(
        Class::Tertiary,
        "Gartenstraße",
        7.5,
        3_100,
        30,
        radial(
            -48.0,
            &[[190.0, -215.0], [300.0, -330.0], [470.0, -560.0], [640.0, -760.0], [720.0, -1500.0]],
        ),
    );
    add(
        Class::Tertiary,
        "Mühlenweg",
        7.5,
        2_700,
        30,
        scaled(&[
            [-330.0, -420.0],
            [-520.0, -360.0],
            [-820.0, -300.0],
            [-1100.0, -330.0],
            [-1250.0, -530.0],
        ]),
    );
    add(
        Class::Tertiary,
        "Industriestraße",
        9.0,
        3_300,
        50,
        scaled(&[[-610.0, 772.0], [-220.0, 705.0], [150.0, 690.0], [560.0, 680.0], [1140.0, 750.0]]),
    );
    let brook = [
        [-930.0, 1500.0],
        [-860.0, 1000.0],
        [-720.0, 640.0],
        [-735.0, 420.0],
        [-800.0, 240.0],
        [-770.0, 100.0],
        [-820.0, -200.0],
    ];
    // The brook ends in the river, whatever the valley's shape is.
    let brook: Vec<P> = scaled(&brook).into_iter().filter(|p| p[1] > land.river_y(p[0]) - 5.0).collect();
    if brook.len() > 1 {
        add(Class::Stream, "Mühlbach", 7.0, 0, 0, brook);
    }
    net
}
