//! Who gets in, for how long, what they may do, and what is written down of it.

use axum::http::{Method, StatusCode};
use platform::people::{Role, StaffError};
use serde_json::{Value, json};

use crate::{
    database::{tamper, try_tamper},
    office::{HERE, Office, PASSWORD, code, relief},
};

const SESSION: &str = "/api/v1/staff/session";

#[tokio::test]
async fn both_password_and_code_are_wanted_and_a_code_counts_once() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (password, secret) = office.create("somebody").await;
    let at = platform.now().as_second();
    let right = code(&secret, at);
    for (login, password, code) in [
        ("somebody", "wrong password here", right.as_str()),
        ("somebody", password.as_str(), "000000"),
        ("nobody", password.as_str(), right.as_str()),
        ("", "", ""),
    ] {
        platform.try_sign_in(login, password, code).await.problem(401, "sign-in-wrong");
    }
    let person = platform.sign_in("somebody", &password, &secret).await;
    platform.try_sign_in("somebody", &password, &right).await.problem(401, "sign-in-wrong");
    // The first password opens one door only.
    let refused = platform.as_person(&person, Method::GET, "/api/v1/staff/organisations", &Value::Null).await;
    refused.problem(403, "password-change-required");
    for weak in ["short", "aaaaaaaaaaaaaaaa", "it is somebody himself", password.as_str()] {
        let change = json!({ "old": password, "new": weak });
        let refused = platform.as_person(&person, Method::POST, "/api/v1/staff/password", &change).await;
        refused.problem(422, "password-refused");
    }
    let change = json!({ "old": password, "new": PASSWORD });
    let changed = platform.as_person(&person, Method::POST, "/api/v1/staff/password", &change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    platform.read(&person, "/api/v1/staff/organisations").await;
}

#[tokio::test]
async fn who_guesses_waits_longer_and_longer_and_the_right_one_gets_in_afterwards() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (password, secret) = office.create("somebody").await;
    let guess = async || platform.try_sign_in("somebody", "a wrong password", "000000").await;
    for _ in 0..4 {
        guess().await.problem(401, "sign-in-wrong");
    }
    guess().await.problem(429, "sign-in-locked");
    let right = code(&secret, platform.now().as_second());
    platform.try_sign_in("somebody", &password, &right).await.problem(429, "sign-in-locked");
    platform.set_clock("2026-11-24T02:00:29Z");
    guess().await.problem(429, "sign-in-locked");
    platform.set_clock("2026-11-24T02:00:31Z");
    guess().await.problem(429, "sign-in-locked");
    platform.set_clock("2026-11-24T02:01:30Z");
    let right = code(&secret, platform.now().as_second());
    platform.try_sign_in("somebody", &password, &right).await.problem(429, "sign-in-locked");
    platform.set_clock("2026-11-24T02:01:40Z");
    platform.sign_in("somebody", &password, &secret).await;
    // And an administrator can open it at once, with new secrets.
    for _ in 0..5 {
        guess().await;
    }
    let path = "/api/v1/staff/accounts/somebody/reset";
    let reset = platform.as_person(&office.security, Method::POST, path, &json!({})).await;
    let told: Value = serde_json::from_str(&reset.body).unwrap();
    let secret = crate::office::secret_of(told["totp_uri"].as_str().unwrap());
    platform.sign_in("somebody", told["password"].as_str().unwrap(), &secret).await;
}

#[tokio::test]
async fn a_session_ends_when_nobody_works_when_the_day_is_over_and_when_it_is_ended() {
    let office = Office::new().await;
    let platform = &office.platform;
    let person = office.person("clerk", "demo-community").await;
    let lives = async || {
        platform.as_person(&person, Method::GET, SESSION, &Value::Null).await.status == StatusCode::OK
    };
    platform.set_clock("2026-11-24T02:14:00Z");
    assert!(lives().await);
    platform.set_clock("2026-11-24T02:28:00Z");
    assert!(lives().await, "its use was written down");
    platform.set_clock("2026-11-24T02:43:01Z");
    assert!(!lives().await, "fifteen minutes without a request");

    let mut busy = platform.sign_in(&person.login, PASSWORD, &person.secret).await;
    let mut minutes = 0;
    while minutes < 620 {
        let now = "2026-11-24T02:43:01Z".parse::<jiff::Timestamp>().unwrap()
            + jiff::SignedDuration::from_mins(minutes);
        platform.set_clock(&now.to_string());
        let answer = platform.as_person(&busy, Method::GET, SESSION, &Value::Null).await;
        assert_eq!(answer.status == StatusCode::OK, minutes <= 600, "after {minutes} minutes");
        minutes += 10;
    }
    busy = platform.sign_in(&person.login, PASSWORD, &person.secret).await;
    let ended = platform.as_person(&busy, Method::DELETE, SESSION, &Value::Null).await;
    assert!(ended.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    platform.as_person(&busy, Method::GET, SESSION, &Value::Null).await.problem(401, "sign-in-required");
}

#[tokio::test]
async fn a_request_without_the_token_of_the_session_changes_nothing() {
    let office = Office::new().await;
    let platform = &office.platform;
    for token in ["", "x", &office.security.csrf] {
        let headers = [
            ("cookie", office.system.cookie.as_str()),
            ("content-type", "application/json"),
            ("x-csrf-token", token),
        ];
        let body = json!({ "login": "forged", "name": "示例" }).to_string();
        let answer = platform.send(Method::POST, "/api/v1/staff/accounts", &headers, &body).await;
        answer.problem(403, "csrf-token-wrong");
    }
    let told = platform.read(&office.system, "/api/v1/staff/accounts").await;
    assert_eq!(told["accounts"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn administrators_are_three_people_and_none_helps_himself() {
    let office = Office::new().await;
    let platform = &office.platform;
    let own = format!("/api/v1/staff/accounts/{}/grants", office.security.login);
    let more = json!({ "role": "clerk", "org": "demo-community" });
    let refused = platform.as_person(&office.security, Method::POST, &own, &more).await;
    refused.problem(422, "account-refused");
    office.grant("system", "auditor", "demo-district").await.problem(422, "account-refused");
    office.grant("system", "approver", "demo-district").await.problem(422, "account-refused");
    office.create("somebody").await;
    office.grant("somebody", "clerk", "nowhere").await.problem(422, "account-refused");
    office.grant("unknown", "clerk", "demo-community").await.problem(404, "account-not-found");
    assert_eq!(office.grant("somebody", "clerk", "demo-community").await.status, StatusCode::OK);
    office.grant("somebody", "supervisor", "demo-district").await.problem(422, "account-refused");
    let again = platform.platform.create_administrator("system", "示例", Role::Auditor).await.unwrap_err();
    assert!(matches!(again, platform::ToolError::Staff(StaffError::Taken(_))));
    for bad in ["", "ab", "Ab-cd", "1abc", "a b c"] {
        assert!(platform.platform.create_administrator(bad, "示例", Role::Auditor).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_role_that_is_given_or_taken_holds_at_the_next_request() {
    let office = Office::new().await;
    let platform = &office.platform;
    let person = office.person("clerk", "demo-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    assert_eq!(platform.tasks(&person).await, [case_no.as_str()]);
    let path = format!("/api/v1/staff/accounts/{}/revocations", person.login);
    let grant = json!({ "role": "clerk", "org": "demo-subdistrict" });
    assert_eq!(
        platform.as_person(&office.security, Method::POST, &path, &grant).await.status,
        StatusCode::OK
    );
    platform
        .as_person(&person, Method::GET, "/api/v1/staff/tasks", &Value::Null)
        .await
        .problem(403, "forbidden");
    office.grant(&person.login, "clerk", "demo-subdistrict").await;
    assert_eq!(platform.tasks(&person).await, [case_no.as_str()]);
    let path = format!("/api/v1/staff/accounts/{}/disable", person.login);
    assert_eq!(
        platform.as_person(&office.system, Method::POST, &path, &json!({})).await.status,
        StatusCode::OK
    );
    platform.as_person(&person, Method::GET, SESSION, &Value::Null).await.problem(401, "sign-in-required");
}

#[tokio::test]
async fn personal_data_need_a_purpose_and_every_look_is_written_down_for_good() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let far = office.person("clerk", "demo-far-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let masked = platform.seen(&clerk, &case_no).await.unwrap().to_string();
    for personal in [
        "欧阳示例",
        "519999195201010013",
        "13900000001",
        "0000000000000018",
        "示例路8号",
        "519999199003074022",
    ] {
        assert!(!masked.contains(personal), "{personal} in {masked}");
    }
    let path = format!("/api/v1/staff/cases/{case_no}/reveal");
    let reveal = async |person, purpose: &str| {
        platform.as_person(person, Method::POST, &path, &json!({ "purpose": purpose })).await
    };
    reveal(&clerk, "看").await.problem(422, "purpose-missing");
    reveal(&far, "核对申请材料").await.problem(404, "case-not-found");
    let shown = reveal(&clerk, "核对申请材料").await;
    for personal in ["欧阳示例", "519999195201010013", "13900000001", "1000.00 元", "示例路8号", "示例甲"]
    {
        assert!(shown.body.contains(personal), "{personal} in {}", shown.body);
    }
    assert_eq!(shown.headers["cache-control"], "no-store");
    let told = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let row = &told["rows"][0];
    assert_eq!(
        (&row["login"], &row["action"], &row["subject"], &row["purpose"]),
        (&json!(clerk.login), &json!("reveal-applicant"), &json!(case_no), &json!("核对申请材料"))
    );

    let directory = platform.directory.path();
    let sound = platform.platform.check_audit().await.unwrap();
    assert!(sound.sound > 10 && sound.broken_at.is_none(), "{sound:?}");
    for sql in [
        "UPDATE access_audit SET purpose = 'x' WHERE place = 3",
        "DELETE FROM access_audit WHERE place = 3",
        "DELETE FROM access_audit",
    ] {
        assert!(try_tamper(directory, sql).unwrap_err().contains("append-only"), "{sql}");
    }
    // The owner of the database can take the guard away; then the chain tells.
    let unguard = match crate::ON {
        crate::database::Kind::Sqlite => "DROP TRIGGER access_audit_is_not_edited",
        crate::database::Kind::Postgres => "DROP TRIGGER access_audit_is_not_edited ON access_audit",
    };
    tamper(directory, unguard);
    tamper(directory, "UPDATE access_audit SET login = 'somebody-else' WHERE place = 3");
    let broken = platform.platform.check_audit().await.unwrap();
    assert_eq!((broken.sound, broken.broken_at), (2, Some(3)));
}

#[tokio::test]
async fn organisations_are_imported_and_refused_by_their_id() {
    let office = Office::new().await;
    let import = async |text: &str| office.platform.platform.import_organisations("o.toml", text).await;
    let entry = |id: &str, more: &str| format!("[[organisations]]\nid = \"{id}\"\nname = \"示例\"\n{more}\n");
    let good = format!(
        "{}{}{}",
        entry("other-district", "level = \"district\""),
        entry("other-street", "level = \"subdistrict\"\nunder = \"other-district\""),
        entry("other-community", "level = \"community\"\nunder = \"other-street\"\ncovers = [\"示例新路\"]"),
    );
    assert_eq!(import(&good).await.unwrap(), 3);
    assert_eq!(import(&good).await.unwrap(), 3, "again is no harm");
    for (text, told) in [
        (entry("Bad Id", "level = \"district\""), "organisation `Bad Id`"),
        (entry("a", "level = \"community\""), "one level below"),
        (entry("a", "level = \"subdistrict\"\nunder = \"b\""), "does not stand before it"),
        (format!("{0}{0}", entry("a", "level = \"district\"")), "there twice"),
        (entry("a", "level = \"district\"\ncovers = [\"x\"]"), "for communities"),
        (entry("a", "level = \"planet\""), "planet"),
    ] {
        let error = import(&text).await.unwrap_err().to_string();
        assert!(error.contains(told), "{told}: {error}");
    }
    let told = office.platform.read(&office.system, "/api/v1/staff/organisations").await;
    assert!(told.to_string().contains("/other-district/other-street/other-community/"));
}
