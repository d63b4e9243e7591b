//! A zoetrope: a drum with slots, and on its inner wall the pictures of a ball that bounces when the
//! drum turns. It turns slowly while somebody is there, and then comes to rest.

use std::f32::consts::{PI, TAU};
use std::time::Duration;

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Id, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2};

use crate::view::theme::{self, DARK, STAGE};

/// Pictures, and slots, around the drum.
const PICTURES: usize = 12;
/// Radians a second.
const PACE: f32 = 0.45;
/// How flat the circles of the drum look from where we stand.
const TILT: f32 = 0.2;
/// It rests after this many seconds without the pointer.
const PATIENCE: f32 = 20.0;
/// How often it is drawn while it turns.
const FRAME: Duration = Duration::from_millis(33);
/// Curves are made of straight pieces of this angle.
const PIECE: f32 = PI / 24.0;

/// Draws the drum in the middle of `size`, turning if it may.
pub fn show(ui: &mut Ui, size: Vec2, turns: bool) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let phase = turn(ui, response.id, turns);
    let drum = Drum {
        centre: pos2(rect.center().x, rect.top() + 0.34 * rect.height()),
        radius: 0.55 * rect.height(),
        height: 0.42 * rect.height(),
        phase,
    };
    glow(ui, rect);
    drum.stand(ui);
    drum.far_wall(ui);
    drum.near_wall(ui);
}

/// How far the drum has turned. It is the one thing that a view remembers: where a moving thing was.
fn turn(ui: &Ui, id: Id, turns: bool) -> f32 {
    let (idle, dt, focused) = ui.input(|input| {
        let idle = input.pointer.time_since_last_movement();
        // It turns at the start, too, before the pointer has moved at all.
        let idle = idle.min(input.time as f32);
        (idle, input.stable_dt.min(0.1), input.focused)
    });
    let before: f32 = ui.data(|data| data.get_temp(id).unwrap_or_default());
    let push = (PATIENCE - idle).clamp(0.0, 1.0);
    if push <= 0.0 || !focused || !turns || theme::is_still(ui) {
        return before;
    }
    let phase = (before + PACE * dt * push) % TAU;
    ui.data_mut(|data| data.insert_temp(id, phase));
    ui.ctx().request_repaint_after(FRAME);
    phase
}

/// The lamp's light behind the drum.
fn glow(ui: &Ui, rect: Rect) {
    const AROUND: usize = 48;
    let warm = theme::fade(DARK.accent, 0.16);
    let mut mesh = Mesh::default();
    let vertex = |pos: Pos2, color: Color32| Vertex {
        pos,
        uv: WHITE_UV,
        color,
    };
    mesh.vertices.push(vertex(rect.center(), warm));
    for step in 0..=AROUND {
        let (sin, cos) = (TAU * step as f32 / AROUND as f32).sin_cos();
        let reach = vec2(cos * rect.height(), sin * 0.7 * rect.height());
        mesh.vertices
            .push(vertex(rect.center() + reach, Color32::TRANSPARENT));
    }
    for step in 1..=AROUND as u32 {
        mesh.add_triangle(0, step, step + 1);
    }
    ui.painter().add(mesh);
}

struct Drum {
    /// The middle of the rim.
    centre: Pos2,
    radius: f32,
    height: f32,
    phase: f32,
}

impl Drum {
    /// A place on the wall: `angle` around it, a quarter turn being nearest to us, `down` of its
    /// height below the rim.
    fn at(&self, angle: f32, down: f32) -> Pos2 {
        let (sin, cos) = angle.sin_cos();
        let across = vec2(cos * self.radius, sin * self.radius * TILT);
        self.centre + across + vec2(0.0, down * self.height)
    }

    /// A piece of the wall, bent as it is; `shade` tells the colour at an angle.
    fn patch(
        &self,
        ui: &Ui,
        [from, to]: [f32; 2],
        [top, bottom]: [f32; 2],
        shade: impl Fn(f32) -> Color32,
    ) {
        let mut mesh = Mesh::default();
        let pieces = (((to - from) / PIECE).ceil() as u32).max(1);
        for step in 0..=pieces {
            let angle = from + (to - from) * step as f32 / pieces as f32;
            for down in [top, bottom] {
                mesh.vertices.push(Vertex {
                    pos: self.at(angle, down),
                    uv: WHITE_UV,
                    color: shade(angle),
                });
            }
        }
        for first in (0..2 * pieces).step_by(2) {
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 1, first + 2, first + 3);
        }
        ui.painter().add(mesh);
        // A mesh has hard edges; where it ends at the side, a line softens them.
        for angle in [from, to] {
            let edge = [self.at(angle, top), self.at(angle, bottom)];
            ui.painter()
                .line_segment(edge, Stroke::new(0.75, shade(angle)));
        }
    }

    /// The angle at which a picture begins.
    fn place(&self, picture: usize) -> f32 {
        (self.phase + TAU * picture as f32 / PICTURES as f32).rem_euclid(TAU)
    }

    /// The inner wall opposite, with the pictures in the light.
    fn far_wall(&self, ui: &Ui) {
        let step = TAU / PICTURES as f32;
        self.patch(ui, [PI, TAU], [0.0, 1.0], |_| DARK.ground);
        for picture in 0..PICTURES {
            let from = self.place(picture);
            let middle = from + step / 2.0;
            let light = -middle.sin();
            if light <= 0.05 {
                continue;
            }
            let paper = theme::mix(STAGE, DARK.text, 0.25 + 0.6 * light);
            let span = [from + 0.06 * step, from + 0.94 * step];
            self.patch(ui, span, [0.1, 0.72], |_| paper);
            let bounce = (PI * picture as f32 / PICTURES as f32 * 2.0).sin().abs();
            let ball = self.at(middle, 0.58 - 0.38 * bounce);
            let width = 0.085 * self.radius;
            let ball_radius = vec2(width * light.max(0.15), width);
            let color = theme::mix(STAGE, DARK.accent, 0.4 + 0.6 * light);
            ui.painter()
                .add(egui::epaint::EllipseShape::filled(ball, ball_radius, color));
        }
    }

    /// The outer wall before us, with the slots that the light falls through.
    fn near_wall(&self, ui: &Ui) {
        self.patch(ui, [0.0, PI], [0.0, 1.0], |angle| {
            let light = 0.25 + 0.75 * (angle + 0.4).sin().max(0.0);
            theme::mix(DARK.ground, DARK.lifted, light)
        });
        let step = TAU / PICTURES as f32;
        for slot in 0..PICTURES {
            let middle = self.place(slot);
            let facing = middle.sin();
            if facing <= 0.08 {
                continue;
            }
            let color = theme::mix(STAGE, DARK.accent, 0.2 + 0.75 * facing);
            let half = 0.07 * step;
            self.patch(ui, [middle - half, middle + half], [0.12, 0.62], |_| color);
        }
        self.rim(ui, 0.0, [0.0, TAU], theme::fade(DARK.text, 0.5));
        self.rim(ui, 1.0, [0.0, PI], theme::fade(DARK.text, 0.14));
    }

    fn rim(&self, ui: &Ui, down: f32, [from, to]: [f32; 2], color: Color32) {
        const AROUND: usize = 72;
        let angle = |step: usize| from + (to - from) * step as f32 / AROUND as f32;
        let points = (0..=AROUND).map(|step| self.at(angle(step), down));
        ui.painter()
            .add(Shape::line(points.collect(), Stroke::new(1.25, color)));
    }

    /// What it turns on.
    fn stand(&self, ui: &Ui) {
        let top = self.centre + vec2(0.0, self.height + 0.1 * self.radius);
        let foot = top + vec2(0.0, 0.42 * self.height);
        let stem = 0.045 * self.radius;
        let painter = ui.painter();
        let stem = Rect::from_min_max(top - vec2(stem, 0.0), foot + vec2(stem, 0.0));
        painter.rect_filled(stem, 2.0, DARK.raised);
        let plate = vec2(0.36 * self.radius, 0.36 * self.radius * TILT);
        painter.add(egui::epaint::EllipseShape::filled(
            foot + vec2(0.0, 3.0),
            plate,
            DARK.panel,
        ));
        painter.add(egui::epaint::EllipseShape::filled(foot, plate, DARK.raised));
    }
}
