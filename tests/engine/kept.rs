//! Networks that stay in memory between two jobs: what that saves, that it changes nothing, and that they go.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::engine::Engine;
use zoetrope::job::memory::{Machine, Need, Rooms, Sizes, fit, needs};
use zoetrope::job::{
    CanvasRequest, Command, Event, JobHandle, Plan, Request, SamplingRequest, Size, Stage,
};
use zoetrope::pipeline;

use super::{demo_plan, next, start};
use crate::support::alone::alone;
use crate::support::folder::copied;

const LONG: Duration = Duration::from_mins(10);

fn request(prompt: &str, seed: u64) -> Request {
    Request {
        prompt: prompt.into(),
        sampling: SamplingRequest {
            seed: Some(seed),
            steps: Some(3),
            ..Default::default()
        },
        canvas: CanvasRequest {
            frames: Some(5),
            size: Some(Size::new(64, 64)),
            ..Default::default()
        },
        ..Request::default()
    }
}

/// An engine that keeps networks for so long.
fn keeping(long: Duration) -> Engine {
    let engine = start();
    engine.commands.send(Command::Keep(Some(long))).unwrap();
    engine
}

/// Makes a video, and returns its bytes.
fn make(engine: &Engine, plan: Plan) -> Vec<u8> {
    let output = plan.output.clone();
    let command = Command::Generate(JobHandle::new(1), Box::new(plan));
    engine.commands.send(command).unwrap();
    loop {
        match next(engine) {
            Event::Finished { .. } => return fs::read(output).unwrap(),
            Event::Failed { problem, .. } => panic!("{problem:?}"),
            _ => {}
        }
    }
}

/// What is kept, as the next event about it tells.
fn kept(engine: &Engine) -> u64 {
    loop {
        if let Event::Kept(bytes) = next(engine) {
            return bytes;
        }
    }
}

/// Breaks when a job comes out otherwise because of the jobs before it: same words and others, same size and another.
#[test]
fn jobs_in_a_row_give_the_bits_of_jobs_alone() {
    let folder = TempDir::new().unwrap();
    let plan = |name: &str, (prompt, seed, side): (&str, u64, u32)| {
        let mut request = request(prompt, seed);
        request.canvas.size = Some(Size::new(side, 64));
        demo_plan(&request, &folder.path().join(name))
    };
    let jobs = [
        ("A house in the snow", 1, 64),
        ("A house in the snow", 2, 64),
        ("A boat at night", 2, 64),
        ("A boat at night", 2, 96),
        ("A house in the snow", 1, 64),
    ];
    let engine = keeping(LONG);
    for job in jobs {
        let in_a_row = make(&engine, plan("row.mp4", job));
        let alone = make(&start(), plan("alone.mp4", job));
        assert!(in_a_row == alone, "{job:?}");
    }
}

/// Bytes that this process has read, files and all.
fn read_so_far() -> u64 {
    let io = fs::read_to_string("/proc/self/io").unwrap();
    let line = io.lines().find(|line| line.starts_with("rchar")).unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Breaks when a job reads a network that is there.
#[test]
#[cfg(target_os = "linux")]
fn a_variation_reads_headers_and_another_prompt_the_text_encoder() {
    alone(
        "engine::kept::a_variation_reads_headers_and_another_prompt_the_text_encoder",
        || {
            let folder = TempDir::new().unwrap();
            let output = folder.path().join("out.mp4");
            let engine = keeping(LONG);
            let mut read = Vec::new();
            for (prompt, seed) in [("A house", 1), ("A house", 2), ("A boat", 2)] {
                let before = read_so_far();
                make(&engine, demo_plan(&request(prompt, seed), &output));
                read.push(read_so_far() - before);
            }
            let size = |name: &str| crate::demo::folder().join(name).metadata().unwrap().len();
            let dit = size("diffusion_pytorch_model.safetensors");
            let text = size("models_t5_umt5-xxl-enc-bf16.pth");
            assert!(read[0] > dit, "{read:?}");
            // What is left are headers, and the places in each file that tell it from another of its name.
            assert!(read[1] < dit / 3, "{read:?}");
            assert!(read[2] < text + dit / 3, "{read:?}");
        },
    );
}

/// Breaks when a file that was replaced is still answered from memory.
#[test]
fn a_replaced_file_is_read_again() {
    let (model, folder) = (copied(&crate::demo::folder()), TempDir::new().unwrap());
    let plan = |name: &str| {
        let checkpoint = catalog::open(model.path()).unwrap();
        let output = folder.path().join(name);
        Plan::new(&request("A house", 1), checkpoint, None, 0, output).unwrap()
    };
    let engine = keeping(LONG);
    let before = make(&engine, plan("before.mp4"));
    let file = model.path().join("diffusion_pytorch_model.safetensors");
    let mut bytes = fs::read(&file).unwrap();
    // The end of the last tensor: zeros leave the file sound.
    let end = bytes.len() - 40_000;
    bytes[end..].fill(0);
    fs::write(&file, &bytes).unwrap();
    let after = make(&engine, plan("after.mp4"));
    assert!(after != before, "the kept network was used");
    assert!(after == make(&start(), plan("alone.mp4")));
}

/// Breaks when what is kept is not told, does not go when asked, or stays for ever.
#[test]
fn what_is_kept_is_told_and_goes() {
    // MLX counts what the whole process holds.
    let test = "engine::kept::what_is_kept_is_told_and_goes";
    alone(test, kept_and_gone);
}

fn kept_and_gone() {
    let folder = TempDir::new().unwrap();
    let plan = || demo_plan(&request("A house", 1), &folder.path().join("out.mp4"));
    let engine = keeping(LONG);
    make(&engine, plan());
    let bytes = kept(&engine);
    assert!(bytes > 1_000_000, "{bytes}");
    let is_about = |again: u64| again.abs_diff(bytes) < bytes / 20;
    engine.commands.send(Command::LetGo).unwrap();
    assert_eq!(kept(&engine), 0);

    make(&engine, plan());
    assert!(is_about(kept(&engine)));
    engine.commands.send(Command::Keep(None)).unwrap();
    assert_eq!(kept(&engine), 0);

    let engine = keeping(Duration::from_millis(50));
    make(&engine, plan());
    assert!(is_about(kept(&engine)));
    assert_eq!(kept(&engine), 0, "it goes by itself");
    make(&engine, plan());
    assert!(is_about(kept(&engine)), "and comes again");
}

/// Breaks when a job that was not asked to keep anything does.
#[test]
fn nothing_is_kept_unasked() {
    let folder = TempDir::new().unwrap();
    let engine = start();
    make(
        &engine,
        demo_plan(&request("A house", 1), &folder.path().join("out.mp4")),
    );
    assert!(
        engine
            .events
            .recv_timeout(Duration::from_millis(100))
            .is_err()
    );
}

fn sizes_of_demo() -> (Plan, Sizes) {
    let plan = demo_plan(&request("A house", 1), Path::new("out.mp4"));
    let sizes = pipeline::sizes(&plan).unwrap();
    (plan, sizes)
}

/// Breaks when networks stay where the job at hand or another program would miss the memory.
#[test]
fn what_stays_has_room_beside_each_stage() {
    let (plan, sizes) = sizes_of_demo();
    let needs = needs(&plan, &sizes);
    let need = |stage| {
        let of_stage = needs.iter().filter(|need| need.stage == stage);
        of_stage.map(Need::bytes).max().unwrap_or_default()
    };
    let most = need(Stage::Denoise).max(need(Stage::Decode));
    let machine = |available| Machine {
        total: 1 << 40,
        available,
        gpu: None,
    };
    let free = machine(most + 1_000);
    let rooms = Rooms::beside(&needs, &free, None);
    for stage in [Stage::Text, Stage::Denoise, Stage::Decode] {
        assert_eq!(rooms.at(stage), most + 1_000 - need(stage), "{stage:?}");
    }
    assert_eq!(rooms.at(Stage::Load), rooms.at(Stage::Denoise));
    // Other programs come first, and so does what somebody allows.
    let tight = Rooms::beside(&needs, &machine(1), None);
    assert_eq!(tight.at(Stage::Decode), 0);
    let limited = Rooms::beside(&needs, &free, Some(need(Stage::Decode) + 7));
    assert_eq!(limited.at(Stage::Decode), 7);
    assert!(fit(&plan, &sizes, &free).is_ok());
}

/// Breaks when something stays that has no room: within a job, its own text goes before its VAE comes.
#[test]
fn without_room_each_stage_begins_with_nothing_else() {
    alone(
        "engine::kept::without_room_each_stage_begins_with_nothing_else",
        || {
            let folder = TempDir::new().unwrap();
            let output: PathBuf = folder.path().join("out.mp4");
            let plan = demo_plan(&request("A house", 1), &output);
            let job = |rooms: Option<Rooms>| {
                pipeline::kept::begin(rooms);
                let mut reporter = pipeline::Reporter::new(|_| (), || false);
                pipeline::generate(&plan, &mut reporter).unwrap();
                pipeline::kept::own_bytes()
            };
            let enough = Machine {
                total: 1 << 40,
                available: 1 << 40,
                gpu: None,
            };
            let (_, sizes) = sizes_of_demo();
            let all = job(Some(Rooms::beside(&needs(&plan, &sizes), &enough, None)));
            let vae_alone = job(Some(Rooms::default()));
            assert!(0 < vae_alone && vae_alone < all, "{vae_alone} of {all}");
            assert_eq!(job(None), 0);
        },
    );
}
