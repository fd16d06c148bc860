//! Whatever a server sends, it is refused, and what was trusted stays.

use super::{bins::City, common::*};
use config_trust::{Trusted, sign};
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_bytes_in_place_of_any_file(which in 0..4usize, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (_, mut server, mut trusted) = fleet();
        let before = trusted.clone();
        let name = ["timestamp.json", "1.snapshot.json", "1.targets.json", "2.root.json"][which];
        server.files.insert(name.to_owned(), bytes.clone());
        prop_assert!(server.ask(&mut trusted).is_err());
        prop_assert_eq!(trusted.root_version(), before.root_version());
        let _ = Trusted::begin(&bytes);
        let _ = sign(&bytes, &key());
    }

    #[test]
    fn any_one_byte_changed(which in 0..5usize, place in any::<prop::sample::Index>(), bit in 0..8u8) {
        let (_, mut server, mut trusted) = fleet();
        let document = server.ask(&mut trusted.clone()).unwrap();
        let names: Vec<String> = server.files.keys().filter(|name| *name != "1.root.json").cloned().collect();
        let file = server.files.get_mut(&names[which % names.len()]).unwrap();
        let place = place.index(file.len());
        file[place] ^= 1 << bit;
        // A change outside of what is signed, such as of the case of a digit, may pass; another document never does.
        if let Ok(got) = server.ask(&mut trusted) {
            prop_assert_eq!(got, document);
        }
    }

    #[test]
    fn any_one_byte_changed_where_there_are_bins(which in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut city = City::new();
        let document = city.server.ask(&mut city.trusted.clone()).unwrap();
        let names: Vec<String> = city.server.files.keys().filter(|name| *name != "1.root.json").cloned().collect();
        let file = city.server.files.get_mut(which.get(&names)).unwrap();
        let place = place.index(file.len());
        file[place] ^= 1 << bit;
        if let Ok(got) = city.server.ask(&mut city.trusted) {
            prop_assert_eq!(got, document);
        }
    }

    #[test]
    fn nested_as_deep_as_it_likes(depth in 1..60_000usize) {
        let (_, mut server, mut trusted) = fleet();
        server.files.insert("2.root.json".to_owned(), "[".repeat(depth).into_bytes());
        prop_assert!(server.ask(&mut trusted).is_err());
    }
}
