//! What the flow can say, and what there is a recording of.

use flow::voice::Prompt;
use protocol::Language;
use voice::Voice;

#[test]
fn whatever_is_said_has_a_recording_and_every_recording_is_said() {
    let voice = Voice::built_in();
    for prompt in Prompt::ALL {
        for language in Language::ALL {
            assert!(voice.recording(language, prompt.key()).is_some(), "{} in {language:?}", prompt.key());
        }
    }
    let said: Vec<_> = Prompt::ALL.iter().map(|prompt| prompt.key()).collect();
    let unsaid: Vec<_> = voice::prompts().map(|(key, _)| key).filter(|key| !said.contains(key)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}
