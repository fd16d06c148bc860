//! 待机海报: from an operator's picture to a kiosk's disk, by the road of the configuration, and every way in which something
//! else must not get there.

use std::{io::Cursor, time::Duration};

use axum::http::{Method, StatusCode};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};

use crate::{
    configuring::{Signed, kiosk},
    database::{self, Kind},
    fixture::Answer,
    office::{Office, Person},
    stewarding::{Home, lists, until},
};

/// 示例: stripes, so that no two are the same picture.
fn picture(width: u32, height: u32, seed: u8) -> DynamicImage {
    let stripe =
        |x: u32, y: u32| Rgb([seed, if (x / 40).is_multiple_of(2) { 200 } else { 20 }, (y % 251) as u8]);
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, stripe))
}

fn file(picture: &DynamicImage, kind: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, kind).unwrap();
    file.into_inner()
}

/// A form with a picture, as a browser sends it.
async fn upload(office: &Office, person: &Person, title: &str, picture: &[u8]) -> Answer {
    const EDGE: &str = "edge-of-a-part";
    let mut body = Vec::new();
    for (name, value) in [("csrf", person.csrf.as_str()), ("title", title)] {
        let part = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png";
    body.extend(format!("--{EDGE}\r\n{head}\r\n\r\n").into_bytes());
    body.extend_from_slice(picture);
    body.extend(format!("\r\n--{EDGE}--\r\n").into_bytes());
    let kind = format!("multipart/form-data; boundary={EDGE}");
    let headers = [("cookie", person.cookie.as_str()), ("content-type", kind.as_str())];
    office.platform.send_bytes(Method::POST, "/console/posters", &headers, body).await
}

impl Signed {
    /// Takes a picture in at the command line; the line for the settings.
    async fn poster(&self, title: &str, picture: &DynamicImage) -> Value {
        let path = self.path("poster.png");
        std::fs::write(&path, file(picture, ImageFormat::Png)).unwrap();
        let told = self.operator(&format!("configure poster --title {title} {path}")).await.unwrap();
        serde_json::from_str(told.trim()).unwrap()
    }

    async fn shows(&self, posters: &[&Value]) {
        let settings = json!({"idle": {"posters": posters}}).to_string();
        self.set("LZ-0001", &settings, "").await.unwrap();
        self.publish(&["a", "b"]).await.unwrap();
    }

    /// Whoever owns the database puts something else in a poster's place.
    fn owned(&self, length: i64) {
        let (of, zeroes) = match crate::ON {
            Kind::Sqlite => ("", format!("zeroblob({length})")),
            Kind::Postgres => (" ON poster", format!("decode(repeat('00', {length}), 'hex')")),
        };
        let sql = format!("DROP TRIGGER poster_is_not_edited{of}; UPDATE poster SET content = {zeroes}");
        database::tamper(self.platform.here.directory.path(), &sql);
    }
}

fn names(home: &Home) -> Vec<String> {
    config_apply::Disk::list(&home.content).unwrap()
}

fn hash(poster: &Value) -> String {
    poster["sha256"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_uploads_a_picture_and_chooses_it_for_a_kiosk() {
    let (office, called) = Office::new().await.called().await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let signed = Signed::of(called).await;
    let client = kiosk(&signed, "LZ-0001").await;
    let large = file(&picture(2_000, 1_200, 1), ImageFormat::Png);
    let told = upload(&office, &operator, "示例：反诈宣传", &large).await;
    assert!(told.status == StatusCode::OK && told.body.contains("已上传"), "{}", told.body);
    // As large as a panel can show it, and the same way up.
    assert!(told.body.contains("示例：反诈宣传") && told.body.contains("1800×1080"), "{}", told.body);
    upload(&office, &operator, "示例：另一个标题", &large).await;
    let directory = office.platform.directory.path();
    assert_eq!(
        database::number(directory, "SELECT count(*) FROM poster"),
        1,
        "the same picture is there once"
    );
    let name = database::texts(directory, "SELECT sha256 FROM poster").remove(0);
    let length = database::number(directory, "SELECT bytes FROM poster");
    let kept = client.content(&name, length.try_into().unwrap()).await.unwrap();
    assert_eq!(config_trust::sha256(&kept), name);
    assert_eq!(image::guess_format(&kept).unwrap(), ImageFormat::Jpeg);

    let page = office.platform.page(Some(&operator), "/console/configuration").await;
    assert!(page.body.contains(&format!("value=\"{name}\"")), "{}", page.body);
    let form = [("settings", "{\"ui\": {\"language\": \"en\"}}"), ("kiosk", "0:LZ-0001"), ("poster", &name)];
    let drafted = office.platform.form(&operator, "/console/configuration", &form).await;
    assert!(drafted.body.contains("LZ-0001 第 1 版"), "{}", drafted.body);
    let body = database::texts(directory, "SELECT CAST(body AS TEXT) FROM configuration").remove(0);
    let body: Value = serde_json::from_str(&body).unwrap();
    let named = json!([{"sha256": name, "length": length, "title": "示例：反诈宣传"}]);
    assert_eq!(body["settings"], json!({"ui": {"language": "en"}, "idle": {"posters": named}}));
    // Whoever begins with it sees it chosen, beside the settings.
    let page = office.platform.page(Some(&operator), "/console/configuration?kiosk=LZ-0001").await;
    assert!(page.body.contains(&format!("value=\"{name}\" checked")), "{}", page.body);
    let unknown = [("settings", "{}"), ("kiosk", "1:LZ-0001"), ("poster", &"0".repeat(64))];
    let none = office.platform.form(&operator, "/console/configuration", &unknown).await;
    assert!(none.body.contains("已起草"), "nothing of it is known, so none is named: {}", none.body);
    let settings = json!({"idle": {"posters": [{"sha256": name, "length": length + 1, "title": "示例"}]}});
    let refused = signed.set("LZ-0001", &settings.to_string(), "--base 2").await.unwrap_err();
    assert!(refused.contains("expected one that was uploaded"), "{refused}");
    assert!(client.content(&"0".repeat(64), 9).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_and_what_is_transparent_is_white() {
    let office = Office::new().await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let good = file(&picture(800, 1_400, 2), ImageFormat::Png);
    // As small a file as it may be, and as much as fills a memory when it is taken apart.
    let bomb = file(&DynamicImage::ImageLuma8(image::GrayImage::new(9_000, 9_000)), ImageFormat::Png);
    for (title, sent, said) in [
        ("示例", b"not a picture".to_vec(), "图片打不开"),
        ("示例", b"%PDF-1.7".to_vec(), "图片打不开"),
        ("示例", good[..good.len() / 2].to_vec(), "图片打不开"),
        ("示例", bomb, "图片打不开"),
        ("示例", file(&picture(399, 900, 3), ImageFormat::Jpeg), "图片太小"),
        ("", good.clone(), "请写标题"),
        (&"长".repeat(41), good.clone(), "请写标题"),
    ] {
        let told = upload(&office, &operator, title, &sent).await;
        assert!(told.body.contains(said), "{said}: {}", told.body);
    }
    let directory = office.platform.directory.path();
    assert_eq!(database::number(directory, "SELECT count(*) FROM poster"), 0);
    let nobody = office.person("clerk", "demo-subdistrict").await;
    assert_eq!(office.platform.page(Some(&nobody), "/console/posters").await.status, StatusCode::FORBIDDEN);
    let told = upload(&office, &nobody, "示例", &good).await;
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(500, 500, Rgba([0, 0, 0, 0])));
    upload(&office, &operator, "示例", &file(&clear, ImageFormat::Png)).await;
    let hex = if crate::ON == Kind::Sqlite { "hex(content)" } else { "encode(content, 'hex')" };
    let kept = database::texts(directory, &format!("SELECT {hex} FROM poster")).remove(0);
    let pairs = kept.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let kept: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    let pixel = image::load_from_memory(&kept).unwrap().to_rgb8().get_pixel(250, 250).0;
    assert!(pixel.iter().all(|part| *part > 250), "{pixel:?}");
    let page = office.platform.page(Some(&operator), "/console/posters").await;
    assert!(page.body.contains("500×500"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_before_their_document_and_go_after_the_next_is_confirmed() {
    let signed = Signed::new().await;
    let platform = &signed.platform;
    let home = Home::new(platform);
    home.enrol(platform, "LZ-0001").await;
    let (life, _) = home.runs();
    let (first, second) = (
        signed.poster("示例一", &picture(900, 1_600, 4)).await,
        signed.poster("示例二", &picture(900, 1_600, 5)).await,
    );
    signed.shows(&[&first]).await;
    until("the first is there", async || lists(platform, "runs 1, 1 is confirmed").await).await;
    assert_eq!(names(&home), [hash(&first)]);
    // No room: nothing is staged, the platform hears why, and once there is room it goes on.
    home.content.full(true);
    signed.shows(&[&second]).await;
    until("it says why", async || lists(platform, "1 is confirmed (content: ").await).await;
    assert_eq!(names(&home).iter().filter(|name| !name.ends_with(".new")).count(), 1);
    home.content.full(false);
    until("the second is there", async || lists(platform, "runs 2, 2 is confirmed").await).await;
    until("the first is gone", async || names(&home) == [hash(&second)]).await;
    // One that fails its trial takes its files with it, and what was confirmed has kept its own.
    let settings = json!({"idle": {"posters": [first]}, "session": {"end": 3600}});
    signed.set("LZ-0001", &settings.to_string(), "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    until("it goes back", async || lists(platform, "runs 2, 3 is reverted").await).await;
    until("its file is gone", async || names(&home) == [hash(&second)]).await;
    // A file that has gone bad comes again.
    life.abort();
    assert_eq!(home.content.rot(|_| true), 1);
    let (life, _) = home.runs();
    until("it is whole again", async || {
        let kept = config_apply::Disk::read(&home.content, &hash(&second)).unwrap();
        kept.is_some_and(|bytes| config_trust::sha256(&bytes) == hash(&second))
    })
    .await;
    life.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_owns_the_platform_brings_no_other_file_to_a_kiosk() {
    // Another file of the same length, and one that does not end for a long time.
    for longer in [0, 64 << 20] {
        let signed = Signed::new().await;
        let platform = &signed.platform;
        let home = Home::new(platform);
        home.enrol(platform, "LZ-0001").await;
        let poster = signed.poster("示例", &picture(900, 1_600, 6)).await;
        signed.owned(poster["length"].as_i64().unwrap() + longer);
        signed.shows(&[&poster]).await;
        let (life, _) = home.runs();
        until("it says why", async || lists(platform, "runs 0, 0 is none (content ").await).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let kept = config_apply::Disk::list(&home.configuration).unwrap();
        assert!(names(&home).is_empty() && kept.iter().all(|name| name.starts_with("state")), "{kept:?}");
        life.abort();
    }
}
