//! A question of every kind, filed and refused over the wire.

use platform::catalogue::Catalogue;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{TestPlatform, submission};

fn answers() -> Value {
    json!({
        "account": "bank", "bank_card": "0000000000000018", "employer": "示例厂", "home": "示例路100号", "rooms": "3",
        "income": "123450", "guardian": "519999196002290053",
        "family": [
            { "name": "示例甲", "relation": "spouse", "id_number": "519999195201010013" },
            { "name": "示例乙", "relation": "child", "id_number": "519999201509110035", "school": "示例小学" }
        ]
    })
}

async fn platform() -> TestPlatform {
    let registry = include_str!("../../../assets/catalogue/registry.toml");
    let file = |name: &'static str, text: &'static str| (name, text);
    let catalogue = Catalogue::parse(
        ("registry.toml", registry),
        &[
            file("pension", include_str!("../../../assets/catalogue/items/pension-eligibility.toml")),
            file(
                "unemployment",
                include_str!("../../../assets/catalogue/items/unemployment-registration.toml"),
            ),
            file(
                "enrolment",
                include_str!("../../../assets/catalogue/items/resident-pension-enrolment.toml"),
            ),
            file("health", include_str!("../../../assets/catalogue/items/resident-health-enrolment.toml")),
            file("relief", include_str!("../../../assets/catalogue/items/temporary-relief.toml")),
            file("every-kind", include_str!("every-kind.toml")),
        ],
    );
    TestPlatform::with(catalogue.unwrap()).await
}

#[tokio::test]
async fn a_case_with_every_kind_of_answer_is_taken() {
    let platform = platform().await;
    platform.file(&submission("every-kind", &answers())).await;
}

#[tokio::test]
async fn a_wrong_answer_of_each_kind_is_refused_with_its_place_and_words() {
    let platform = platform().await;
    for (at, answer, pointer, detail) in [
        (
            "/bank_card",
            json!("0000000000000017"),
            "bank_card",
            "「卡号」请填 15 到 19 位卡号，请对照卡面再填一次",
        ),
        ("/account", json!("cash"), "bank_card", "「卡号」按其他回答，这一项不用填"),
        ("/employer", json!(" "), "employer", "「单位」最多 50 个字"),
        ("/home", json!("1号"), "home", "「地址」请写完整的地址"),
        ("/rooms", json!("0"), "rooms", "「几间房」请填 1 到 99 之间的整数"),
        ("/income", json!("99"), "income", "「收入」请填 1.00 到 999999.99 元之间的金额"),
        (
            "/guardian",
            json!("519999196002290054"),
            "guardian",
            "「监护人证件号码」号码不对，请对照证件再填一次",
        ),
        ("/family", json!([]), "family", "「家里人」还没有填"),
        ("/family/1/relation", json!("spouse"), "family/1/school", "「学校」按其他回答，这一项不用填"),
        ("/family/0/id_number", json!("1"), "family/0/id_number", "「证件号码」号码不对，请对照证件再填一次"),
        ("/family/0", json!({}), "family/0/name", "「姓名」还没有填"),
        ("/family/0", json!("示例甲"), "family", "格式不对"),
        ("/rooms", json!(3), "rooms", "格式不对"),
    ] {
        let mut fields = answers();
        *fields.pointer_mut(at).unwrap() = answer;
        let answer = platform.post("/api/v1/cases", Uuid::new_v4(), &submission("every-kind", &fields)).await;
        let problem = answer.problem(422, "invalid-field");
        let told = (problem.pointer.unwrap(), problem.detail.unwrap());
        assert_eq!(told, (format!("/fields/{pointer}"), detail.to_owned()), "{at}");
    }
    let many: Vec<Value> = vec![answers()["family"][0].clone(); 4];
    let mut fields = answers();
    fields["family"] = json!(many);
    let answer = platform.post("/api/v1/cases", Uuid::new_v4(), &submission("every-kind", &fields)).await;
    assert_eq!(answer.problem(422, "invalid-field").detail.unwrap(), "「家里人」请填 1 到 3 个人");
}
