//! Simplified Chinese. What comes from files or other programs is shown in plain characters, on one line.

use std::io;
use std::time::Duration;

use super::english::{bytes, two_digits};
use crate::job::memory::Saving;
use crate::job::plain_text::one_line;
use crate::job::{
    Advice, After, Computation, DeviceFault, Field, Flaw, GpuFault, Implausible, MachineFault,
    Missing, NetworkFault, OutOfRange, Problem, Refusal, Remark, Repeat, Speed, Stage, Taken, Way,
};

/// A part of a job.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Text => "读取提示词",
        Stage::Image => "读取图片",
        Stage::Load => "载入模型",
        Stage::Denoise => "去噪",
        Stage::Decode => "解码",
    }
}

/// How soon a video is wanted.
pub fn speed(speed: Speed) -> &'static str {
    match speed {
        Speed::Exact => "精确",
        Speed::Balanced => "均衡",
        Speed::Fast => "快速",
    }
}

/// What makes a video sooner.
pub fn ways(ways: &[Way]) -> String {
    let words = ways.iter().map(|way| match way {
        Way::FewSteps(preset, steps) => format!("{} {steps} 步", preset.name()),
        Way::LightCache => "少量步骤缓存".to_owned(),
        Way::StrongCache => "大量步骤缓存".to_owned(),
        Way::Draft => "草稿解码".to_owned(),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        return "没有安装可节省时间的文件".to_owned();
    }
    words.join("，")
}

/// How long the exact way takes, and each of the others.
pub fn sooner(exact: Duration, others: &[(Speed, Duration)]) -> String {
    let others = others
        .iter()
        .map(|&(way, time)| format!("{}约 {}", speed(way), rough(time)));
    let others: Vec<String> = others.collect();
    format!("精确约需 {}；{}", rough(exact), others.join("，"))
}

/// A time that is not known better than this.
pub fn rough(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, (seconds + 30) / 60, seconds) {
        (0, _, ..60) => format!("{} 秒", seconds.max(1)),
        (0, minutes, _) => format!("{minutes} 分钟"),
        (hours, _, _) => format!("{hours} 小时 {} 分钟", seconds / 60 % 60),
    }
}

/// One thing that saves memory.
pub fn saving(saving: Saving) -> &'static str {
    match saving {
        Saving::GuidanceInTurn => "引导分两次计算",
        Saving::HalfProducts => "16 位计算",
        Saving::Tiles => "分块解码",
        Saving::HalfFrames => "16 位解码",
        Saving::F16Frames => "f16 解码",
    }
}

/// All that a job saves.
pub fn to_fit(savings: &[Saving]) -> String {
    let words: Vec<&str> = savings.iter().map(|&each| saving(each)).collect();
    format!("为适应内存：{}", words.join("、"))
}

/// What of a video is taken, where that is not all.
pub fn taken(taken: &Taken) -> Option<String> {
    if taken.is_whole() {
        return None;
    }
    let thinned = taken.thinned.map(|(own, fps)| {
        let own = two_digits(own);
        format!("，每秒 {own} 帧减为 {fps} 帧")
    });
    let cropped = taken.cropped;
    let cropped = cropped.map(|size| format!("，裁剪为 {} × {}", size.width, size.height));
    let anew = match taken.missing {
        0 => String::new(),
        missing => format!("；最后 {missing} 帧重新生成"),
    };
    let (thinned, cropped) = (thinned.unwrap_or_default(), cropped.unwrap_or_default());
    let Taken { frames, of, .. } = taken;
    Some(format!(
        "取 {of} 帧中的 {frames} 帧{thinned}{cropped}{anew}"
    ))
}

/// A sentence of its own.
pub fn device_fault(fault: DeviceFault) -> String {
    let what = match fault.what {
        Computation::Products => "矩阵乘积",
        Computation::Attention => "注意力",
        Computation::Convolutions => "卷积",
        Computation::QuantisedProducts => "量化乘积",
        Computation::Sums => "求和",
        Computation::Norms => "归一化",
        Computation::Chains => "激活函数",
    };
    format!("这台 Mac 的 GPU 的{what}计算有误，视频可能损坏。请更新 macOS，或在设置中改用 CPU")
}

/// Why a request cannot be carried out, and what could be.
pub fn refusal(refusal: &Refusal) -> String {
    let told = match refusal {
        Refusal::NoPrompt => "请先输入提示词".into(),
        Refusal::TakesNoPicture(variant) if variant.inputs().video.is_possible() => format!(
            "{} 不使用首帧：请移除图片，或将它用作参考图或放入视频",
            variant.name()
        ),
        Refusal::TakesNoPicture(variant) => format!(
            "{} 只能由文字生成视频：请移除图片，或选择支持图片的模型，例如 Wan2.2 TI2V 或 I2V-A14B",
            variant.name()
        ),
        Refusal::NeedsPicture(variant) => {
            format!("{} 从图片开始：请添加首帧", variant.name())
        }
        Refusal::PictureTooNarrow(size) => {
            format!("图片（{size}）过于狭长，无法生成视频：请先裁剪")
        }
        Refusal::TakesNoLastPicture(variant) => format!(
            "{} 不支持尾帧：请移除尾帧，或选择支持尾帧的模型，例如 Wan2.2 I2V-A14B",
            variant.name()
        ),
        Refusal::NeedsLastPicture(variant) => {
            format!("{} 生成两张图片之间的视频：请再添加尾帧", variant.name())
        }
        Refusal::TakesNoVideo(_)
        | Refusal::NeedsVideo(_)
        | Refusal::TakesNoMask(_)
        | Refusal::TooManyReferences(_)
        | Refusal::GuideStrength
        | Refusal::TakesNoStrength(_) => guides(refusal),
        Refusal::LastPictureOfOneFrame => {
            "只有一帧的视频不能同时有首帧和尾帧：请设为 5 帧或更多".into()
        }
        Refusal::GuidanceNotFinite => "引导强度必须是数字".into(),
        Refusal::GuidanceForTwo(_) => "此模型只有一个专家：引导强度只能填写一个数字".into(),
        Refusal::LoraStrength(file) => format!("{} 的强度必须是数字", file.display()),
        Refusal::LoraTooStrong {
            file,
            strength,
            most,
        } => format!(
            "强度 {strength} 对 {} 过高：1 为完整强度，上限为 {most}",
            file.display()
        ),
        Refusal::LoraForTwo(file) => format!(
            "{} 只用于两个专家之一，而此模型只有一个：请改为用于全部",
            file.display()
        ),
        Refusal::LoraUnusable(why) => problem(why),
        Refusal::Memory {
            needed,
            most,
            is_limited,
            advice,
        } => memory(*needed, *most, *is_limited, *advice),
        Refusal::OtherLatents {
            channels,
            model,
            expected,
        } => format!(
            "这些潜变量有 {channels} 个通道，而 {model} 需要 {expected} 个：请选择生成它们的模型"
        ),
        Refusal::OutputName(_) => "视频文件名必须以 .mp4 结尾".into(),
        Refusal::Other(field, _) => other(*field).into(),
        Refusal::OutOfRange(number) => out_of_range(*number),
    };
    one_line(&told).into_owned()
}

/// A video to follow or to change, its mask, and references.
fn guides(refusal: &Refusal) -> String {
    match refusal {
        Refusal::TakesNoVideo(variant) => format!("{} 不支持视频：请移除视频", variant.name()),
        Refusal::NeedsVideo(variant) => format!("{} 用于修改视频：请添加视频", variant.name()),
        Refusal::TakesNoMask(variant) => format!("{} 不支持遮罩：请移除遮罩", variant.name()),
        Refusal::TooManyReferences(variant) => match variant.inputs().references {
            0 => format!("{} 不支持参考图：请移除参考图", variant.name()),
            most => format!("{} 最多支持 {most} 张参考图", variant.name()),
        },
        Refusal::TakesNoStrength(variant) => {
            format!("{} 没有引导视频的强度：请移除强度", variant.name())
        }
        _ => "强度必须是数字".into(),
    }
}

/// Numbers that are too large, too small, or between those that work.
fn out_of_range(number: OutOfRange) -> String {
    match number {
        OutOfRange::AreaTooSmall { area, least } => {
            format!("面积（{area} 像素）过小：至少需要 {least} 像素")
        }
        OutOfRange::SizeTooLarge { size, largest } => {
            format!("尺寸 {size} 过大：视频最大为 {largest}，横竖均可")
        }
        OutOfRange::SizeUnaligned {
            size,
            smaller,
            larger,
        } => format!("此模型不支持尺寸 {size}：最接近的尺寸是 {smaller} 和 {larger}"),
        OutOfRange::TooManyFrames { most, .. } => format!("帧数过多：最多 {most} 帧"),
        OutOfRange::FramesUnaligned {
            frames,
            stride,
            below,
        } => format!(
            "不支持 {frames} 帧：帧数必须是 {stride} 的倍数加 1，例如 {below} 或 {}",
            below + stride
        ),
        OutOfRange::GuideTooShort { most, fps } => {
            format!("引导视频按每秒 {fps} 帧只有 {most} 帧：请设为 {most} 帧或更少")
        }
        OutOfRange::Fps(_) => "帧率必须在 1 到 240 之间".into(),
        OutOfRange::Steps(_) => "步数必须在 1 到 1000 之间".into(),
        OutOfRange::Shift(_) => "偏移必须大于 0".into(),
        OutOfRange::ShiftForSteps { shift, steps } => {
            format!("偏移 {shift} 不能用于 {steps} 步：请选择更接近 5 的值")
        }
        OutOfRange::Tiles { most, .. } => format!("解码最多分为 {most} × {most} 块"),
    }
}

/// Where there is no sentence of its own, what is to be looked at.
fn other(field: Field) -> &'static str {
    match field {
        Field::Prompt => "请检查提示词",
        Field::Image => "此模型与首帧的要求不符：请添加、更换或移除首帧，或选择其他模型",
        Field::LastImage => "此处不能使用尾帧：请移除尾帧，或选择支持尾帧的模型",
        Field::Video => "此模型与引导视频的要求不符：请添加、更换或移除视频，或选择其他模型",
        Field::Mask => "此模型不能使用遮罩：请移除遮罩，或选择其他模型",
        Field::References => "此模型不能使用这些参考图：请移除一些，或选择其他模型",
        Field::Size => "此模型不支持这个尺寸",
        Field::Frames => "此模型不支持这个帧数",
        Field::Fps => "不支持这个帧率",
        Field::Steps => "不支持这个步数",
        Field::Guidance => "不支持这个引导强度",
        Field::Shift => "不支持这个偏移",
        Field::Loras => "LoRA 与此模型不符：请移除它，或选择其他模型",
        Field::Memory => "内存不足：请缩短视频、缩小尺寸，或量化权重",
        Field::Output => "不能写入这个文件",
    }
}

fn memory(needed: u64, most: u64, is_limited: bool, advice: Advice) -> String {
    let whose = if is_limited {
        "但上限为"
    } else {
        "但本机只能提供"
    };
    let needed = bytes(needed);
    let advice = match advice {
        Advice::Quantize(bits, enough) => {
            format!("请将权重量化为 {bits} 位，这样只需 {}", bytes(enough))
        }
        Advice::Shorten(frames) => format!("请缩短到 {frames} 帧，或缩小尺寸"),
        Advice::SmallerPicture(takes) => {
            format!("请使用更小的图片，打开这张需要 {}", bytes(takes))
        }
        Advice::LargerMachine if is_limited => "请提高上限，或选择更小的模型或尺寸".into(),
        Advice::LargerMachine => "请选择更小的模型或尺寸".into(),
        Advice::Elsewhere if is_limited => "请提高上限后继续".into(),
        Advice::Elsewhere => format!("请在有 {needed} 内存的机器上继续"),
    };
    format!(
        "此视频需要 {needed} 内存，{whose} {}：{advice}",
        bytes(most)
    )
}

/// What went wrong, why, and what to do.
pub fn problem(problem: &Problem) -> String {
    let told = match problem {
        Problem::Refused(refused) => refusal(refused),
        Problem::File {
            verb,
            path,
            kind,
            detail,
        } => format!(
            "无法{} {}：{}",
            tried(verb),
            path.display(),
            reason(*kind).unwrap_or(detail)
        ),
        Problem::Content { path, flaw: what } => format!("{} {}", path.display(), flaw(what)),
        Problem::Implausible(what) => implausible(what),
        Problem::Gpu(fault) => gpu_fault(*fault).into(),
        Problem::Mlx(detail) => format!("MLX 报告错误：{detail}"),
        Problem::Defect(detail) => format!("Zoetrope 因程序错误停止。请反馈以下详情：{detail}"),
        Problem::Network { address, fault } => network(address, fault),
        Problem::Machine { name, fault } => machine(name, fault),
        Problem::NoThread(detail) => {
            format!("系统无法再启动线程（{detail}）。请退出其他程序后重试")
        }
        Problem::NoHome => "此用户没有可存放文件的个人文件夹".into(),
        Problem::EngineGone => {
            "引擎意外停止。请退出并重新打开 Zoetrope，已完成的步骤都已保存".into()
        }
        Problem::Unanswered => "Zoetrope 已打开但没有响应。请将其退出后重试".into(),
        Problem::UnknownModel(name) => {
            format!(
                "没有名为 {name} 的模型：请选取文件夹、文件，或 zoetrope models list 列出的名称"
            )
        }
        Problem::NoModelsIn(folder) => format!("在 {} 中找不到模型", folder.display()),
        Problem::NoBuiltIn => "缺少内置模型。请重新安装 Zoetrope，或选择其他模型".into(),
        Problem::WrongMlx(what) => {
            format!("MLX 在这台机器上计算有误（{what}）。请运行 zoetrope doctor")
        }
        Problem::Other(sentence) => sentence.clone(),
    };
    one_line(&told).into_owned()
}

/// Why another machine does not help, and what to do.
fn machine(name: &str, fault: &MachineFault) -> String {
    match fault {
        MachineFault::Unreachable(detail) => format!("无法连接 {name}：{detail}"),
        MachineFault::Ended(detail) if detail.is_empty() => {
            format!("{name} 已停止：请检查它是否已唤醒并已连接")
        }
        MachineFault::Ended(detail) => format!("{name} 已停止：{detail}"),
        MachineFault::Silent => format!("{name} 没有响应：请检查它是否已唤醒并已连接"),
        MachineFault::OtherVersion { theirs, ours } => {
            format!("{name} 上是 {theirs}，而不是 {ours}：请在两台机器上安装相同版本")
        }
        MachineFault::OtherFile(file) => {
            format!("{name} 上的 {file} 不同：请将此模型拷贝到该机器，或在两台机器上重新下载")
        }
        MachineFault::Refused(sentence) => format!("{name} 无法参与：{sentence}"),
    }
}

/// Why the GPU did not finish, and what to do.
fn gpu_fault(fault: GpuFault) -> &'static str {
    match fault {
        GpuFault::TooLong => {
            "GPU 占用时间过长，已被系统中止三次：请制作更小或更短的视频，或在制作时让显示器休眠"
        }
        GpuFault::OutOfMemory => "GPU 内存不足：请退出其他应用，或制作更小或更短的视频",
        GpuFault::Interrupted => "GPU 反复被重置：请重新启动电脑后再试",
        GpuFault::Refused => "系统不再允许此进程使用 GPU：请重新启动 Zoetrope",
    }
}

/// Why a part of a job is done again.
pub fn repeat(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Gpu(GpuFault::TooLong) => {
            "GPU 占用时间过长，已被系统中止；此步将分成更小的部分重做"
        }
        Repeat::Gpu(GpuFault::OutOfMemory) => "GPU 内存不足；此步将以更少的内存重做",
        Repeat::Gpu(GpuFault::Interrupted | GpuFault::Refused) => "GPU 被中断；此步将重做",
        Repeat::WiderProducts => "数值超出 f16 的范围；此步及之后的步骤改用 bf16",
        Repeat::WiderFrames => "数值超出 f16 的范围；画面改用 f32 重新解码",
    }
}

fn tried(verb: &str) -> &str {
    match verb {
        "read" => "读取",
        "write" | "write to" => "写入",
        "create" => "创建",
        "copy" => "拷贝",
        "find" => "找到",
        "lock" => "锁定",
        "remove" => "移除",
        "open" => "打开",
        "show" => "显示",
        "trash" => "移到废纸篓",
        _ => "处理",
    }
}

/// The usual reasons in plain words; the rest is as the system says it.
fn reason(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::NotFound => "没有这个文件",
        io::ErrorKind::PermissionDenied => "没有权限",
        io::ErrorKind::StorageFull => "磁盘已满",
        io::ErrorKind::IsADirectory => "它是文件夹",
        io::ErrorKind::NotADirectory => "路径中有一部分不是文件夹",
        _ => return None,
    })
}

/// Continues the sentence that the file begins.
/// What is worth knowing of a model that runs.
pub fn remark(remark: &Remark) -> String {
    let told = match remark {
        Remark::HalfAlone { file, family } => format!(
            "{} 单独用作完整的 {family}：如果它如名称所示是两个专家之一，请将两个专家的文件放在一起",
            file.display()
        ),
        Remark::LeftOver { file, tensors } => format!(
            "{} 中有 {tensors} 个张量不属于任何网络，不会使用，例如平均权重或训练状态",
            file.display()
        ),
        Remark::Stray(file) => format!("未使用 {}：旁边的分片是同一个网络", file.display()),
        Remark::Tokenizer(file) => format!("文本编码器不带分词器：使用 {}", file.display()),
    };
    one_line(&told).into_owned()
}

fn flaw(flaw: &Flaw) -> String {
    match flaw {
        Flaw::IncompleteModel(missing) => {
            format!("不是完整的模型：缺少 {}，请下载", missing.join("、"))
        }
        Flaw::NoTokenizer => "不是完整的模型：文本编码器缺少分词器，请下载".into(),
        Flaw::ModelGone(model) => {
            format!("已缺失。此视频由其中的模型 {model} 开始生成：请将文件放回原处后继续")
        }
        Flaw::Foreign(missing) => foreign(missing),
        Flaw::Replaced(folder) => format!(
            "不是此视频开始时使用的文件：请放回原文件，或删除 {} 后重新开始",
            folder.display()
        ),
        Flaw::DamagedPlan(why) => {
            format!("已损坏（{why}）：请重新生成视频；如果旁边有 latents.safetensors，可以将它解码")
        }
        Flaw::DamagedState => "已损坏：删除此文件后，视频会从之前存储的步骤继续".into(),
        Flaw::Newer => "来自更新版本的 Zoetrope：请更新后继续".into(),
        Flaw::LoraFitsNothing { network, .. } => {
            format!("是为其他模型制作的，与 {} 没有任何匹配", network.display())
        }
        Flaw::LoraKind(kind) => format!("是 {kind}，Zoetrope 不支持：请选择普通的 LoRA"),
        Flaw::NotAPicture => "不是可读取的图片：请使用 PNG、JPEG、WebP、GIF、BMP 或 TIFF".into(),
        Flaw::PictureTooLarge => "需要的内存超出图片的合理范围：请将其缩小".into(),
        Flaw::CutShort(how) => format!("已损坏或不完整：{how}"),
        Flaw::InUse => "正在使用中：另一个 Zoetrope 正在生成此视频".into(),
        Flaw::Downloading => "正由其他程序下载：请在下载完成后重试".into(),
        Flaw::EmptyLora => "是空的：请选择其他 LoRA".into(),
        Flaw::Other(continued) => continued.clone(),
    }
}

/// Continues the sentence that a run folder begins which somebody else has made.
fn foreign(missing: &Missing) -> String {
    let what = match missing {
        Missing::Model(model) => {
            format!("使用的模型 {model} 未安装：请用 `zoetrope resume` 的 --model 指定你自己的模型")
        }
        Missing::Lora(lora) => {
            format!("使用 LoRA {lora}：请用 `zoetrope resume` 的 --lora 指定你自己的文件")
        }
        Missing::File(file) => format!("需要 {file}：请在开始生成它的电脑上继续"),
        Missing::Place(video) => format!("会覆盖 {video}：请先移走该文件"),
    };
    format!("不是你在这台电脑上开始生成的，{what}")
}

fn network(address: &str, fault: &NetworkFault) -> String {
    match fault {
        NetworkFault::Unreachable(detail) => {
            format!("无法连接 {address}（{detail}）。请检查网络连接；已完成的部分会保留")
        }
        NetworkFault::Forbidden => {
            format!(
                "{address} 需要许可：请在 huggingface.co 上接受其条款，然后将 HF_TOKEN 设为你的令牌"
            )
        }
        NetworkFault::NotFound => format!("{address} 不存在"),
        NetworkFault::Busy => format!("请求过多，{address} 暂时拒绝：请稍后再试"),
        NetworkFault::Unavailable(status) => {
            format!("{address} 目前不可用（{status}）：请稍后再试")
        }
        NetworkFault::Unexpected(status) => format!("{address} 的回应异常（{status}）"),
    }
}

fn implausible(what: &Implausible) -> String {
    let when = |After { step, of, .. }| format!("第 {step} 步（共 {of} 步）之后的潜变量");
    let or_loras = |after: After| match after.loras {
        0 => "",
        _ => "LoRA 已损坏或过强，或",
    };
    match *what {
        Implausible::LatentsNotFinite(after) => format!(
            "{}不是有限数：{}模型的权重已损坏，或在半精度下溢出，改用 f32 计算可以避免",
            when(after),
            or_loras(after)
        ),
        Implausible::LatentsTooWide {
            after,
            times,
            guidance,
            shift,
        } => format!(
            "{}幅度是正常的 {times:.0} 倍，无法成为视频：引导强度 {guidance} 或偏移 {shift} 过大，{}或权重已损坏",
            when(after),
            or_loras(after)
        ),
        Implausible::LatentsVanish(after) => {
            let loras = or_loras(after);
            format!("{}几乎全为零：{loras}模型的权重已损坏", when(after))
        }
        Implausible::FramesNotFinite => {
            "解码出的帧不是有限数：VAE 的权重已损坏，因此没有保存视频".into()
        }
        Implausible::OneColour => {
            "解码出的所有像素颜色相同，因此没有保存视频：VAE 的权重或潜变量已损坏".into()
        }
    }
}
