//! What the kernel says about a program and everything it started.

use std::{collections::HashMap, fs};

/// A process and all processes below it.
pub(crate) fn below(root: u32) -> Vec<u32> {
    let parents = parents();
    let mut all = vec![root];
    let mut at = 0;
    while let Some(parent) = all.get(at).copied() {
        all.extend(parents.iter().filter(|(_, above)| *above == parent).map(|(id, _)| *id));
        at += 1;
    }
    all
}

fn parents() -> Vec<(u32, u32)> {
    let Ok(folders) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = folders.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: u32| Some((id, parent(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?)))
        .collect()
}

/// The name in the second field may hold anything, even a bracket.
fn parent(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// The memory of all of them in MiB, each shared page counted once over those who share it.
pub(crate) fn memory(root: u32) -> anyhow::Result<f64> {
    let sizes: Vec<f64> = below(root)
        .into_iter()
        .filter_map(|id| pss(&fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?))
        .collect();
    anyhow::ensure!(!sizes.is_empty(), "no memory of process {root} can be read");
    Ok(sizes.iter().sum::<f64>() / 1024.0)
}

fn pss(rollup: &str) -> Option<f64> {
    rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?.split_whitespace().next()?.parse().ok()
}

/// The time that all threads of a tree had a processor, in nanoseconds. It is asked again and again, because a thread
/// takes its number with it when it ends.
#[derive(Default)]
pub(crate) struct Busy(HashMap<(u32, u32), u64>);

impl Busy {
    pub(crate) fn look(&mut self, root: u32) -> anyhow::Result<u64> {
        let mut seen = false;
        for id in below(root) {
            let threads = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
            for thread in threads {
                let told = fs::read_to_string(thread.path().join("schedstat")).ok();
                let number = thread.file_name().to_str().and_then(|name| name.parse().ok());
                if let Some((ran, number)) = told.as_deref().and_then(ran).zip(number) {
                    seen = true;
                    self.0.insert((id, number), ran);
                }
            }
        }
        anyhow::ensure!(seen, "the kernel does not tell the time of process {root}");
        Ok(self.0.values().sum())
    }
}

fn ran(schedstat: &str) -> Option<u64> {
    schedstat.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_hides_no_parent() {
        assert_eq!(parent("41 (a) b (c)) S 7 41 41"), Some(7));
        assert_eq!(parent("nonsense"), None);
    }

    #[test]
    fn the_proportional_size_is_read_and_no_other() {
        let told = "55d0-7ffe ---p [rollup]\nRss:  900 kB\nPss:  123 kB\nPss_Anon:  5 kB\n";
        assert_eq!(pss(told), Some(123.0));
        assert_eq!(pss("Rss: 900 kB\n"), None);
    }

    #[test]
    fn a_child_counts_and_work_is_seen() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert!(below(std::process::id()).contains(&child.id()));
        assert!(!below(child.id()).contains(&std::process::id()));
        assert!(memory(child.id()).unwrap() > 0.0);
        child.kill().unwrap();
        child.wait().unwrap();

        let (me, mut busy) = (std::process::id(), Busy::default());
        let before = busy.look(me).unwrap();
        let until = std::time::Instant::now() + std::time::Duration::from_millis(60);
        while std::time::Instant::now() < until {
            std::hint::black_box(0);
        }
        assert!(busy.look(me).unwrap() - before > 5_000_000);
    }
}
