//! Mirrors, and servers that send on to others.

use zoetrope::catalog::hub::{Destination, Download, Hub};
use zoetrope::job::{DownloadProgress, Published, WeightFormat};

use super::server::Server;
use super::{Scene, assert_whole};

/// Downloads in the name of a token's owner.
fn run(scene: &Scene, endpoint: &str) -> zoetrope::Result<Vec<std::path::PathBuf>> {
    let hub = Hub::new(endpoint, Some("hf_secret".into()));
    let place = Destination::Cache(scene.cache());
    let what = (Published::Ti2v5B, WeightFormat::Fp16);
    let download = Download::plan(&hub, what, place, &[], &mut || Ok(()))?;
    download.run(&mut |_: &DownloadProgress| Ok(()))
}

/// Breaks when the token goes to another port of the same host, where anybody may listen.
#[test]
fn the_token_goes_to_no_other_port() {
    let (scene, other) = (Scene::new(), Scene::new());
    scene.server.keep_contents_at(&other.server.url());
    assert_whole(&run(&scene, &scene.server.url()).unwrap());
    assert_eq!(scene.server.tokens().len(), 5, "two listings, three files");
    assert_eq!(other.server.tokens(), []);
    assert_eq!(other.server.asked().len(), 3, "all files came from there");

    let (scene, other) = (Scene::new(), Scene::new());
    scene.server.keep_listings_at(&other.server);
    assert_whole(&run(&scene, &scene.server.url()).unwrap());
    assert_eq!(other.server.tokens(), [], "nor with a listing");
}

/// Breaks when an address without a host, as mirrors and renamed repositories send it, is not understood.
#[test]
fn a_server_may_send_on_within_itself() {
    let scene = Scene::new();
    scene.server.keep_contents_at("");
    assert_whole(&run(&scene, &scene.server.url()).unwrap());
    let tokens = scene.server.tokens();
    assert!(tokens.iter().any(|(path, _)| path.starts_with("/content/")));
}

/// Breaks when an address that people type with a slash or a space at its end is no address.
#[test]
fn the_address_of_a_mirror_may_be_written_in_any_way() {
    let scene = Scene::new();
    let url = scene.server.url();
    assert_whole(&run(&scene, &format!(" {url}/ ")).unwrap());
    for nonsense in ["ftp://127.0.0.1", "127.0.0.1", "http://", "file:///etc"] {
        let problem = run(&scene, nonsense).unwrap_err().to_string();
        assert!(problem.contains("is no address of a hub"), "{problem}");
    }
}

/// Breaks when a server that sends in circles is followed for ever.
#[test]
fn circles_end() {
    let scene = Scene::new();
    let (one, other) = (Server::start(), Server::start());
    one.keep_listings_at(&other);
    other.keep_listings_at(&one);
    let problem = run(&scene, &one.url()).unwrap_err().to_string();
    assert!(problem.contains("without end"), "{problem}");
}
