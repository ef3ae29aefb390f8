//! Every way in which people and programs replace a file, with and without events.

use std::{
    os::unix::fs::symlink,
    sync::mpsc::{Receiver, channel},
};

use super::*;

const SOON: Duration = Duration::from_secs(10);

fn watched(file: &Path, poll: Duration) -> (Watch, Receiver<()>) {
    let (tell, told) = channel();
    let watch = Watch::every(vec![file.to_path_buf()], poll, move || {
        let _ = tell.send(());
    });
    (watch.unwrap(), told)
}

/// Events only: no poll comes in time.
fn by_events(file: &Path) -> (Watch, Receiver<()>) {
    watched(file, Duration::from_secs(3600))
}

#[test]
fn a_file_written_in_place_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.toml");
    fs::write(&file, "1").unwrap();
    let (_watch, told) = by_events(&file);
    fs::write(&file, "22").unwrap();
    told.recv_timeout(SOON).unwrap();
    // Neighbours and readers are no change.
    fs::write(folder.path().join("other"), "1").unwrap();
    fs::read(&file).unwrap();
    assert!(told.recv_timeout(QUIET * 3).is_err());
}

#[test]
fn a_burst_is_one_change() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.toml");
    fs::write(&file, "").unwrap();
    let (_watch, told) = by_events(&file);
    for length in 1..20 {
        fs::write(&file, "x".repeat(length)).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    told.recv_timeout(SOON).unwrap();
    assert!(told.recv_timeout(QUIET * 3).is_err());
}

#[test]
fn a_file_renamed_into_place_again_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.toml");
    fs::write(&file, "1").unwrap();
    let (_watch, told) = by_events(&file);
    for round in 0..3 {
        let temporary = folder.path().join("map.toml.tmp");
        fs::write(&temporary, format!("same{round}")).unwrap();
        fs::rename(&temporary, &file).unwrap();
        told.recv_timeout(SOON).unwrap();
    }
    fs::remove_file(&file).unwrap();
    told.recv_timeout(SOON).unwrap();
    fs::write(&file, "back").unwrap();
    told.recv_timeout(SOON).unwrap();
}

/// Kubernetes: `map.toml -> ..data/map.toml`, `..data -> ..1`, and `..data` is replaced by a rename.
#[test]
fn a_swapped_link_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for version in ["..1", "..2"] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("map.toml"), "same").unwrap();
    }
    symlink("..1", at("..data")).unwrap();
    symlink("..data/map.toml", at("map.toml")).unwrap();
    let (_watch, told) = by_events(&at("map.toml"));
    symlink("..2", at("..data_tmp")).unwrap();
    fs::rename(at("..data_tmp"), at("..data")).unwrap();
    told.recv_timeout(SOON).unwrap();
}

#[test]
fn without_events_it_is_looked_at() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let target = elsewhere.path().join("real.toml");
    fs::write(&target, "1").unwrap();
    let link = folder.path().join("map.toml");
    // A link that is made after the watch leads to a folder that isn't watched.
    let (_watch, told) = watched(&link, Duration::from_millis(50));
    symlink(&target, &link).unwrap();
    told.recv_timeout(SOON).unwrap();
    fs::write(&target, "22").unwrap();
    told.recv_timeout(SOON).unwrap();
}

#[test]
fn dropping_it_ends_its_thread() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.toml");
    fs::write(&file, "1").unwrap();
    let (watch, told) = by_events(&file);
    drop(watch);
    assert_eq!(told.recv_timeout(SOON), Err(RecvTimeoutError::Disconnected));
}
