//! Who knows who somebody is: the short messages that prove a phone, and the check that name, number and phone belong
//! together (三要素核验). Both are services of others, so both are asked through a trait.

use std::sync::Arc;

use protocol::IdNumber;

/// A service did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the gateway did not answer")]
pub struct Unreachable;

/// Sends short messages. Called away from the threads that run futures, so it may block.
pub trait ShortMessages: Send + Sync {
    /// Sends a sign-in code. What it gives back is shown on the page that asks for the code: nothing, where a message
    /// really went out.
    fn send_code(&self, phone: &str, code: &str) -> Result<Option<String>, Unreachable>;
}

/// Who somebody says to be.
pub struct Claim<'a> {
    /// 姓名.
    pub name: &'a str,
    /// 公民身份号码 or a number made like one.
    pub id_number: &'a str,
    /// 手机号, proved before.
    pub phone: &'a str,
}

/// 实名核验. Called away from the threads that run futures, so it may block.
pub trait RealName: Send + Sync {
    /// Whether name, number and phone are one person's.
    fn is_one_person(&self, claim: &Claim<'_>) -> Result<bool, Unreachable>;
    /// A line for the page, where what is checked is not what a resident must think.
    fn remark(&self) -> Option<&'static str> {
        None
    }
}

/// Both together.
#[derive(Clone)]
pub struct Gateways {
    pub(crate) messages: Arc<dyn ShortMessages>,
    pub(crate) real_name: Arc<dyn RealName>,
}

impl Gateways {
    /// These two.
    pub fn new(messages: impl ShortMessages + 'static, real_name: impl RealName + 'static) -> Self {
        Self { messages: Arc::new(messages), real_name: Arc::new(real_name) }
    }

    /// For a machine of a developer: no message goes out and only invented people get in.
    #[must_use]
    pub fn development() -> Self {
        Self::new(Development, Development)
    }
}

/// Shows the code instead of sending it, and takes nobody whose number could be a real person's.
struct Development;

impl ShortMessages for Development {
    fn send_code(&self, _: &str, code: &str) -> Result<Option<String>, Unreachable> {
        Ok(Some(format!("开发环境：没有发出短信，验证码是 {code}")))
    }
}

/// The region that does not exist.
const INVENTED: &str = "519999";

impl RealName for Development {
    fn is_one_person(&self, claim: &Claim<'_>) -> Result<bool, Unreachable> {
        Ok(claim.id_number.starts_with(INVENTED) && IdNumber::is_valid(claim.id_number))
    }

    fn remark(&self) -> Option<&'static str> {
        Some("开发环境：没有接入实名核验，只接受 519999 开头的示例号码。请不要填写真实身份信息。")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_developers_machine_takes_invented_people_only() {
        let takes = |id_number| {
            let claim = Claim { name: "欧阳示例", id_number, phone: "13900000001" };
            Development.is_one_person(&claim).unwrap()
        };
        assert!(takes("519999195201010013"));
        assert!(!takes("519999195201010014"), "a wrong check digit");
        assert!(!takes("810000199001010019"), "a number that somebody may have");
        assert!(Development.remark().is_some());
        assert_eq!(
            Development.send_code("13900000001", "123456").unwrap().unwrap(),
            "开发环境：没有发出短信，验证码是 123456"
        );
    }
}
