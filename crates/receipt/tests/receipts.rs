//! What the receipts say and how they come out as dots.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test")]

mod samples;

use driver_api::Bitmap;
use protocol::{Case, CaseStatus, Limit, LimitUnit};
use receipt::{
    Align, Block, Document, Size, Slip, Waiting, Weight, bundle_filed, bundle_waiting, filed, waiting,
};

/// Everything a document says, a block a line.
fn says(document: &Document) -> String {
    let lines: Vec<String> = document.blocks.iter().filter_map(line).collect();
    lines.join("\n").replace('\u{2060}', "")
}

fn line(block: &Block) -> Option<String> {
    match block {
        Block::Words { text, .. } | Block::Mark { text, .. } => Some(text.clone()),
        Block::Row { label, value, .. } => Some(format!("{label}：{value}")),
        Block::Number { label, groups } => Some(format!("{label}：{}", groups.concat())),
        Block::Code { label, digits } => Some(format!("{label}：{digits}")),
        Block::Qr { content, heading, caption } => Some(format!("[{content}] {heading} {caption}")),
        Block::Rule(_) | Block::Gap(_) => None,
    }
}

#[track_caller]
fn check(document: &Document, expected: &[&str], never: &[&str]) {
    let said = says(document);
    for words in expected {
        assert!(said.contains(words), "{words:?} is missing in\n{said}");
    }
    for words in never {
        assert!(!said.contains(words), "{words:?} stands in\n{said}");
    }
}

/// Decodes every QR code on a receipt.
fn codes(image: &Bitmap) -> Vec<String> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let shade =
        |x, y| if image.is_black(u32::try_from(x).unwrap(), u32::try_from(y).unwrap()) { 0 } else { 255 };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    // The character 回 looks like the corner of a code; what does not decode is none.
    picture.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect()
}

fn words(text: &str) -> Document {
    let block =
        Block::Words { text: text.into(), size: Size::Body, weight: Weight::Bold, align: Align::Left };
    Document { blocks: vec![block] }
}

fn black(image: &Bitmap) -> u32 {
    image.bytes().iter().map(|byte| byte.count_ones()).sum()
}

#[test]
fn a_filed_case_says_everything_that_a_resident_needs() {
    check(
        &filed(&samples::case(), &samples::slip()),
        &[
            "示例 · 不作办事凭证",
            "示例市示例区桂花街道梧桐社区",
            "申报回执",
            "城乡居民基本养老保险参保登记",
            "取件码：482 139 078",
            "办理状态：办理中",
            "承诺办结：11月26日 星期四前",
            "申请人：张**",
            "收件时间：2026年11月23日 14:31",
            "上传时间：2026年11月23日 14:31",
            "受理单位：示例区社会保险事业管理局",
            &format!("办件编号：{}", samples::CASE_NO),
            "咨询电话：0830-0000001",
            "监督投诉：0830-12345",
            "请妥善保管",
            "终端编号 SC-KSK-0007",
            "打印时间 2026年11月23日 14:32",
            "回执序号 000042",
        ],
        &["补打", "预计", "待上传"],
    );
}

#[test]
fn what_was_photographed_is_counted_on_both_receipts() {
    let slip = Slip { photographed: 12, ..samples::slip() };
    check(&filed(&samples::case(), &slip), &["已拍材料：12\u{a0}页"], &[]);
    check(&waiting(&samples::waiting(), &slip), &["已拍材料：12\u{a0}页"], &[]);
    check(&bundle_filed(&samples::bundle(), &slip), &["已拍材料：12\u{a0}页"], &[]);
    check(&bundle_waiting(&samples::bundle_waiting(), &slip), &["已拍材料：12\u{a0}页"], &[]);
    check(&filed(&samples::case(), &samples::slip()), &[], &["已拍材料"]);
}

#[test]
fn a_finished_case_says_its_result_and_no_promise() {
    check(
        &filed(&samples::finished(), &samples::slip()),
        &["办结回执", "已办结", "办理结果：养老保险待遇领取资格认证通过", "有效期至：2027年11月30日 星期二"],
        &["承诺办结", "示例 · 不作办事凭证"],
    );
}

#[test]
fn a_case_not_yet_accepted_promises_no_day() {
    let case =
        Case {
            status: CaseStatus::Received, status_text: "待受理".into(), due_on: None, ..samples::case()
        };
    check(&filed(&case, &samples::slip()), &["办理状态：待受理"], &["承诺办结"]);
}

#[test]
fn a_day_in_an_unpublished_year_is_only_expected() {
    let case = Case { due_on: Some("2027-01-12".parse().unwrap()), due_provisional: true, ..samples::case() };
    check(
        &filed(&case, &samples::slip()),
        &["承诺办结：预计2027年1月12日 星期二前", "放假安排尚未公布"],
        &[],
    );
}

/// The kiosk's clock may have been wrong, and the network away for days: both times are on the paper.
#[test]
fn a_receipt_has_the_time_of_the_machine_and_that_of_the_platform() {
    let case = Case { recorded_at: samples::at("2026-11-25T01:02:03Z"), ..samples::case() };
    let expected = ["收件时间：2026年11月23日 14:31", "上传时间：2026年11月25日 09:02"];
    check(&filed(&case, &samples::slip()), &expected, &[]);
    check(&waiting(&samples::waiting(), &samples::slip()), &["上传时间：待上传"], &[]);
}

#[test]
fn a_second_copy_says_so() {
    let slip = Slip { copy: true, ..samples::slip() };
    check(&filed(&samples::case(), &slip), &["补打"], &[]);
    check(&waiting(&samples::waiting(), &slip), &["补打"], &[]);
}

#[test]
fn what_must_be_brought_to_the_counter_is_said_and_no_day_is_promised() {
    let slip = Slip { bring: samples::bring(), ..samples::slip() };
    let expected = [
        "交齐才受理",
        "家庭经济状况核对授权书（家里每个成年人签字）：申报后 5\u{a0}个工作日内",
        "说明困难的材料：申报后 10\u{a0}个工作日内",
    ];
    check(&filed(&samples::received(), &slip), &expected, &["承诺办结"]);
    check(&waiting(&samples::waiting(), &slip), &expected, &[]);
    check(&filed(&samples::case(), &samples::slip()), &[], &["窗口交"]);
}

#[test]
fn a_waiting_case_says_honestly_that_it_waits() {
    let document = waiting(&samples::waiting(), &samples::slip());
    check(
        &document,
        &[
            "待上传",
            "失业登记",
            "尚未上传",
            "安全保存在本机",
            "取件码：482 139 078",
            "联网受理后 3\u{a0}个工作日内",
            "努***",
            "咨询电话：0830-0000001",
        ],
        &["办件编号：", "办理中"],
    );
}

#[test]
fn a_bundle_has_every_number_and_each_of_its_cases_its_own_day() {
    let slip = Slip { bring: samples::bring(), ..samples::slip() };
    let said = [
        "失业帮扶一件事",
        "取件码：482 139 078",
        "交齐才受理",
        "一次提交，共 3\u{a0}个办件：\n养老待遇领取资格认证\n办理状态：已办结\n办理结果：养老保险待遇领取资格认证通过",
        "城乡居民基本养老保险参保登记\n办理状态：办理中\n承诺办结：11月26日 星期四前",
        "就业困难人员认定\n办理状态：待受理\n受理单位：示例区社会保险事业管理局\n办件编号：",
        &format!("办件编号：{}", samples::CASE_NO),
        &format!("办件编号：{}", samples::OTHER_NO),
        "申请人：张**",
        "上传时间：2026年11月23日 14:31",
        "一件事编号：YJS002202611230007",
        "[YJS002202611230007] 怎样查进度",
        "咨询电话：0830-0000001",
    ];
    let document = bundle_filed(&samples::bundle(), &slip);
    check(&document, &said, &["待上传"]);
    assert_eq!(codes(&document.draw(576).image), [samples::bundle().bundle_no]);
}

#[test]
fn a_bundle_that_waits_says_what_it_becomes_and_has_no_number() {
    let document = bundle_waiting(&samples::bundle_waiting(), &samples::slip());
    let said = [
        "待上传",
        "失业帮扶一件事",
        "尚未上传",
        "取件码：482 139 078",
        "一次提交，共 2\u{a0}个办件：\n失业登记\n承诺办结：联网受理后当场办结",
        "失业保险金申领\n承诺办结：联网受理后 5\u{a0}个工作日内",
        "申请人：努***",
    ];
    check(&document, &said, &["办件编号：", "一件事编号", "办理中"]);
    assert_eq!(codes(&document.draw(384).image), [samples::bundle_waiting().pickup_code.as_str()]);
}

#[test]
fn an_instant_item_that_waits_promises_no_days() {
    let case = Waiting { promise: Limit { n: 0, unit: LimitUnit::Instant }, ..samples::waiting() };
    check(&waiting(&case, &samples::slip()), &["联网受理后当场办结"], &["工作日内"]);
}

#[test]
fn the_code_on_the_paper_reads_back_at_both_widths() {
    for dots in [576, 384] {
        let case = filed(&samples::case(), &samples::slip()).draw(dots);
        assert_eq!(codes(&case.image), [samples::CASE_NO], "{dots}");
        let waits = waiting(&samples::waiting(), &samples::slip()).draw(dots);
        assert_eq!(codes(&waits.image), [samples::waiting().pickup_code.as_str()], "{dots}");
    }
}

#[test]
fn every_sample_fits_its_paper_and_misses_nothing_but_what_no_font_has() {
    for (name, document) in samples::all() {
        for dots in [576, 384] {
            let drawing = document.draw(dots);
            assert_eq!(drawing.image.width(), dots);
            let expected: &[char] = if name == "rare" { &['\u{E863}'] } else { &[] };
            assert_eq!(drawing.missing, expected, "{name} at {dots}");
            let edge = (0..drawing.image.height()).filter(|y| drawing.image.is_black(dots - 1, *y));
            assert_eq!(edge.count(), 0, "{name} at {dots} touches the edge");
        }
    }
}

#[test]
fn rare_characters_of_names_are_drawn_and_are_not_the_box() {
    for letter in "䶮𬭚㛃堃頔𠅤".chars() {
        let drawing = words(&letter.to_string()).draw(384);
        assert_eq!(drawing.missing, [], "{letter}");
        assert!(black(&drawing.image) > 60, "{letter} has hardly any ink");
    }
}

#[test]
fn a_character_beyond_the_bundled_fonts_comes_from_the_system() {
    let font = std::path::Path::new("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf");
    if !font.exists() {
        println!("skipped: {} is not installed (Debian package fonts-hanazono)", font.display());
        return;
    }
    // U+2A6A5, four dragons, 64 strokes: not in Noto Sans CJK.
    let drawing = words("𪚥").draw(384);
    assert_eq!(drawing.missing, []);
    assert!(black(&drawing.image) > 100);
}

#[test]
fn a_character_that_no_font_has_is_a_visible_box_and_is_reported_once() {
    let drawing = words("张\u{E863}三\u{E863}\u{F0000}").draw(384);
    assert_eq!(drawing.missing, ['\u{E863}', '\u{F0000}']);
    let known = words("张三").draw(384);
    assert!(black(&drawing.image) > black(&known.image) + 200, "the boxes have no ink");
}

#[test]
fn a_variation_selector_leaves_its_character_alone() {
    let plain = words("堃").draw(384);
    assert_eq!(words("堃\u{E0100}").draw(384), plain);
}

#[test]
fn the_same_receipt_is_drawn_alike_every_time() {
    let document = filed(&samples::case(), &samples::slip());
    assert_eq!(document.draw(576), document.draw(576));
}

#[test]
fn nothing_of_a_person_shows_in_debug_output() {
    let document = filed(&samples::case(), &samples::slip());
    let shown = format!("{document:?} {:?} {:?}", document.blocks, document.draw(384));
    assert!(!shown.contains('张') && !shown.contains("482"), "{shown}");
}
