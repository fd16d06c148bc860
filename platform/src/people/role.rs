//! Roles and levels.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role that somebody has at one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 社区工作者.
    CommunityWorker,
    /// 窗口受理人员.
    Clerk,
    /// 审核人.
    Reviewer,
    /// 审批人.
    Approver,
    /// 监察员: sees every case of its area and hurries it on, and decides none.
    Supervisor,
    /// 系统管理员: accounts and organisations; grants nothing and reads no case.
    SystemAdministrator,
    /// 安全管理员: grants and unlocks; makes no account and reads no case.
    SecurityAdministrator,
    /// 安全审计员: reads the access audit, and nothing else.
    Auditor,
    /// 终端运维员: looks after the kiosks of its area, and rolls out what is configured on them; reads no case.
    FleetOperator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::CommunityWorker,
        Self::Clerk,
        Self::Reviewer,
        Self::Approver,
        Self::Supervisor,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::Auditor,
        Self::FleetOperator,
    ];

    /// Whether it handles cases.
    #[must_use]
    pub fn handles_cases(self) -> bool {
        matches!(self, Self::CommunityWorker | Self::Clerk | Self::Reviewer | Self::Approver)
    }

    /// 三员: one of the three who keep an eye on each other.
    #[must_use]
    pub fn administers(self) -> bool {
        matches!(self, Self::SystemAdministrator | Self::SecurityAdministrator | Self::Auditor)
    }

    /// Whether one person may have both. 三员分立: an administrator has no second role of any kind, and a supervisor
    /// does not handle what it supervises.
    #[must_use]
    pub fn goes_with(self, other: Self) -> bool {
        if self == other {
            return true;
        }
        let watched = |one: Self, two: Self| one == Self::Supervisor && two.handles_cases();
        !self.administers() && !other.administers() && !watched(self, other) && !watched(other, self)
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CommunityWorker => "社区工作者",
            Self::Clerk => "窗口受理人员",
            Self::Reviewer => "审核人",
            Self::Approver => "审批人",
            Self::Supervisor => "监察员",
            Self::SystemAdministrator => "系统管理员",
            Self::SecurityAdministrator => "安全管理员",
            Self::Auditor => "安全审计员",
            Self::FleetOperator => "终端运维员",
        }
    }

    /// The role with that name on the wire.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }
}

/// 行使层级, as far as this platform reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 4 区县, and its departments.
    District,
    /// 5 街道, 镇.
    Subdistrict,
    /// 6 社区, 村.
    Community,
}

impl Level {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::District => "区级",
            Self::Subdistrict => "街道",
            Self::Community => "社区",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Role::{self, *};

    #[test]
    fn the_three_administrators_are_three_people_who_handle_no_case() {
        for one in [SystemAdministrator, SecurityAdministrator, Auditor] {
            for other in Role::ALL {
                assert_eq!(one.goes_with(other), one == other, "{one:?} {other:?}");
                assert_eq!(other.goes_with(one), one == other, "{other:?} {one:?}");
            }
        }
        assert!(!Supervisor.goes_with(Approver) && !Clerk.goes_with(Supervisor));
        assert!(Reviewer.goes_with(Approver) && CommunityWorker.goes_with(Clerk));
    }
}
