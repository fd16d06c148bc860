//! Everything that can be wrong with a kiosk. `docs/health.md` is made from this list.

use std::fmt::Write as _;

use serde::Serialize;

/// How much a condition takes from residents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing yet; somebody should see to it.
    Notice,
    /// Something does not work, the rest does.
    Degraded,
    /// The machine is out of service.
    Stopped,
}

impl Severity {
    /// As it is spelled in metrics and documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Degraded => "degraded",
            Self::Stopped => "stopped",
        }
    }
}

macro_rules! conditions {
    ($($name:ident = $code:literal, $id:literal, $severity:ident { cause: $cause:literal, action: $action:literal, clears: $clears:literal, })*) => {
        /// Something that is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Condition { $(#[doc = $cause] $name),* }

        impl Condition {
            /// Every one that there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What a resident reads out on the telephone. It never changes its meaning, and none is used twice.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// Its name in logs and metrics.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id),* }
            }

            /// How much it takes from residents.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }

            /// What has happened, for a technician.
            #[must_use]
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$name => $cause),* }
            }

            /// What a technician does about it.
            #[must_use]
            pub const fn action(self) -> &'static str {
                match self { $(Self::$name => $action),* }
            }

            /// When it is over.
            #[must_use]
            pub const fn clears(self) -> &'static str {
                match self { $(Self::$name => $clears),* }
            }
        }
    };
}

conditions! {
    ReaderNotFound = "R01", "reader-not-found", Degraded {
        cause: "没有找到身份证读卡器。",
        action: "检查读卡器的电源和数据线；核对 kiosk.toml 中的设备地址。",
        clears: "找到读卡器后自动消除。",
    }
    ReaderPermissionDenied = "R02", "reader-permission-denied", Degraded {
        cause: "没有权限打开身份证读卡器。",
        action: "安装软件包附带的 udev 规则，确认运行用户属于 dialout、lp 组，再重新插拔。",
        clears: "能够打开后自动消除。",
    }
    ReaderBusy = "R03", "reader-busy", Degraded {
        cause: "身份证读卡器被别的程序占用。",
        action: "结束占用它的程序；确认没有第二个自助机程序在运行。",
        clears: "能够打开后自动消除。",
    }
    ReaderUnplugged = "R04", "reader-unplugged", Degraded {
        cause: "身份证读卡器被拔下或断电。",
        action: "插好数据线，接通电源。",
        clears: "重新接上三秒内自动消除。",
    }
    ReaderSilent = "R05", "reader-silent", Degraded {
        cause: "身份证读卡器没有应答。",
        action: "检查电源；核对设备地址中的波特率；断电后重新通电。",
        clears: "读卡器应答后自动消除。",
    }
    ReaderGarbled = "R06", "reader-garbled", Degraded {
        cause: "与身份证读卡器之间的线路受到干扰。",
        action: "换短线或带屏蔽的线，远离电源线；核对波特率。",
        clears: "收到完整的应答后自动消除。",
    }
    ReaderSelfTestFailed = "R07", "reader-self-test-failed", Degraded {
        cause: "读卡器的安全模块自检失败。",
        action: "更换读卡器。",
        clears: "自检通过后自动消除。",
    }
    ReaderNotAuthorised = "R08", "reader-not-authorised", Degraded {
        cause: "读卡器的安全模块没有得到授权。",
        action: "联系读卡器供应商授权。",
        clears: "授权后自动消除。",
    }
    ReaderRefuses = "R09", "reader-refuses", Degraded {
        cause: "读卡器拒绝标准指令。",
        action: "断电后重新通电；仍不行则更换读卡器。",
        clears: "指令被接受后自动消除。",
    }
    PrinterNotFound = "P01", "printer-not-found", Degraded {
        cause: "没有找到凭条打印机。",
        action: "检查打印机的电源和数据线；核对 kiosk.toml 中的设备地址。",
        clears: "找到打印机后自动消除。",
    }
    PrinterPermissionDenied = "P02", "printer-permission-denied", Degraded {
        cause: "没有权限打开凭条打印机。",
        action: "安装软件包附带的 udev 规则，确认运行用户属于 dialout、lp 组，再重新插拔。",
        clears: "能够打开后自动消除。",
    }
    PrinterBusy = "P03", "printer-busy", Degraded {
        cause: "凭条打印机被别的程序占用。",
        action: "结束占用它的程序；确认没有第二个自助机程序在运行。",
        clears: "能够打开后自动消除。",
    }
    PrinterUnplugged = "P04", "printer-unplugged", Degraded {
        cause: "凭条打印机被拔下或断电。",
        action: "插好数据线，接通电源。",
        clears: "重新接上三秒内自动消除。",
    }
    PrinterSilent = "P05", "printer-silent", Degraded {
        cause: "凭条打印机没有应答。",
        action: "检查电源；核对设备地址中的波特率；断电后重新通电。",
        clears: "打印机应答后自动消除。",
    }
    PrinterGarbled = "P06", "printer-garbled", Degraded {
        cause: "与凭条打印机之间的线路受到干扰。",
        action: "换短线或带屏蔽的线，远离电源线；核对波特率。",
        clears: "收到完整的应答后自动消除。",
    }
    PrinterPaperOut = "P11", "printer-paper-out", Degraded {
        cause: "打印纸用完。",
        action: "装入新的热敏纸卷，在运维模式中选“更换打印纸”并看试印条。",
        clears: "打印机报告有纸后自动消除。",
    }
    PrinterCoverOpen = "P12", "printer-cover-open", Degraded {
        cause: "打印机上盖没有关好。",
        action: "关好上盖。",
        clears: "上盖关好后自动消除。",
    }
    PrinterJam = "P13", "printer-jam", Degraded {
        cause: "卡纸或切刀卡住。",
        action: "打开上盖，取出卡住的纸，关好上盖。",
        clears: "打印机报告正常后自动消除。",
    }
    PrinterOverheated = "P14", "printer-overheated", Degraded {
        cause: "打印头过热。",
        action: "等几分钟；检查通风。",
        clears: "打印头冷却后自动消除。",
    }
    PrinterOffline = "P15", "printer-offline", Degraded {
        cause: "打印机处于离线状态。",
        action: "按打印机上的联机键；断电后重新通电。",
        clears: "打印机联机后自动消除。",
    }
    PrinterUnrecoverable = "P16", "printer-unrecoverable", Degraded {
        cause: "打印机报告不能自行恢复的错误。",
        action: "断电后重新通电；仍不行则更换打印机。",
        clears: "打印机报告正常后自动消除。",
    }
    PrinterPaperNearEnd = "P17", "printer-paper-near-end", Notice {
        cause: "打印纸快用完。",
        action: "准备新的热敏纸卷。",
        clears: "打印机报告纸量充足后自动消除。",
    }
    SpeakerNotFound = "L01", "speaker-not-found", Degraded {
        cause: "没有找到喇叭。",
        action: "检查声卡和喇叭的连线；用 aplay -L 核对 kiosk.toml 中的设备名。",
        clears: "找到喇叭后自动消除。",
    }
    SpeakerPermissionDenied = "L02", "speaker-permission-denied", Degraded {
        cause: "没有权限打开喇叭。",
        action: "确认运行用户属于 audio 组。",
        clears: "能够打开后自动消除。",
    }
    SpeakerBusy = "L03", "speaker-busy", Degraded {
        cause: "喇叭被别的程序占用。",
        action: "结束占用它的程序；确认没有第二个自助机程序在运行。",
        clears: "能够打开后自动消除。",
    }
    SpeakerUnplugged = "L04", "speaker-unplugged", Degraded {
        cause: "喇叭被拔下，或声卡断电。",
        action: "插好连线，接通电源。",
        clears: "重新接上后自动消除。",
    }
    SpeakerSilent = "L05", "speaker-silent", Degraded {
        cause: "声卡不能播放录音。",
        action: "kiosk.toml 中换用能转换采样率的设备名，如 plughw；查看系统日志。",
        clears: "能够播放后自动消除。",
    }
    PlatformUnreachable = "N01", "platform-unreachable", Degraded {
        cause: "连不上平台。办件先存在本机。",
        action: "检查网线、路由器和平台地址；其他机器也连不上时联系平台值班。",
        clears: "平台应答后自动消除。",
    }
    PlatformRefusesTerminal = "N02", "platform-refuses-terminal", Degraded {
        cause: "平台不接受这台终端。",
        action: "核对终端编号和证书；必要时重新注册终端。",
        clears: "平台接受后自动消除。",
    }
    QueueOld = "Q01", "queue-old", Degraded {
        cause: "有办件等待上传已超过一天。",
        action: "检查网络（见 N01）；网络正常时联系平台值班。",
        clears: "最早的办件上传后自动消除。",
    }
    QueueFull = "Q02", "queue-full", Degraded {
        cause: "等待上传的办件到了上限，暂停收件。",
        action: "恢复网络，让办件上传。",
        clears: "低于上限后自动消除。",
    }
    CallsParked = "Q03", "calls-parked", Notice {
        cause: "有办件被平台退回，等待人工处理。",
        action: "在平台上处理被退回的办件。",
        clears: "全部处理后自动消除。",
    }
    DiskNearlyFull = "S01", "disk-nearly-full", Degraded {
        cause: "本机磁盘剩余空间不足。",
        action: "清理磁盘或更换更大的磁盘。",
        clears: "剩余空间超过限值的一倍半后自动消除。",
    }
    StoreUnusable = "S02", "store-unusable", Stopped {
        cause: "本机存储打不开或写不进去。",
        action: "检查磁盘；保留整个数据目录，联系平台值班。",
        clears: "重新启动后能够打开时消除。",
    }
    StoreSetAside = "S03", "store-set-aside", Notice {
        cause: "上次的存储已损坏，已另存并报告。",
        action: "把另存的文件交给平台值班，核对其中未上传的办件。",
        clears: "另存的文件取走后自动消除。",
    }
    ClockLost = "T01", "clock-lost", Degraded {
        cause: "本机时钟失准，暂用平台时间。",
        action: "更换主板电池，校准时间。",
        clears: "本机时钟正确后自动消除。",
    }
    ClockSkewed = "T02", "clock-skewed", Notice {
        cause: "本机时间与平台相差超过一分钟。",
        action: "检查时间同步服务。",
        clears: "相差不到半分钟后自动消除。",
    }
    ConfigurationReverted = "C01", "configuration-reverted", Notice {
        cause: "平台下发的配置试行失败，已退回上一份。",
        action: "由平台运维检查并重新下发。",
        clears: "新的配置确认后自动消除。",
    }
    CertificateExpiring = "C02", "certificate-expiring", Notice {
        cause: "终端证书快到期，还没有续上。",
        action: "检查网络；联系平台运维。",
        clears: "续期后自动消除。",
    }
    CertificateExpired = "C03", "certificate-expired", Degraded {
        cause: "终端证书已过期。",
        action: "检查本机时间和网络；过期三十天内会自动续期，超过后须重新注册终端。",
        clears: "续期或重新注册后消除。",
    }
    TerminalRevoked = "C04", "terminal-revoked", Stopped {
        cause: "平台已注销这台终端，本机资料已清除。",
        action: "联系平台运维重新注册终端。",
        clears: "重新注册并启动后消除。",
    }
    CatalogueStale = "C05", "catalogue-stale", Notice {
        cause: "事项目录超过七天没有更新。",
        action: "检查网络；平台正常时联系平台运维。",
        clears: "目录更新后自动消除。",
    }
    TakenOutOfService = "M01", "taken-out-of-service", Stopped {
        cause: "技术员已暂停本机服务。",
        action: "在运维模式中选“恢复服务”。",
        clears: "技术员恢复服务后消除。",
    }
    CrashLoop = "M02", "crash-loop", Stopped {
        cause: "程序在短时间内多次异常结束。",
        action: "查看系统日志；五分钟后本机自动再试一次。",
        clears: "正常运行两分钟后自动消除。",
    }
    ConfigurationFileUnusable = "M03", "configuration-file-unusable", Stopped {
        cause: "配置文件 kiosk.toml 有错。",
        action: "按系统日志中的提示改正配置文件；一分钟后本机自动再试。",
        clears: "配置文件正确后自动消除。",
    }
    ProgramCannotStart = "M04", "program-cannot-start", Stopped {
        cause: "程序不能启动。",
        action: "查看系统日志；一分钟后本机自动再试。",
        clears: "能够启动后自动消除。",
    }
    MachineHot = "M05", "machine-hot", Degraded {
        cause: "机内温度过高。",
        action: "检查风扇和通风口。",
        clears: "温度降到限值以下五度后自动消除。",
    }
}

impl Condition {
    /// The one of this code, however it was typed.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|condition| condition.code().eq_ignore_ascii_case(code.trim()))
    }

    /// The device that it is about, by the letter of its code: R the reader, P the printer.
    #[must_use]
    pub fn device(self) -> Option<char> {
        self.code().chars().next().filter(|letter| "RP".contains(*letter))
    }

    /// Whether it is somebody's hands at the printer, and no configuration's fault.
    #[must_use]
    pub const fn is_by_hand(self) -> bool {
        matches!(self, Self::PrinterPaperOut | Self::PrinterCoverOpen)
    }

    /// Whether a configuration may have brought it about: a device that does not work. A line that is down, a disk that is full
    /// and a machine that is hot would be so with any.
    #[must_use]
    pub fn may_be_configured(self) -> bool {
        self.device().is_some() && self.severity() > Severity::Notice && !self.is_by_hand()
    }
}

/// The list as a document.
#[must_use]
pub fn markdown() -> String {
    let mut text = "# What can be wrong with a kiosk\n\nMade from `crates/health/src/catalogue.rs` (`UPDATE_DOCS=1 cargo test -p kiosk-health`). \
        A code never changes its meaning.\n\n\
        | code | name | severity | cause | what to do | when it is over |\n|---|---|---|---|---|---|\n"
        .to_owned();
    for condition in Condition::ALL {
        let (code, id, severity) = (condition.code(), condition.id(), condition.severity().name());
        let (cause, action, clears) = (condition.cause(), condition.action(), condition.clears());
        let _ = writeln!(text, "| {code} | {id} | {severity} | {cause} | {action} | {clears} |");
    }
    text
}
