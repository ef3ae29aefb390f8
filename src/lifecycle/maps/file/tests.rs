use super::*;
use crate::lifecycle::maps::Signature;

const MAP: &str = "version = 1\n[plans.basic]\nmax_connections = 5\n";

fn store(folder: &tempfile::TempDir) -> FileStore {
    let file = folder.path().join("map.toml");
    fs::write(&file, MAP).unwrap();
    FileStore { file }
}

fn new(body: &str) -> NewVersion {
    let signature = Signature { author: "anna".to_owned(), reason: None };
    NewVersion { body: body.to_owned(), signature, changes: "some".to_owned() }
}

#[test]
fn a_version_follows_another() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    fs::set_permissions(&store.file, fs::Permissions::from_mode(0o640)).unwrap();
    let first = store.head().unwrap();
    assert_eq!((first.version, first.is_unrecorded), (0, true));
    let other = MAP.replace('5', "6");
    assert_eq!(store.append(&first, new(&other)).unwrap(), Some(2));
    assert_eq!(fs::read_to_string(&store.file).unwrap(), with_revision(&other, 2));
    assert_eq!(fs::metadata(&store.file).unwrap().mode() & 0o7777, 0o640);
    let second = store.head().unwrap();
    assert_eq!((second.version, second.is_unrecorded), (2, false));
    // Who has read the first one may not write over the second.
    assert_eq!(store.append(&first, new("version = 1\n")).unwrap(), None);
    assert_eq!(store.append(&second, new(MAP)).unwrap(), Some(3));
    let records = store.records().unwrap();
    let told: Vec<_> = records.iter().map(|record| (record.version, record.base, record.author.as_str())).collect();
    assert_eq!(told, [(1, 0, "unknown"), (2, 1, "anna"), (3, 2, "anna")]);
    for (version, text) in [(1, MAP), (2, &other), (3, MAP)] {
        assert_eq!(super::super::text_of(&records, version).unwrap(), text);
    }
}

#[test]
fn who_is_stopped_before_the_name_changes_leaves_the_old_map() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    store.append(&store.head().unwrap(), new(&MAP.replace('5', "6"))).unwrap();
    let head = store.head().unwrap();
    let before = fs::read_to_string(&store.file).unwrap();
    // The line of the history is written, and half of the new text; then it stops.
    let history = store.lock().unwrap();
    let (digest, body) = (digest_of("x"), Body::Text("x".to_owned()));
    let (author, changes) = ("anna".to_owned(), "some".to_owned());
    let torn = Record { version: 3, base: 2, time: Moment::now(), author, reason: None, changes, digest, body };
    store.write_lines(&history, &[torn]).unwrap();
    fs::write(store.beside(".", ".new"), "version = ").unwrap();
    drop(history);
    assert_eq!(fs::read_to_string(&store.file).unwrap(), before);
    assert_eq!(store.head().unwrap(), head);
    // The next one takes the next number, and is made from what is there.
    assert_eq!(store.append(&head, new(MAP)).unwrap(), Some(4));
    let last = store.records().unwrap().pop().unwrap();
    assert_eq!((last.version, last.base), (4, 2));
    assert_eq!(super::super::text_of(&store.records().unwrap(), 4).unwrap(), MAP);
}

#[test]
fn half_a_line_of_the_history_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    store.append(&store.head().unwrap(), new(&MAP.replace('5', "6"))).unwrap();
    let mut history = OpenOptions::new().append(true).open(store.history_file()).unwrap();
    history.write_all(b"{\"version\":3,\"ba").unwrap();
    let head = store.head().unwrap();
    assert_eq!(head.version, 2);
    assert_eq!(store.append(&head, new(MAP)).unwrap(), Some(3));
    assert_eq!(store.records().unwrap().len(), 3);
}

#[test]
fn what_is_edited_in_place_gets_a_version() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    store.append(&store.head().unwrap(), new(&MAP.replace('5', "6"))).unwrap();
    let edited = with_revision(&MAP.replace('5', "7"), 2);
    fs::write(&store.file, &edited).unwrap();
    let head = store.head().unwrap();
    assert_eq!((head.version, head.is_unrecorded), (2, true));
    assert_eq!(store.append(&head, new(&MAP.replace('5', "8"))).unwrap(), Some(4));
    assert_eq!(super::super::text_of(&store.records().unwrap(), 3).unwrap(), MAP.replace('5', "7"));
    // Of itself: who records it has made it.
    fs::write(&store.file, with_revision(&MAP.replace('5', "9"), 4)).unwrap();
    let head = store.head().unwrap();
    assert_eq!(store.append(&head, new(&head.body)).unwrap(), Some(5));
    let last = store.records().unwrap().pop().unwrap();
    assert_eq!((last.version, last.author.as_str(), store.head().unwrap().is_unrecorded), (5, "anna", false));
}

#[test]
fn a_link_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let real = store(&folder);
    let link = folder.path().join("link.toml");
    std::os::unix::fs::symlink(&real.file, &link).unwrap();
    let store = FileStore { file: link.clone() };
    store.append(&store.head().unwrap(), new(&MAP.replace('5', "6"))).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(real.head().unwrap().version, 2);
    assert!(folder.path().join("map.toml.history").exists());
}
