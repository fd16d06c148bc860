//! Every time-out has a name and stands here.

use std::time::Duration;

/// How long each thing may take. All of them are configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// How long each picture of a kiosk that nobody stands at stays.
    pub poster: Duration,
    /// Without a touch on a screen that shows nothing personal.
    pub idle: Duration,
    /// Without a touch on a screen that shows something personal.
    pub idle_personal: Duration,
    /// Without a touch on a question of the form.
    pub idle_form: Duration,
    /// How long the countdown with 继续办理 lasts.
    pub countdown: Duration,
    /// After so long even a busy visit is asked whether somebody is still there.
    pub visit: Duration,
    /// How long the disk may take to record a case.
    pub record: Duration,
    /// How long the resident waits for the platform before the case counts as waiting.
    pub submit: Duration,
    /// How long a photograph may take: several pictures, of which the sharpest is straightened.
    pub photograph: Duration,
    /// How long a receipt may take.
    pub print: Duration,
    /// How long a query may take.
    pub query: Duration,
    /// How long a card's drafts are waited for before the form is begun without them.
    pub drafts: Duration,
    /// How long the result stays when the receipt is on paper.
    pub result: Duration,
    /// How long it stays when the resident must copy the code.
    pub result_without_receipt: Duration,
    /// How long the question for a rating stays.
    pub rating: Duration,
    /// How long the thanks for a rating stay.
    pub thanks: Duration,
    /// How long 请取走 stays.
    pub end: Duration,
    /// How long 运维模式 stays without a touch.
    pub maintenance: Duration,
    /// How long the touch test waits for a field that was not touched yet.
    pub touching: Duration,
    /// How long a calibration of the touch screen has to prove itself, before the one before it is back.
    pub calibration: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            poster: seconds(12),
            idle: seconds(60),
            idle_personal: seconds(45),
            idle_form: seconds(120),
            countdown: seconds(20),
            visit: seconds(20 * 60),
            record: seconds(15),
            submit: seconds(8),
            photograph: seconds(20),
            print: seconds(60),
            query: seconds(12),
            drafts: seconds(3),
            result: seconds(30),
            result_without_receipt: seconds(120),
            rating: seconds(30),
            thanks: seconds(3),
            end: seconds(8),
            maintenance: seconds(5 * 60),
            touching: seconds(20),
            calibration: seconds(20),
        }
    }
}
