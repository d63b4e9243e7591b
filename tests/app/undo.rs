//! No slip costs more than a key: the form as a whole can be taken back.

use std::fs;

use egui::{Key, Modifiers};
use zoetrope::app::Preferences;
use zoetrope::job::{CanvasRequest, Lora, Negative, Plan, Request, SamplingRequest, Sources};
use zoetrope::media::photo;

use super::files::let_go;
use super::{Opening, SIZE, Window, video};
use crate::job::{plan, request};

const PROMPT: &str = "A paper boat crosses a rain puddle";

fn with_prompt_and_picture() -> Window {
    let mut window = Opening::default().open();
    let picture = window.path("boat.png");
    photo::save(&picture, SIZE, &vec![120; 3 * SIZE.area() as usize]).unwrap();
    let_go(&mut window, picture);
    window.until_seen("Remove first frame");
    window.write("Prompt", PROMPT);
    window
}

/// What a job of the form would be made of.
fn job(window: &mut Window) -> Box<Plan> {
    window.click("Generate");
    window.next_job().1
}

/// Breaks when one key too many loses what was typed and the picture, for good.
#[test]
fn an_emptied_form_comes_back() {
    for by_key in [true, false] {
        let mut window = with_prompt_and_picture();
        window.press(Modifiers::COMMAND, Key::N);
        assert!(!window.sees("Remove first frame"));
        if by_key {
            window.press(Modifiers::COMMAND, Key::Z);
        } else {
            window.click("Undo");
        }
        window.until_seen("Remove first frame");
        let plan = job(&mut window);
        assert_eq!(plan.prompt, PROMPT);
        assert!(plan.sources.image.is_some());
    }
}

/// Breaks when a change that was taken back cannot be made again, or comes back over what was typed meanwhile.
#[test]
fn what_was_taken_back_can_be_done_again() {
    let mut window = with_prompt_and_picture();
    window.press(Modifiers::COMMAND, Key::N);
    window.press(Modifiers::COMMAND, Key::Z);
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(!window.sees("Remove first frame"));
    window.press(Modifiers::COMMAND, Key::Z);
    window.until_seen("Remove first frame");
    window.write("Prompt", " at night");
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(window.sees("Remove first frame"));
}

/// Breaks when the field loses its own undo to that of the form.
#[test]
fn what_is_typed_is_taken_back_by_its_field_first() {
    let mut window = with_prompt_and_picture();
    window.press(Modifiers::COMMAND, Key::N);
    window.write("Prompt", "A whale");
    window.press(Modifiers::COMMAND, Key::Z);
    assert!(!window.sees("Remove first frame"), "the form came back");
}

/// Breaks when a dropped video replaces what was typed, for good.
#[test]
fn restored_settings_can_be_taken_back() {
    let mut window = with_prompt_and_picture();
    let file = window.path("whale.mp4");
    let whale = plan(&request("A whale in the clouds"), None).unwrap();
    video(&file, &whale.info().to_json());
    let_go(&mut window, file);
    window.until("the notice", |window| window.sees_part("Settings restored"));
    window.click("Undo");
    window.until_seen("Remove first frame");
    assert_eq!(job(&mut window).prompt, PROMPT);
}

/// Breaks when everything looks as if somebody had turned it, after the settings of a video that was made as the model
/// recommends; or when these numbers stay for another model.
#[test]
fn restored_settings_as_the_model_has_them_are_no_changes() {
    let mut window = Opening::default().open();
    let file = window.path("whale.mp4");
    let mut whale = plan(&request("A whale in the clouds"), None).unwrap();
    whale.sampling.steps += 1;
    video(&file, &whale.info().to_json());
    let_go(&mut window, file.clone());
    window.until("the notice", |window| window.sees_part("Settings restored"));
    window.harness.run_steps(90);
    let preferences = Preferences::read(&window.path("window.json"));
    let Request {
        negative,
        canvas,
        sampling,
        ..
    } = preferences.request;
    assert_eq!(canvas, CanvasRequest::default());
    let expected = SamplingRequest {
        steps: Some(whale.sampling.steps),
        seed: Some(whale.sampling.seed),
        ..SamplingRequest::default()
    };
    assert_eq!(sampling, expected);
    assert_eq!(negative, Negative::Default);
}

/// Breaks when a stranger's video has the window open files that it names: a picture of this machine, a device, a share.
#[test]
fn of_a_strangers_video_only_the_names_of_files_are_told() {
    let stranger = plan(&request("A whale in the clouds"), None).unwrap();
    let opening = Opening::default();
    let secret = opening.folder.path().join("secret.png");
    photo::save(&secret, SIZE, &vec![9; 3 * SIZE.area() as usize]).unwrap();
    let mut info = stranger.info();
    let settings = &mut info.sources;
    settings.image = Some(secret.clone());
    settings.last_image = Some("../../../etc/hos\u{202e}ts".into());
    settings.noise = Some("/dev/zero".into());
    settings.loras = vec![Lora {
        file: secret.with_file_name("style.safetensors"),
        strength: 1.0,
        expert: None,
    }];
    let mut window = opening.open();
    let file = window.path("whale.mp4");
    video(&file, &info.to_json());
    let_go(&mut window, file);
    window.until("the notice", |window| {
        window.sees_part("secret.png, hosts, zero, style.safetensors")
    });
    assert!(!window.sees("Remove first frame"));
    let plan = job(&mut window);
    assert_eq!(plan.prompt, "A whale in the clouds");
    assert!(
        plan.sources.image.is_none()
            && plan.sources.loras.is_empty()
            && plan.sources.noise.is_none()
    );
}

/// Breaks when a LoRA that is in the form has to be looked for again.
#[test]
fn a_lora_of_the_same_name_in_the_form_is_used() {
    let own = Opening::default();
    let file = own.folder.path().join("style.safetensors");
    fs::write(&file, "").unwrap();
    let lora = Lora {
        file: file.clone(),
        strength: 0.5,
        expert: None,
    };
    let mut window = Opening {
        preferences: Preferences {
            request: Request {
                sources: Sources {
                    loras: vec![lora],
                    ..Sources::default()
                },
                ..Request::default()
            },
            ..Preferences::default()
        },
        ..own
    }
    .open();
    let mut whale = plan(&request("A whale"), None).unwrap();
    whale.sources.loras = vec![Lora {
        file: "elsewhere/style.safetensors".into(),
        strength: 0.8,
        expert: None,
    }];
    let video_file = window.path("whale.mp4");
    video(&video_file, &whale.info().to_json());
    let_go(&mut window, video_file);
    window.until("the notice", |window| window.sees_part("Settings restored"));
    // It is kept with the form.
    window.harness.run_steps(90);
    let folder = std::rc::Rc::clone(&window.folder);
    drop(window);
    let preferences = Preferences::read(&folder.path().join("window.json"));
    let loras = &preferences.request.sources.loras;
    assert_eq!(
        (loras[0].file.as_path(), loras[0].strength),
        (file.as_path(), 0.8)
    );
}
