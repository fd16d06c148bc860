//! Who asks and who answers on one processor. Where one request goes after the other, a second one is asleep by the time it is
//! called: to wake it takes longer than most answers do, and which of two programs it happens to is the kernel's choice. A
//! case among two thousand took 2.8 times as long as one among two hundred by that alone.

use anyhow::Context as _;

/// What `measure` finds when it and every program that it starts have one processor for all of them.
pub(super) fn one<T: Send>(measure: impl FnOnce() -> anyhow::Result<T> + Send) -> anyhow::Result<T> {
    let processor = core_affinity::get_core_ids().and_then(|all| all.last().copied());
    let processor = processor.context("the kernel does not say which processors there are")?;
    let measured = std::thread::scope(|scope| {
        let alone = || {
            anyhow::ensure!(core_affinity::set_for_current(processor), "the kernel gives no processor alone");
            measure()
        };
        scope.spawn(alone).join()
    });
    measured.map_err(|_| anyhow::anyhow!("the measuring broke down"))?
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    #[test]
    fn what_is_started_has_one_processor_and_the_others_are_as_before() {
        let processors = || {
            let counted = Command::new("nproc").output().unwrap();
            String::from_utf8(counted.stdout).unwrap().trim().parse::<usize>().unwrap()
        };
        let before = processors();
        assert_eq!(super::one(|| Ok(processors())).unwrap(), 1);
        assert_eq!(processors(), before);
    }
}
