use std::{fs, path::Path};

use super::*;

fn files(folder: &Path, max_size: u64) -> AuditFiles {
    AuditFiles { file: folder.join("audit.jsonl"), max_size, keep: None }
}

fn all(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn whole(folder: &Path) -> Verified {
    verify(&all(folder), None).unwrap().unwrap().unwrap()
}

fn fault(folder: &Path) -> String {
    let fault = verify(&all(folder), None).unwrap().unwrap_err();
    fault.to_string().replace(&format!("{}/", folder.display()), "")
}

fn login(number: u32) -> Event {
    Event::new(Kind::Login).login("acme_app").tenant(Some("acme")).peer("127.0.0.1:5").session(number)
}

fn written(folder: &Path, max_size: u64, count: u32) {
    let audit = Audit::start(files(folder, max_size)).unwrap();
    for number in 0..count {
        audit.record(|| login(number));
    }
    audit.finish();
    assert_eq!(audit.dropped(), 0);
}

#[test]
fn lines_say_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 1 << 20, 2);
    let text = fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line["event"].as_str().unwrap()).collect::<Vec<_>>(), ["begin", "login", "login", "end"]);
    assert_eq!(lines[0]["prev"], "0".repeat(64));
    assert_eq!((&lines[2]["seq"], &lines[2]["session"], &lines[2]["tenant"]), (&3.into(), &1.into(), &"acme".into()));
    let verified = whole(folder.path());
    assert_eq!((verified.lines, verified.numbers), (4, (1, 4)));
    // A restart goes on.
    written(folder.path(), 1 << 20, 1);
    assert_eq!(whole(folder.path()).numbers, (1, 7));
    let known = verify(&all(folder.path()), Some(&verified.hash)).unwrap().unwrap().unwrap();
    assert_eq!(known.has_known, Some(true));
    assert!(Audit::off().dropped() == 0 && !Audit::off().is_on());
    Audit::off().record(|| unreachable!());
}

#[test]
fn every_edit_and_every_cut_shows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    written(folder.path(), 1 << 20, 20);
    let text = fs::read_to_string(&path).unwrap();
    let verified = whole(folder.path());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for number in 0..lines.len() {
        let mut edited = lines.clone();
        let other = lines[number].replace("\"event\":\"", "\"event\":\"x");
        edited[number] = &other;
        fs::write(&path, edited.concat()).unwrap();
        assert!(fault(folder.path()).starts_with(&format!("audit.jsonl:{}: ", number + 1)), "{}", fault(folder.path()));
        let mut cut = lines.clone();
        cut.remove(number);
        fs::write(&path, cut.concat()).unwrap();
        match verify(&all(folder.path()), Some(&verified.hash)).unwrap() {
            // The end is missed by who knows what it was.
            Ok(left) => assert!(number == lines.len() - 1 && left.unwrap().has_known == Some(false)),
            Err(fault) => assert_eq!(fault.line, number + 1),
        }
    }
    let mut swapped = lines.clone();
    swapped.swap(4, 5);
    fs::write(&path, swapped.concat()).unwrap();
    assert_eq!(fault(folder.path()), "audit.jsonl:5: line 6 of the trail follows line 4");
    // Even where all hashes behind it are made anew, the next file says what it was.
    fs::write(&path, text.get(..text.len() - 10).unwrap()).unwrap();
    assert!(fault(folder.path()).ends_with("the line is cut short"));
}

#[test]
fn a_trail_goes_over_files() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        written(folder.path(), 2000, 40);
        // Written in batches, so that some are longer.
    }
    let files = all(folder.path());
    assert!(files.len() >= 3, "{files:?}");
    let verified = whole(folder.path());
    assert_eq!(verified.numbers.0, 1);
    // From a later file on it is a trail, too; without one in the middle it isn't.
    let mut full: Vec<PathBuf> = files.iter().filter(|file| **file != folder.path().join("audit.jsonl")).cloned().collect();
    full.sort();
    let rest: Vec<PathBuf> = files.iter().filter(|file| **file != full[0]).cloned().collect();
    assert!(verify(&rest, None).unwrap().unwrap().unwrap().numbers.0 > 1);
    let gap: Vec<PathBuf> = files.iter().filter(|file| **file != full[1]).cloned().collect();
    assert!(verify(&gap, None).unwrap().unwrap_err().what.contains("what came before this file is missing"));
    // The current one may have been moved away, too.
    fs::rename(folder.path().join("audit.jsonl"), folder.path().join("audit-2099-01-01-999999999999.jsonl")).unwrap();
    written(folder.path(), 1 << 20, 1);
    assert_eq!(whole(folder.path()).numbers.1, verified.numbers.1 + 3);
}

#[test]
fn what_somebody_else_does_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let audit = Audit::start(files(folder.path(), 1 << 20)).unwrap();
    audit.record(|| login(1));
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while !fs::read_to_string(&path).unwrap().contains("\"session\":1") {
        assert!(std::time::Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Audit::start(files(folder.path(), 1 << 20)).is_err(), "two write one file");
    let text = fs::read_to_string(&path).unwrap();
    let end = text.trim_end().rfind('\n').unwrap() + 1;
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(end as u64).unwrap();
    audit.record(|| login(2));
    audit.finish();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"event\":\"tampered\""), "{text}");
    assert!(fault(folder.path()).contains("line 3 of the trail follows line 1"), "{}", fault(folder.path()));
}

#[test]
fn who_records_never_waits() {
    let folder = tempfile::tempdir().unwrap();
    let audit = Audit::start(files(folder.path(), 1 << 30)).unwrap();
    let begun = std::time::Instant::now();
    let count = 200_000;
    for number in 0..count {
        audit.record(|| login(number));
    }
    let (took, dropped) = (begun.elapsed(), audit.dropped());
    audit.finish();
    let text = fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    let told: u64 = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["event"] == "dropped")
        .map(|line| line["count"].as_u64().unwrap())
        .sum();
    let logins = text.matches("\"event\":\"login\"").count() as u64;
    println!("{:?} an event, {dropped} of {count} dropped", took / count);
    assert_eq!((told, told + logins), (dropped, u64::from(count)));
    whole(folder.path());
}

#[test]
fn what_a_crash_cut_short_is_taken_off_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    written(folder.path(), 1 << 20, 2);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.get(..text.len() - 30).unwrap()).unwrap();
    written(folder.path(), 1 << 20, 1);
    assert!(fs::read_to_string(&path).unwrap().contains("cut short"));
    assert_eq!(whole(folder.path()).numbers, (1, 6));
    fs::write(&path, "something else\n").unwrap();
    assert!(Audit::start(files(folder.path(), 1 << 20)).unwrap_err().to_string().contains("doesn't end with a line of an audit trail"));
}
