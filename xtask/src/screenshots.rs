//! `screenshots`: the pictures of the README, taken of the real window. It works on a display of its own, so that
//! whoever sits at this machine is not disturbed, and is driven as a person would drive it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::{cmd, debian, places, setup};

/// A display without a screen, what draws on it, what clicks there, and what keeps what is seen.
const PACKAGES: [&str; 4] = ["xvfb", "mesa-vulkan-drivers", "xdotool", "imagemagick"];
const SIZE: [u32; 2] = [1280, 800];
const PROMPT: &str = "A red lighthouse shines over the sea at night";
/// What else is in the library.
const OTHERS: [&str; 4] = [
    "A pink birthday cake with three candles",
    "A green tent with a campfire in the forest",
    "A red sailing boat sails to the right at sunset",
    "A yellow hot air balloon rises over the hills",
];
/// How long the built-in model may take for a video on a slow machine.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long the window takes until it stands still.
const MOMENT: Duration = Duration::from_secs(3);

/// The verb.
pub fn run(args: &[String]) -> Result<()> {
    crate::no_args("screenshots", args)?;
    if !cfg!(target_os = "linux") {
        bail!("the pictures are taken on Linux, where a window can have a display of its own");
    }
    debian::install(&PACKAGES)?;
    setup::ensure()?;
    cmd::run(cmd::cargo().args(["build", "--quiet", "--package", "zoetrope"]))?;
    let stage = Stage::new()?;
    let form = json!({ "prompt": PROMPT, "seed": 7, "fit": "crop" });

    let window = stage.open(&json!({ "window": SIZE }))?;
    stage.shoot("welcome")?;
    drop(window);

    let window = stage.open(&json!({ "window": SIZE, "request": form }))?;
    stage.press("ctrl+Return")?;
    stage.wait_for("run", 1)?;
    sleep(2 * MOMENT);
    stage.shoot("working")?;
    stage.wait_for("mp4", 1)?;
    sleep(MOMENT);
    // On the controls, which otherwise fade.
    stage.point(SIZE[0] / 2, SIZE[1] - 150)?;
    stage.shoot("player")?;
    drop(window);

    for (made, prompt) in (1..).zip(OTHERS) {
        let form = json!({ "prompt": prompt, "seed": 7, "fit": "crop" });
        let _window = stage.open(&json!({ "window": SIZE, "request": form }))?;
        stage.press("ctrl+Return")?;
        stage.wait_for("mp4", made + 1)?;
        sleep(MOMENT);
    }

    let look =
        json!({ "window": SIZE, "request": form, "appearance": "light", "advanced_open": true });
    let window = stage.open(&look)?;
    stage.press("ctrl+l")?;
    stage.shoot("library")?;
    drop(window);
    Ok(())
}

/// A program that ends when this goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A display, and the folders of the window on it.
struct Stage {
    display: String,
    data: PathBuf,
    videos: PathBuf,
    _server: Running,
}

impl Stage {
    fn new() -> Result<Self> {
        let folder = places::target().join("screenshots");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let (data, videos) = (folder.join("data"), folder.join("videos"));
        for folder in [&data, &videos] {
            fs::create_dir_all(folder)?;
        }
        let [width, height] = SIZE;
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb could not be started")?;
        let told = server.stdout.take().context("Xvfb tells no display")?;
        let server = Running(server);
        let mut number = String::new();
        BufReader::new(told).read_line(&mut number)?;
        Ok(Self {
            display: format!(":{}", number.trim()),
            data,
            videos,
            _server: server,
        })
    }

    /// Opens the window with this saved, and waits until it stands still.
    fn open(&self, saved: &Value) -> Result<Running> {
        fs::write(self.data.join("window.json"), saved.to_string())?;
        let window = Command::new(places::target().join("debug/zoetrope"))
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("ZOETROPE_DATA_DIR", &self.data)
            .env("ZOETROPE_VIDEOS_DIR", &self.videos)
            .env("LC_ALL", "en_GB.UTF-8")
            .spawn()
            .context("the window could not be opened")?;
        let window = Running(window);
        let find = ["search", "--sync", "--onlyvisible", "--name", "Zoetrope"];
        self.xdotool(find.iter().chain(&["windowfocus"]).copied())?;
        sleep(MOMENT);
        Ok(window)
    }

    fn press(&self, keys: &str) -> Result<()> {
        self.xdotool(["key", keys])?;
        sleep(MOMENT);
        Ok(())
    }

    fn point(&self, x: u32, y: u32) -> Result<()> {
        self.xdotool(["mousemove", &x.to_string(), &y.to_string()])?;
        sleep(MOMENT);
        Ok(())
    }

    fn xdotool<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let mut xdotool = Command::new("xdotool");
        cmd::run(
            xdotool
                .env("DISPLAY", &self.display)
                .args(args)
                .stdout(Stdio::null()),
        )
    }

    /// Waits until so many with this ending lie among the videos.
    fn wait_for(&self, ending: &str, count: usize) -> Result<()> {
        let there = |folder: &Path| -> Result<usize> {
            let paths = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
            Ok(paths
                .filter_map(|path| Some(path.extension()?.to_owned()))
                .filter(|found| found == ending)
                .count())
        };
        let start = Instant::now();
        while there(&self.videos)? < count {
            if start.elapsed() > PATIENCE {
                bail!("the window has made no .{ending} in {PATIENCE:?}");
            }
            sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// Keeps what is seen.
    fn shoot(&self, name: &str) -> Result<()> {
        let path = places::root().join(format!("assets/readme/{name}.webp"));
        let mut import = Command::new("import");
        import
            .env("DISPLAY", &self.display)
            .args(["-window", "root", "-quality", "88"])
            .arg(&path);
        cmd::run(&mut import)
    }
}
