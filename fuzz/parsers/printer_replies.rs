//! What a printer says: the same replies, however the bytes are cut up.

use receipt_printer::protocol::{
    reply::{Reply, Stream},
    status,
};

pub(crate) fn parse(bytes: &[u8]) {
    let whole = Stream::default().feed(bytes);
    let mut stream = Stream::default();
    let single: Vec<Reply> = bytes.iter().flat_map(|byte| stream.feed(&[*byte])).collect();
    assert_eq!(whole, single, "cutting up changes nothing");
    for reply in &whole {
        if let Reply::Asb(bytes) = reply {
            let _ = (status::of_asb(*bytes), status::of_real_time(*bytes));
        }
    }
}
