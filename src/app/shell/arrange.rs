//! Places the panels. In a narrow window the inspector shares the left side with the layer tree, so that the view keeps at
//! least half of the window.

use super::{
    keys::{held, keys},
    parts::{BottomTab, Shell, SideTab},
};
use crate::{
    app::{
        bridge::{
            CameraInfo, Closing, Compared, Counted, CurrentSnapshot, Drafting, Founding, FreeView, Gathered, GroupDesk, ImportDesk,
            Notices, OnlyThere, OwnWeights, Panes, PickList, PointerSpot, Recents, Remembered, RenderPreset, Running, Selection, ViewState,
            Wish,
        },
        combine::combine_ui,
        conflicts::{
            panel::{conflicts_ui, filters_ui},
            rules::rules_ui,
        },
        decor::{DecorView, MapLegend, decor_ui},
        dialogs::{PathDialog, Purpose, help_ui, hint_ui, notice_ui, path_ui, pick_ui, unsaved_ui, welcome_ui},
        founding::{FoundingState, founding_ui},
        importer::importer_ui,
        indicators::{Figures, panel::indicators_ui},
        inspector::inspector_ui,
        law::{Law, law_chip, law_ui},
        layers::panel::layers_ui,
        menu::menu_ui,
        messages::{self, messages_ui},
        planning::{Effects, planning_ui},
        status::{StatusView, status_ui},
        suitability::{Weighing, panel::suitability_ui},
        sun::{Sun, sun_ui},
        theme::{
            self, icon,
            widgets::{colors, contained, icon_button},
        },
        variants::{Variants, over_map_ui, panel::variants_ui},
        work::{Chosen, Work},
    },
    i18n::{tr, tr_with},
    session::Command,
};
use bevy::prelude::*;
use bevy_egui::{
    EguiContexts,
    egui::{self, Align, Button, Context, Frame, LayerId, Layout, Margin, Order, Panel, Rect, Stroke, Theme, Ui, UiBuilder, vec2},
};

/// From this width on the inspector has a side of its own.
const WIDE: f32 = 1500.0;
/// Inside the panels on the left and right: the scroll bar keeps its distance by itself, and the list runs down to the edge.
const SIDE: Margin = margin(12, 8, 8, 0);
/// Inside the panel at the bottom.
const LOWER: Margin = margin(12, 12, 2, 4);

const fn margin(left: i8, right: i8, top: i8, bottom: i8) -> Margin {
    Margin { left, right, top, bottom }
}

/// Everything that the panels read.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Seen<'w> {
    snapshot: Res<'w, CurrentSnapshot>,
    view: Res<'w, ViewState>,
    camera: Res<'w, CameraInfo>,
    spot: Res<'w, PointerSpot>,
    preset: Res<'w, RenderPreset>,
    running: Res<'w, Running>,
    notices: Res<'w, Notices>,
    desk: Res<'w, ImportDesk>,
    closing: Res<'w, Closing>,
    pick: Res<'w, PickList>,
    legend: Res<'w, MapLegend>,
    groups: Res<'w, GroupDesk>,
    recents: Res<'w, Recents>,
    compared: Res<'w, Compared>,
    panes: Res<'w, Panes>,
    only_there: Res<'w, OnlyThere>,
    own_weights: Res<'w, OwnWeights>,
}

/// What panels change in place: choices of the studies, the drawing in work, and what is compared.
struct Studies<'a> {
    figures: &'a mut Figures,
    weighing: &'a mut Weighing,
    drafting: &'a mut Drafting,
    gathered: &'a Gathered,
    sun: &'a mut Sun,
    variants: &'a mut Variants,
    counted: &'a mut Counted,
    law: &'a mut Law,
}

/// The whole interface, once a frame.
#[expect(clippy::too_many_arguments, reason = "everything that panels change")]
pub fn window(
    mut contexts: EguiContexts,
    seen: Seen,
    mut shell: ResMut<Shell>,
    (mut work, mut figures, mut weighing): (ResMut<Work>, ResMut<Figures>, ResMut<Weighing>),
    (mut drafting, mut gathered, mut sun, mut law): (ResMut<Drafting>, ResMut<Gathered>, ResMut<Sun>, ResMut<Law>),
    (mut variants, mut counted, mut effects): (ResMut<Variants>, ResMut<Counted>, ResMut<Effects>),
    (mut free, mut remembered, mut founding): (ResMut<FreeView>, ResMut<Remembered>, ResMut<Founding>),
    mut wishes: MessageWriter<Wish>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    let shell = &mut *shell;
    if !dress(&ctx, shell, seen.view.dark) {
        return Ok(());
    }
    let snapshot = seen.snapshot.0.as_deref();
    let view = &*seen.view;
    let mut asked = keys(&ctx, snapshot, view, (&drafting, &gathered), shell);
    if let Some(wanted) = work.no_portal.take() {
        shell.path = Some(PathDialog::without_portal(match wanted {
            Chosen::Project => Purpose::Project,
            Chosen::File => Purpose::File,
            Chosen::Drafts => Purpose::Drafts,
        }));
    }
    settle(&ctx, &seen, shell);
    shell.inspector.weigh(seen.own_weights.0.as_ref());
    let open = shell.tab == BottomTab::Indicators && !shell.folded && !shell.hidden;
    // Looked at in place: who only looks at the figures changes nothing that others wait for.
    let (figures, weighing) = (figures.bypass_change_detection(), weighing.bypass_change_detection());
    figures.open = open;
    weighing.open = shell.tab == BottomTab::Suitability;
    let sun = sun.bypass_change_detection();
    sun.open = shell.tab == BottomTab::Sun && !shell.folded && !shell.hidden;
    let (variants, counted) = (variants.bypass_change_detection(), counted.bypass_change_detection());
    variants.held = held(&ctx, snapshot, shell);
    if std::mem::take(&mut shell.next_arrangement) {
        variants.next();
    }
    variants.open = shell.tab == BottomTab::Variants && !shell.folded && !shell.hidden;
    let effects = effects.bypass_change_detection();
    effects.open = shell.side == SideTab::Planning && !shell.hidden;
    shell.planning.effects = [effects.by_step.clone(), effects.by_plan.clone()];
    let law = law.bypass_change_detection();
    law.open = shell.side == SideTab::Planning && !shell.hidden;
    let mut studies = Studies {
        figures,
        weighing,
        drafting: &mut drafting,
        gathered: &gathered,
        sun,
        variants,
        counted,
        law,
    };
    let rect = panels(&ctx, &seen, shell, &mut studies, &mut asked);
    if let Some(s) = snapshot {
        over_map_ui(&ctx, (s, view), (&seen.compared, &seen.panes), &seen.only_there, studies.variants);
    }
    law_chip(&ctx, rect, view.language, studies.law);
    for feature in shell.planning.left_out.take().into_iter().flatten() {
        let Some(s) = snapshot else { break };
        asked.push(Wish::Select(gathered.toggle(&s.city, &view.selection, feature)));
    }
    shell.free = Some(rect);
    let hint_read = over_the_map(&ctx, &seen, shell, rect, remembered.hint_read, &mut asked);
    if remembered.hint_read != hint_read {
        remembered.hint_read = hint_read;
    }
    dialogs(&ctx, &seen, shell, &mut asked);
    asked.extend(combine_ui(&ctx, snapshot, view, &seen.running, &mut shell.combine));
    if founding.open || !founding.dropped.is_empty() {
        asked.extend(founding_ui(&ctx, &seen.view, &mut founding, &seen.running, &mut shell.founding));
    } else if shell.founding_open {
        // The next project begins with an empty form.
        shell.founding = FoundingState::default();
    }
    shell.founding_open = founding.open;
    // Panels may still have taken letters that were written before: saving and leaving come after them.
    let (last, mut asked): (Vec<Wish>, Vec<Wish>) = asked
        .into_iter()
        .partition(|w| matches!(w, Wish::Close | Wish::Session(Command::Save)));
    if !last.is_empty() {
        asked.extend(shell.inspector.finish_writing().map(Wish::Session));
        asked.extend(last);
    }
    for wish in asked {
        if let Wish::Help(open) = wish {
            shell.help = open;
        }
        if wish == Wish::Combine {
            shell.combine.open = true;
        }
        if wish == Wish::TypeDrafts {
            shell.path = Some(PathDialog::new(Purpose::Drafts));
        }
        if let Wish::Rule(rule) = &wish {
            (shell.tab, shell.folded) = (BottomTab::Rules, false);
            shell.rules.show(rule.clone());
        }
        wishes.write(wish);
    }
    claim(&ctx, rect, &mut free);
    Ok(())
}

/// New letters reach the screen a frame after they were laid out, and dialogs measure themselves first: a few frames more are
/// drawn after everything that may bring new text.
fn settle(ctx: &Context, seen: &Seen, shell: &mut Shell) {
    let generation = seen.snapshot.0.as_ref().map_or(0, |s| s.generation);
    // A trial is known by the place of its result.
    let tried = seen.desk.tried.as_ref().map_or(0, |t| std::sync::Arc::as_ptr(&t.trial) as usize);
    let state = (seen.view.language, seen.view.dark, generation, seen.notices.0.len(), tried);
    let event = ctx.input(|i| {
        i.events
            .iter()
            // The last one arrives with every frame, whether a key moved or not.
            .any(|e| {
                !matches!(
                    e,
                    egui::Event::PointerMoved(_) | egui::Event::MouseMoved(_) | egui::Event::ModifiersChanged(_)
                )
            })
    });
    if event || seen.recents.is_changed() || seen.running.progress.is_some() || shell.settled_for != Some(state) {
        shell.settled_for = Some(state);
        shell.frames_left = 6;
    }
    if shell.frames_left > 0 {
        shell.frames_left -= 1;
        ctx.request_repaint();
    }
}

/// Brings fonts and colours into the context; false in the first frame, because fonts are there only from the next one on.
fn dress(ctx: &Context, shell: &mut Shell, dark: bool) -> bool {
    let first = !std::mem::replace(&mut shell.styled, true);
    if first {
        theme::install(ctx);
        ctx.request_repaint();
    }
    if shell.dark != Some(dark) {
        ctx.set_theme(if dark { Theme::Dark } else { Theme::Light });
        shell.dark = Some(dark);
    }
    !first
}

fn frame(ui: &Ui, margin: Margin) -> Frame {
    Frame::new().fill(colors(ui).panel).inner_margin(margin)
}

/// Draws the panels and returns the part of the window that they leave free.
fn panels(ctx: &Context, seen: &Seen, shell: &mut Shell, studies: &mut Studies, asked: &mut Vec<Wish>) -> Rect {
    let all = ctx.content_rect();
    let mut root = Ui::new(
        ctx.clone(),
        "window".into(),
        UiBuilder::new().layer_id(LayerId::background()).max_rect(all),
    );
    let ui = &mut root;
    let snapshot = seen.snapshot.0.as_deref();
    let view = &*seen.view;
    if shell.hidden {
        return all;
    }
    let bar = Panel::top("menu").frame(frame(ui, Margin::symmetric(12, 3))).resizable(false);
    bar.show(ui, |ui| {
        let unsaved = seen.groups.unsaved() || snapshot.is_some_and(|s| s.unsaved);
        let (wishes, answer) = menu_ui(ui, snapshot, view, unsaved, &seen.recents.0);
        asked.extend(wishes);
        if answer.path_dialog {
            shell.path = Some(PathDialog::default());
        }
        if answer.file_dialog {
            shell.path = Some(PathDialog::new(Purpose::File));
        }
    });
    let messages = snapshot.map_or(0, messages::count);
    let status = Panel::bottom("status").frame(frame(ui, Margin::symmetric(12, 0))).exact_size(28.0);
    status.show(ui, |ui| {
        let v = StatusView {
            snapshot,
            view,
            spot: *seen.spot,
            camera: *seen.camera,
            preset: &seen.preset,
            running: &seen.running,
            messages,
        };
        let (wishes, show) = status_ui(ui, &v);
        asked.extend(wishes);
        if show {
            (shell.tab, shell.folded) = (BottomTab::Messages, false);
        }
    });
    bottom(ui, all, seen, messages, (shell, studies), asked);
    if shell.selection != view.selection {
        shell.selection = view.selection.clone();
        // Who plans goes on planning: what is clicked is what shall be changed.
        let planning = shell.side == SideTab::Planning && !matches!(view.selection, Selection::Conflict(_) | Selection::Spot(_));
        if !planning {
            shell.side = if view.selection == Selection::None {
                SideTab::Layers
            } else {
                SideTab::Inspector
            };
        }
    }
    let wide = all.width() >= WIDE;
    if wide && shell.side == SideTab::Inspector {
        // It has a side of its own there.
        shell.side = SideTab::Layers;
    }
    let most = if wide { all.width() * 0.26 } else { all.width() * 0.30 };
    let before = seen.compared.before.as_deref();
    let left = Panel::left("side").frame(frame(ui, SIDE)).resizable(true);
    let left = left
        .default_size(if wide { 300.0 } else { 279.0 })
        .size_range(220.0..=most.max(240.0));
    let content = |ui: &mut Ui| {
        side_tabs(ui, view, wide, shell);
        match shell.side {
            SideTab::Layers => asked.extend(layers_ui(ui, snapshot, view)),
            SideTab::Inspector => asked.extend(inspector_ui(ui, (snapshot, before), view, &mut shell.inspector)),
            SideTab::Planning => asked.extend(planning_ui(
                ui,
                snapshot,
                view,
                (&mut *studies.drafting, studies.gathered),
                &mut shell.planning,
                &mut |ui| law_ui(ui, snapshot, view.language, studies.law),
            )),
        }
    };
    left.show(ui, |ui| contained(ui, content));
    if let (true, Some(s)) = (std::mem::take(&mut shell.planning.save_layers), snapshot) {
        let plan = s
            .planning
            .as_ref()
            .map_or_else(String::new, |p| crate::scenario::file::short_name(&p.path));
        let target = s.city.info.folder.join(format!("{plan}.gpkg"));
        shell.path = Some(PathDialog::starting(Purpose::Layers, &target));
    }
    if wide {
        let right = Panel::right("inspector").frame(frame(ui, SIDE)).resizable(true);
        let right = right.default_size(340.0).size_range(280.0..=most.max(340.0));
        right.show(ui, |ui| {
            contained(ui, |ui| {
                asked.extend(inspector_ui(ui, (snapshot, before), view, &mut shell.inspector))
            })
        });
    }
    ui.available_rect_before_wrap()
}

fn tab(ui: &mut Ui, text: String, active: bool) -> egui::Response {
    let p = colors(ui);
    let text = if active {
        theme::widgets::strong(text)
    } else {
        egui::RichText::new(text).color(p.weak)
    };
    let button = Button::new(text).frame(false).min_size(vec2(0.0, 30.0));
    let response = ui.add(button);
    if active {
        let r = response.rect;
        ui.painter().hline(r.x_range(), r.bottom() - 1.0, Stroke::new(2.0, p.accent));
    }
    response
}

fn side_tabs(ui: &mut Ui, view: &ViewState, wide: bool, shell: &mut Shell) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        for (which, name) in [
            (SideTab::Layers, "layers"),
            (SideTab::Inspector, "inspector"),
            (SideTab::Planning, "planning"),
        ] {
            if wide && which == SideTab::Inspector {
                continue;
            }
            if tab(ui, tr(view.language, name), shell.side == which).clicked() {
                shell.side = which;
            }
        }
    });
    ui.add_space(4.0);
}

fn bottom(ui: &mut Ui, all: Rect, seen: &Seen, messages: usize, (shell, studies): (&mut Shell, &mut Studies), asked: &mut Vec<Wish>) {
    let (snapshot, view) = (seen.snapshot.0.as_deref(), &*seen.view);
    let language = view.language;
    // Tables beside charts need more height than a list, and each keeps the one it was given.
    let tall = matches!(
        shell.tab,
        BottomTab::Rules | BottomTab::Indicators | BottomTab::Suitability | BottomTab::Sun | BottomTab::Variants
    );
    let name = match (shell.folded, tall) {
        (true, _) => "tabs",
        (false, false) => "lower",
        (false, true) => "lower-tall",
    };
    let panel = Panel::bottom(name).frame(frame(ui, LOWER));
    let panel = if shell.folded {
        panel.exact_size(38.0).resizable(false)
    } else {
        let usual = match (all.height() < 800.0, tall) {
            (true, false) => 188.0,
            (true, true) => 256.0,
            (false, false) => (all.height() * 0.24).min(300.0),
            (false, true) => (all.height() * 0.34).min(380.0),
        };
        panel
            .resizable(true)
            .default_size(usual)
            .size_range(120.0..=(all.height() * 0.6).max(130.0))
    };
    let content = |ui: &mut Ui| {
        let mut beside = false;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 20.0;
            let conflicts = snapshot.map_or(0, |s| s.evaluation.conflicts.len());
            let count = |key: String, n: usize| if n > 0 { format!("{key} ({n})") } else { key };
            let gaps = snapshot.map_or(0, |s| {
                s.evaluation
                    .outcomes
                    .iter()
                    .filter(|o| o.unknown > 0 || !o.reasons.is_empty())
                    .count()
            });
            let rules = match gaps {
                0 => tr(language, "rules"),
                n => format!("{} ({} {n})", tr(language, "rules"), icon::QUESTION),
            };
            let tabs = [
                (BottomTab::Conflicts, count(tr(language, "conflicts"), conflicts)),
                (BottomTab::Rules, rules),
                (BottomTab::Indicators, tr(language, "indicators")),
                (BottomTab::Suitability, tr(language, "suit")),
                (BottomTab::Sun, tr(language, "sunview")),
                (BottomTab::Variants, tr(language, "variants")),
                (BottomTab::Messages, count(tr(language, "messages"), messages)),
            ];
            for (which, name) in tabs {
                let response = tab(ui, name, shell.tab == which && !shell.folded);
                if response.clicked() {
                    shell.folded = shell.tab == which && !shell.folded;
                    shell.tab = which;
                }
                if which == BottomTab::Rules && gaps > 0 {
                    response.on_hover_text(tr_with(language, "rules-undecided", &[("n", (gaps as i64).into())]));
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (sign, name) = if shell.folded {
                    (icon::CARET_UP, tr(language, "panel-unfold"))
                } else {
                    (icon::CARET_DOWN, tr(language, "panel-fold"))
                };
                if icon_button(ui, sign, &name).clicked() {
                    shell.folded = !shell.folded;
                }
                beside = ui.available_width() > 740.0;
                if let Some(s) = snapshot.filter(|_| beside && !shell.folded && shell.tab == BottomTab::Conflicts) {
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        asked.extend(filters_ui(ui, s, view, &mut shell.conflicts));
                    });
                }
            });
        });
        if shell.folded {
            return;
        }
        match shell.tab {
            BottomTab::Conflicts => asked.extend(conflicts_ui(ui, snapshot, view, &mut shell.conflicts, !beside)),
            BottomTab::Rules => asked.extend(rules_ui(ui, snapshot, view, &mut shell.rules)),
            BottomTab::Indicators => asked.extend(indicators_ui(ui, snapshot, view, studies.figures)),
            BottomTab::Suitability => asked.extend(suitability_ui(ui, snapshot, view, studies.weighing)),
            BottomTab::Sun => asked.extend(sun_ui(ui, snapshot, view, &seen.camera, studies.sun)),
            BottomTab::Variants => {
                let (wishes, save) = variants_ui(ui, snapshot, view, studies.variants, studies.counted);
                asked.extend(wishes);
                if let (true, Some(s)) = (save, snapshot) {
                    let name = tr(language, "variants-file");
                    shell.path = Some(PathDialog::starting(Purpose::Comparison, &s.city.info.folder.join(name)));
                }
            }
            BottomTab::Messages => {
                if let (true, Some(s)) = (messages_ui(ui, snapshot, view, &mut shell.messages), snapshot) {
                    let name = tr(language, "import-report-file");
                    shell.path = Some(PathDialog::starting(Purpose::Report, &s.city.info.folder.join(name)));
                }
            }
        }
    };
    panel.show(ui, |ui| contained(ui, content));
}

/// Decorations, the hint how to move and the page before a project is open. Returns whether the hint was read.
fn over_the_map(ctx: &Context, seen: &Seen, shell: &mut Shell, rect: Rect, hint_read: bool, asked: &mut Vec<Wish>) -> bool {
    let view = &*seen.view;
    match seen.snapshot.0.as_deref() {
        Some(snapshot) => {
            let decor = DecorView {
                snapshot,
                view,
                camera: *seen.camera,
                extra: &seen.legend.groups(),
            };
            let mut shown = !shell.legend_folded;
            asked.extend(decor_ui(ctx, rect, &decor, &mut shown));
            shell.legend_folded = !shown;
            if !hint_read && !shell.hidden {
                return hint_ui(ctx, view, rect);
            }
        }
        None => {
            let (wishes, path) = welcome_ui(ctx, view, &seen.running, &seen.recents.0, rect);
            asked.extend(wishes);
            if path {
                shell.path = Some(PathDialog::default());
            }
        }
    }
    hint_read
}

fn dialogs(ctx: &Context, seen: &Seen, shell: &mut Shell, asked: &mut Vec<Wish>) {
    let view = &*seen.view;
    if let Some(s) = seen.snapshot.0.as_deref() {
        let (wishes, answer) = importer_ui(ctx, s, view, &seen.desk, &seen.running, &mut shell.importer);
        asked.extend(wishes);
        if answer.save_report {
            let name = tr(view.language, "import-report-file");
            shell.path = Some(PathDialog::starting(Purpose::FileReport, &s.city.info.folder.join(name)));
        }
    }
    asked.extend(pick_ui(ctx, seen.snapshot.0.as_deref(), view, &seen.pick));
    asked.extend(path_ui(ctx, view, &mut shell.path));
    asked.extend(unsaved_ui(ctx, view, &seen.closing));
    if shell.help {
        asked.extend(help_ui(ctx, view));
    }
    if let Some(notice) = seen.notices.0.first() {
        asked.extend(notice_ui(ctx, view, notice));
    }
}

/// Tells camera and picking which part is theirs.
fn claim(ctx: &Context, rect: Rect, free: &mut FreeView) {
    let pointer = ctx.input(|i| i.pointer.latest_pos());
    let above = pointer
        .and_then(|p| ctx.layer_id_at(p))
        .is_some_and(|l| l.order != Order::Background);
    let outside = pointer.is_none_or(|p| !rect.contains(p));
    let now = FreeView {
        min: Vec2::new(rect.min.x, rect.min.y),
        max: Vec2::new(rect.max.x, rect.max.y),
        pointer_claimed: outside || above || ctx.egui_is_using_pointer(),
        keyboard_claimed: ctx.egui_wants_keyboard_input(),
    };
    if *free != now {
        *free = now;
    }
}
