//! The form.

use egui::Ui;
use zoetrope::job::{CanvasRequest, Estimate, Refusal, Request, Size, Speed, Variant};
use zoetrope::view::Action;
use zoetrope::view::action::{End, Guide, Part};
use zoetrope::view::compose::{self, Compose};

use super::{Harness, harness};
use crate::job::{checkpoint_of, plan};
use egui_kittest::kittest::Queryable;

/// The form with this request in it.
fn form(variant: Variant, request: Request, open: bool) -> Harness {
    harness(move |ui| draw(ui, variant, &request, open, open))
}

fn draw(
    ui: &mut Ui,
    variant: Variant,
    request: &Request,
    negative_open: bool,
    advanced_open: bool,
) -> Option<Action> {
    let model = checkpoint_of(variant);
    let refusal: Option<Refusal> = plan(request, None).err();
    let form = Compose {
        prompts: &[],
        styles: &[],
        request,
        model: &model,
        first: None,
        last: None,
        guides: compose::Glances::default(),
        size: request.canvas.size.unwrap_or(model.defaults.size),
        refusal: refusal.as_ref(),
        estimate: Estimate::default(),
        negative_open,
        advanced_open,
        latest_seed: Some(7),
        savings: &[],
        lora_fits: &[],
        few_steps: None,
        has_few_step_loras: false,
        speed: Speed::Exact,
        speeds: &[],
    };
    compose::show(ui, &form)
}

/// A form that cannot work, with its advanced part in sight.
pub(super) fn refused(ui: &mut Ui) -> Option<Action> {
    let request = Request {
        canvas: CanvasRequest {
            size: Some(Size::new(1250, 700)),
            ..Default::default()
        },
        ..asked_for("A paper boat in the rain")
    };
    draw(ui, Variant::Ti2v, &request, false, true)
}

fn asked_for(prompt: &str) -> Request {
    Request {
        prompt: prompt.into(),
        ..Request::default()
    }
}

/// Breaks when a sentence says what is wrong, and its button does not mend it.
#[test]
fn what_cannot_work_says_why_and_mends_itself() {
    let request = Request {
        canvas: CanvasRequest {
            size: Some(Size::new(1250, 700)),
            ..Default::default()
        },
        ..asked_for("A boat")
    };
    let mut form = form(Variant::Ti2v, request.clone(), false);
    form.get_by_label("Use 1248 × 672").click();
    form.run_steps(3);
    let mended = Request {
        canvas: CanvasRequest {
            size: Some(Size::new(1248, 672)),
            ..Default::default()
        },
        ..request
    };
    assert!(plan(&mended, None).is_ok());
    assert_eq!(form.state()[..], [Action::Edit(Box::new(mended))]);
}

/// Breaks when a model is offered a picture that it does not take, or not offered one that it does.
#[test]
fn the_wells_are_those_that_the_model_has() {
    let wells = |variant| {
        let form = form(variant, asked_for("A boat"), false);
        let sees = |name| form.query_by_label(name).is_some();
        (sees("First frame"), sees("Last frame"))
    };
    assert_eq!(wells(Variant::T2v), (false, false));
    assert_eq!(wells(Variant::Ti2v), (true, false));
    assert_eq!(wells(Variant::I2vA14b), (true, true));
}

/// Breaks when a well cannot be reached without a mouse, or asks for the other end.
#[test]
fn a_well_asks_for_its_picture() {
    let mut form = form(Variant::I2vA14b, asked_for("A boat"), false);
    form.get_by_label("Last frame").focus();
    form.run_steps(2);
    form.key_press(egui::Key::Enter);
    form.run_steps(2);
    assert_eq!(form.state()[..], [Action::ChoosePicture(End::Last)]);
}

/// Breaks when Generate can be pressed on a form that has no prompt.
#[test]
fn generate_is_alive_exactly_when_there_is_something_to_make() {
    let asked = |prompt: &str| {
        let mut form = form(Variant::Ti2v, asked_for(prompt), false);
        form.get_by_label("Generate").click();
        form.run_steps(3);
        form.state().clone()
    };
    assert_eq!(asked(""), []);
    assert_eq!(asked("A boat"), [Action::Generate { count: 1 }]);
}

/// Breaks when a term of the trade stands there without a word about what it does.
#[test]
fn advanced_explains_itself() {
    let form = form(Variant::Ti2v, asked_for("A boat"), true);
    for line in [
        "More steps add detail and take longer",
        "Higher follows the prompt more closely; too high looks harsh",
        "Higher favors motion and composition, lower favors detail",
        "Same seed and settings, same video",
    ] {
        form.get_by_label(line);
    }
}

/// Breaks when what is folded cannot be unfolded.
#[test]
fn a_fold_asks_to_be_opened() {
    let mut form = form(Variant::Ti2v, asked_for("A boat"), false);
    form.get_by_label("Advanced").click();
    form.run_steps(3);
    assert_eq!(form.state()[..], [Action::Fold(Part::Advanced)]);
}

/// Breaks when a well cannot be reached without a mouse, or a folder of frames cannot be chosen.
#[test]
fn a_guide_asks_for_its_file() {
    for (name, asked) in [
        ("Video", Action::ChooseGuide(Guide::Video)),
        (
            "Video: Choose a folder of frames",
            Action::ChooseFrames(Guide::Video),
        ),
        ("Reference 1", Action::ChooseGuide(Guide::Reference)),
    ] {
        let mut form = form(Variant::Vace, asked_for("A boat"), false);
        form.get_by_label(name).focus();
        form.run_steps(2);
        form.key_press(egui::Key::Enter);
        form.run_steps(2);
        assert_eq!(form.state()[..], [asked], "{name}");
    }
}

/// A model offers exactly what it takes, and what the form holds all the same can be taken out.
#[test]
fn models_offer_the_guides_that_they_take() {
    let names = ["First frame", "Last frame", "Video", "Mask", "Reference 1"];
    for (variant, offered) in [
        (Variant::T2v, [false, false, false, false, false]),
        (Variant::I2v, [true, false, false, false, false]),
        (Variant::Flf2v, [true, true, false, false, false]),
        (Variant::FunInp, [true, true, false, false, false]),
        (Variant::FunInpA14b, [true, true, false, false, false]),
        (Variant::FunControl, [true, false, true, false, true]),
        (Variant::FunControlA14b, [true, false, true, false, true]),
        (Variant::Vace, [false, false, true, true, true]),
        (Variant::VaceA14b, [false, false, true, true, true]),
        (Variant::LucyEdit, [false, false, true, false, false]),
    ] {
        let form = form(variant, asked_for("a boat"), false);
        for (name, offered) in names.into_iter().zip(offered) {
            let found = form.query_by_label(name).is_some();
            assert_eq!(found, offered, "{variant:?}: {name}");
        }
    }
    let mut held = asked_for("a boat");
    held.guides.references = vec!["hat.png".into()];
    let form = form(Variant::T2v, held, false);
    assert!(form.query_by_label("Remove hat.png").is_some());
}
