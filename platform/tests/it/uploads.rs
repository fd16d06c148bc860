//! Pages that an applicant sends from a phone or a computer.

use axum::http::{Method, StatusCode, header};
use serde_json::json;
use uuid::Uuid;

use crate::{
    database,
    fixture::{TERMINAL, TestPlatform},
    materials::{PLACE, page, photograph, with_place},
    office::{HERE, Office, accept, relief},
    web::Browser,
};

/// The forms on the page, one for each page and one for new ones: what they send besides files.
fn form<'f>(token: &'f str, key: &'f str, page: &'f str) -> [(&'f str, &'f str); 3] {
    [("token", token), ("key", key), ("page", page)]
}

impl Browser<'_> {
    /// Sends files with the form of the paper at `path`, instead of `page` or behind the last.
    async fn send_files(&mut self, path: &str, page: &str, files: &[&[u8]]) {
        self.get(path).await;
        let (token, key) = (self.token(), Uuid::new_v4().to_string());
        self.upload(path, &form(&token, &key, page), files).await;
    }

    /// The addresses of the pictures on the page.
    fn pictures(&self) -> Vec<String> {
        let sources = self.page.split("<img src=\"").skip(1);
        sources.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }
}

fn count(platform: &TestPlatform, table: &str) -> i64 {
    database::number(platform.directory.path(), &format!("SELECT count(*) FROM {table}"))
}

#[tokio::test]
async fn an_applicant_adds_pages_to_an_own_case_and_sees_what_was_sent() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    platform.add_page(&page(case.case_key, (1, 2), &photograph(1))).await;
    let mut own = Browser::new(platform);
    own.sign_in().await;
    own.get(&format!("/my/{}", case.case_no)).await;
    let here = format!("/my/{}/materials/4", case.case_no);
    assert!(
        own.page.contains("已经传了 1 页") && own.page.contains(&format!("href=\"{here}\"")),
        "{}",
        own.page
    );
    own.get(&here).await;
    assert_eq!(own.pictures().len(), 1, "the machine's");
    for part in
        ["accept=\"image/jpeg\" capture=\"environment\"", "enctype=\"multipart/form-data\"", " multiple"]
    {
        assert!(own.page.contains(part), "{part}: {}", own.page);
    }

    // Behind the page that the machine has not sent yet.
    own.send_files(&here, "0", &[b"", &with_place(&photograph(2)), &photograph(3)]).await;
    assert_eq!(own.path, format!("{here}?sent=1"), "{}", own.page);
    assert!(own.page.contains("已经收到") && own.page.contains("第 3 页") && own.page.contains("第 4 页"));
    let pictures = own.pictures();
    own.request(Method::GET, &pictures[1], String::new()).await;
    assert_eq!((own.status, &own.bytes), (StatusCode::OK, &photograph(2)), "without the place");
    assert!(!own.bytes.windows(PLACE.len()).any(|window| window == PLACE));
    let policy = own.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("sandbox") && own.headers[header::CACHE_CONTROL] == "no-store", "{policy}");

    own.send_files(&here, "3", &[&photograph(9)]).await;
    let again = own.pictures();
    assert_eq!((again.len(), again[1] != pictures[1]), (3, true), "one is shown instead");
    assert_eq!((count(platform, "material_page"), count(platform, "material_file")), (4, 4));
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let pages = platform.seen(&clerk, &case.case_no).await.unwrap()["materials"][3]["pages"].clone();
    let told: Vec<_> = pages
        .as_array()
        .unwrap()
        .iter()
        .map(|page| (page["page"].as_u64(), page["replaced"] == true))
        .collect();
    assert_eq!(told, [(Some(1), false), (Some(3), true), (Some(3), false), (Some(4), false)]);
    assert_eq!(pages[1]["channel"], "pc");
}

#[tokio::test]
async fn nobody_else_sees_or_adds_anything() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    platform.add_page(&page(case.case_key, (1, 1), &photograph(1))).await;
    let here = format!("/my/{}/materials/4", case.case_no);
    let mut own = Browser::new(platform);
    own.sign_in().await;
    own.get(&here).await;
    let picture = own.pictures().remove(0);

    let mut other = Browser::new(platform);
    other.request(Method::GET, &picture, String::new()).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "to the door");
    other.sign_in_as("示例", "519999199003074022", "13900000002").await;
    let token = other.token();
    for path in [&here, &picture] {
        other.request(Method::GET, path, String::new()).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{path}");
    }
    let key = Uuid::new_v4().to_string();
    other.upload(&here, &form(&token, &key, "0"), &[&photograph(2)]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    // Their token is no good in another's visit, and without one nothing is read.
    for fields in [form(&token, &key, "0"), form("", &key, "0")] {
        own.upload(&here, &fields, &[&photograph(2)]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
    }
    // A page of an own case under the number of somebody else's.
    let mut theirs = relief(HERE, TERMINAL);
    theirs["applicant"]["id_number"] = json!("519999199003074022");
    theirs["applicant"]["birth"] = json!("1990-03-07");
    theirs["applicant"]["sex"] = json!("female");
    let theirs = platform.file(&theirs).await;
    let mixed = picture.replace(&case.case_no, &theirs.case_no);
    other.request(Method::GET, &mixed, String::new()).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert_eq!(count(platform, "material_page"), 1);
}

#[tokio::test]
async fn what_is_no_page_is_told_in_words_and_nothing_of_it_is_kept() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let here = format!("/my/{}/materials/4", case.case_no);
    let mut own = Browser::new(platform);
    own.sign_in().await;
    let good = photograph(1);
    let large = vec![b'x'; (10 << 20) + 1];
    let six: Vec<&[u8]> = vec![&good; 6];
    let tries: [(&str, Vec<&[u8]>, &str); 7] = [
        ("0", vec![], "请先拍一张"),
        ("0", vec![b""], "请先拍一张"),
        ("0", vec![&good, b"<script>alert(1)</script>"], "第 2 个文件不是 JPEG、PNG 图片"),
        ("0", vec![&good[..99]], "第 1 个文件不完整"),
        ("0", vec![&large, &good], "第 1 个文件太大，每个最多 10 MB"),
        ("0", six, "一次最多传 5 个文件"),
        ("7", vec![&good], "换一页只要一个文件"),
    ];
    for (page, files, words) in tries {
        own.send_files(&here, page, &files).await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}: {}", own.page);
        assert!(own.page.contains(words), "{words}: {}", own.page);
    }
    let ten = vec![&large[..10 << 20]; 6];
    own.send_files(&here, "0", &ten).await;
    assert!(own.page.contains("一次传得太多了"), "{}", own.page);
    assert_eq!(count(platform, "material_page"), 0);
    // Twenty pages, and no more.
    for _ in 0..4 {
        own.send_files(&here, "0", &[&good[..]; 5]).await;
        assert_eq!(own.status, StatusCode::OK, "{}", own.page);
    }
    assert!(own.page.contains("已经有 20 页"), "{}", own.page);
    own.send_files(&here, "0", &[&good]).await;
    assert!(own.page.contains("一份材料最多 20 页"), "{}", own.page);
}

#[tokio::test]
async fn a_button_that_is_pressed_twice_sends_once_and_nothing_is_taken_any_more_once_it_is_accepted() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let here = format!("/my/{}/materials/4", case.case_no);
    let mut own = Browser::new(platform);
    own.sign_in().await;
    own.get(&here).await;
    let (token, key) = (own.token(), own.hidden("key"));
    for _ in 0..2 {
        own.upload(&here, &form(&token, &key, "0"), &[&photograph(1)]).await;
        assert_eq!(own.path, format!("{here}?sent=1"), "{}", own.page);
    }
    assert_eq!(count(platform, "material_page"), 1);
    platform.act(&clerk, &case.case_no, &accept()).await;
    own.get(&here).await;
    assert!(own.page.contains("这里不再收照片") && !own.page.contains("type=\"file\""), "{}", own.page);
    let key = Uuid::new_v4().to_string();
    own.upload(&here, &form(&token, &key, "0"), &[&photograph(2)]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(platform, "material_page"), 1);
}

#[tokio::test]
async fn what_a_correction_names_can_be_sent_as_pages_at_once() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let gaps = json!({ "act": "require_correction", "within_days": 10, "gaps": [
        { "material": "户口簿", "opinion": "缺本人登记页" },
        { "material": "说明困难的材料（票据、诊断书等）", "opinion": "没有盖章" },
    ] });
    platform.act(&clerk, &case.case_no, &gaps).await;
    let mut own = Browser::new(platform);
    own.sign_in().await;
    own.get(&format!("/my/{}", case.case_no)).await;
    assert!(own.page.contains("把缺的材料拍照传来"), "{}", own.page);
    assert_eq!(
        own.page.matches(">要补<").count(),
        2,
        "the one that the item names, and the one that it does not"
    );
    let here = format!("/my/{}/materials/5", case.case_no);
    own.get(&here).await;
    assert!(own.page.contains("<h1>户口簿</h1>"), "{}", own.page);
    own.send_files(&here, "0", &[&photograph(1)]).await;
    let told = platform.seen(&clerk, &case.case_no).await.unwrap()["materials"].clone();
    assert_eq!((&told[4]["name"], &told[4]["source"]), (&json!("户口簿"), &json!("补正材料")));
    assert_eq!(told[4]["pages"].as_array().unwrap().len(), 1);
    assert_eq!(told.as_array().unwrap().len(), 5);
    own.get(&format!("/my/{}/materials/6", case.case_no)).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND);
    own.get(&format!("/my/{}/materials/1", case.case_no)).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND, "nobody photographs what the card says");
}
