//! How much memory there is: the machine's, or what the control group leaves of it. Linux: proc(5), `Documentation/admin-guide/cgroup-v2.rst`.

use std::{fs, path::Path};

/// Bytes; none where the system doesn't tell.
pub(super) fn memory() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| of_meminfo(&text));
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    machine.into_iter().chain(of_groups(&groups, Path::new("/sys/fs/cgroup"))).min()
}

fn of_meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The smallest limit of the process's own group and those that it is in.
fn of_groups(text: &str, root: &Path) -> Option<u64> {
    let mut least = None;
    for line in text.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let (folder, file) = match controllers {
            "" => (root.to_owned(), "memory.max"),
            "memory" => (root.join("memory"), "memory.limit_in_bytes"),
            _ => continue,
        };
        let own = folder.join(path.trim_start_matches('/'));
        for group in own.ancestors().take_while(|group| group.starts_with(&folder)) {
            let limit = fs::read_to_string(group.join(file)).ok().and_then(|text| text.trim().parse::<u64>().ok());
            least = least.into_iter().chain(limit).min();
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_limit_counts() {
        assert_eq!(of_meminfo("MemTotal:       16384 kB\nMemFree:   1 kB\n"), Some(16 << 20));
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write("memory.max", "max\n");
        write("a/memory.max", "1000000\n");
        write("a/b/memory.max", "max\n");
        write("memory/c/memory.limit_in_bytes", "5000\n");
        assert_eq!(of_groups("0::/a/b\n", root.path()), Some(1_000_000));
        assert_eq!(of_groups("0::/\n", root.path()), None);
        assert_eq!(of_groups("12:cpu:/c\n7:memory:/c\n", root.path()), Some(5000));
    }
}
