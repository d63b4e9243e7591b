//! Simplified Chinese.

use super::english::minutes;
use super::facts::{clock, facts, of_settings};
use super::many::chinese::{BATCH, COMPARE, FACTS, LIBRARY, QUEUE, REEL, STYLES};
use super::{
    Compose, Drop, Export, Language, Models, Notices, Painting, Player, Settings, Sheets, Stage,
    Words, with_names, with_times,
};
use crate::job::{DownloadProgress, Estimate, LayersFit, ModelAdvice, Span, Use, WeightFormat};
use crate::view::action::Guide;
use crate::words::chinese as words;
use crate::words::english::{bytes as gigabytes, two_digits};

/// What the window says in Simplified Chinese.
pub const CHINESE: Words = Words {
    compose: COMPOSE,
    stage: STAGE,
    player: PLAYER,
    reel: REEL,
    library: LIBRARY,
    compare: COMPARE,
    queue: QUEUE,
    styles: STYLES,
    batch: BATCH,
    export: EXPORT,
    sheets: Sheets {
        models: "模型",
        settings: "设置",
        library: "资料库",
        export: "导出",
        paint: "绘制遮罩",
        styles: "风格",
        batch: "批量生成",
        contact: "联系表",
        shortcuts: "键盘快捷键",
    },
    painting: Painting {
        why: "涂抹的部分会在每一帧中重新生成。",
        picture: "视频的首帧",
        tool: "工具",
        draw: "涂抹",
        erase: "擦除",
        brush: "笔刷",
        clear: "清空",
        done: "使用此遮罩",
    },
    settings: Settings {
        appearance: "外观",
        system: "跟随系统",
        dark: "深色",
        light: "浅色",
        language: "语言",
        zoom: "界面大小",
        run_on: "运行于",
        gpu: "GPU",
        cpu: "CPU（较慢）",
        memory_limit: "内存上限",
        no_limit: "不限",
        limit_to: "限制为",
        preview: "实时预览",
        videos: "视频存储位置",
        change: "更改…",
        change_videos: "选取其他文件夹",
        quality: "视频质量",
        kept: "内存中保留",
        gigabytes,
        let_go: "释放",
        let_go_of: "释放模型为下一个视频保留的内存",
    },
    models: Models {
        use_it: "使用",
        choose: |name| format!("使用 {name}"),
        chosen: "使用中",
        reveal: |name| format!("在访达中显示 {name}"),
        family: |family, bytes| format!("{family} · {}", gigabytes(bytes)),
        folders: "模型文件夹",
        folders_why: "Zoetrope 会查找自己的文件夹、Hugging Face 缓存、ComfyUI 的模型文件夹，以及你添加的文件夹",
        add_folder: "添加文件夹…",
        look_again: "重新扫描",
        forget: |folder| format!("不再查找 {folder}"),
        more: "更多模型",
        more_why: "模型存储在 Hugging Face 缓存中。较小的版本占用更少内存。已有的模型可直接使用",
        download: "下载",
        download_it: |model| format!("下载 {model}"),
        edition: |edition, bytes| format!("{} · {}", edition_name(edition), gigabytes(bytes)),
        fast: "更快生成视频",
        fast_why: "Lightning 和 FastWan 只需 3 到 4 步；小型 VAE 用于彩色预览和草稿解码",
        size: gigabytes,
        come,
        stop: "停止",
        free: |bytes| format!("此磁盘可用空间 {}", gigabytes(bytes)),
        best: |best, licence| {
            let form = edition_name(best.offer.edition);
            let size = gigabytes(best.offer.bytes);
            let time = a_clip(best);
            format!("最适合这台 Mac：{form}，{size}{time} · {licence}")
        },
        too_large: |least, licence| {
            let (needs, most) = (gigabytes(least.needs), gigabytes(least.most));
            format!("需要 {needs} 内存，这台 Mac 最多可用 {most} · {licence}")
        },
        fits: |advice| {
            let needs = gigabytes(advice.needs);
            if advice.fits {
                format!("适合这台 Mac：{needs} 内存{}", a_clip(advice))
            } else {
                format!("超出这台 Mac 的内存：需要 {needs}")
            }
        },
        waits: "等待中",
        forget_download: |name| format!("从下载中移除 {name}"),
        delete: |name| format!("将 {name} 移到废纸篓"),
        deleted: "模型已移到废纸篓",
        here: "下载完成",
        no_tokenizer: "文本编码器缺少分词器",
        get_tokenizer: "下载分词器",
        tokenizer: "分词器（UMT5）",
    },
    drop: Drop {
        title: "拖放到任意位置",
        detail: "图片会成为首帧；Zoetrope 生成的视频会恢复其设置",
    },
    notices: Notices {
        copied: "已拷贝此帧",
        models_found: |count| format!("找到 {count} 个模型，请在标题栏中选择"),
        restored: "已恢复设置",
        trashed: "已移到废纸篓",
        removed: "已移除未完成的视频",
        emptied: "已清空表单",
        undo: "撤销",
        none: "取消全选",
        trashed_all: |count| format!("已将 {count} 个视频移到废纸篓"),
        no_dialog: "此桌面没有文件对话框：请安装 xdg-desktop-portal 或 zenity",
        restored_without: |names| format!("已恢复设置，但缺少这些文件，请重新选取：{names}"),
        finished: "视频已完成",
        failed: "无法生成此视频",
        awake: "正在生成视频",
        stalled: |minutes| {
            format!("已有 {minutes} 分钟没有进展：请退出并重新启动，已完成的步骤不会丢失")
        },
        engine_ended: "计算部分已意外结束：请退出并重新启动，已完成的内容不会丢失",
        midway: |to_fit| format!("{to_fit}，因此余下部分可能与开头略有差异"),
        faulty: words::device_fault,
        cut: |is_negative, tokens| {
            let which = if is_negative {
                "负面提示词"
            } else {
                "提示词"
            };
            format!("{which}过长。模型只读取前 {tokens} 个词元")
        },
    },
    memory: |used, all| format!("{} / {}", gigabytes(used), gigabytes(all)),
    memory_why: "这台 Mac 上所有 App 使用的内存",
    no_model: "没有模型",
    model_does: |inputs| match (inputs.first, inputs.last) {
        _ if inputs.video == Use::Required => "视频生成视频",
        _ if inputs.video == Use::Optional => "文字、图片或视频生成视频",
        (Use::Never, _) => "文字生成视频",
        (Use::Optional, Use::Never) => "文字或图片生成视频",
        (Use::Optional, _) => "文字或图片生成视频，可加尾帧",
        (Use::Required, Use::Never) => "图片生成视频",
        (Use::Required, Use::Optional) => "图片生成视频，可加尾帧",
        (Use::Required, Use::Required) => "首尾帧生成视频",
    },
    more_models: "全部模型…",
    estimate,
    facts: |record, clock| facts(record, clock, &FACTS),
    settings_of: |record| of_settings(record, &FACTS),
    refusal: |refusal| with_times(words::refusal(refusal), refusal),
    problem: |problem| with_names(words::problem(problem), problem),
    remark: words::remark,
    repeat: words::repeat,
    command: |command| command.name(Language::Chinese),
    command_state: |command, on| command.name_of_state(Language::Chinese, on),
    command_title: |command| command.title(Language::Chinese),
    menu,
};

const COMPOSE: Compose = Compose {
    prompt: "提示词",
    prompt_placeholder: "视频里要出现什么？",
    negative: "负面提示词",
    model_default: "模型默认值",
    use_model_default: "使用模型默认值",
    none: "无",
    first_frame: "首帧",
    last_frame: "尾帧",
    well_hint: "拖入、粘贴或点击",
    pictures: "图片",
    videos: "视频",
    choose_picture: "选取图片…",
    remove_picture: "移除图片",
    remove_first: "移除首帧",
    remove_last: "移除尾帧",
    crop_it: "裁剪以适合",
    shape: "画幅",
    landscape: "横向",
    portrait: "竖向",
    square: "方形",
    as_picture: "匹配图片",
    width: "宽度",
    height: "高度",
    use_size: |size| format!("使用 {} × {}", size.width, size.height),
    use_frames: |frames| format!("使用 {frames} 帧"),
    length: "时长",
    seconds: |seconds| match seconds {
        few if few < 59.95 => format!("{few:.1} 秒"),
        many => format!(
            "{:.0} 分 {:02.0} 秒",
            (many.round() / 60.0).floor(),
            many.round() % 60.0
        ),
    },
    frames: "帧数",
    frames_suffix: " 帧",
    frame_suffix: " 帧",
    advanced: "高级",
    edited: "已编辑",
    reset: "还原为模型默认值",
    reset_all: "全部还原为模型默认值",
    steps: "步数",
    steps_why: "步数越多，细节越丰富，耗时也越长",
    sampler: "采样器",
    sampler_why: "每一步的计算方式；UniPC 所需步数最少",
    guidance: "引导强度 (CFG)",
    guidance_why: "越高越贴近提示词；过高则画面生硬",
    guidance_low: "低噪声阶段的引导强度",
    guidance_high: "高噪声阶段的引导强度",
    low_noise: "细节",
    high_noise: "运动",
    shift: "偏移",
    shift_why: "越高越侧重运动与构图，越低越侧重细节",
    seed: "种子",
    seed_why: "种子和设置相同，视频就相同",
    any_seed: "随机",
    roll_seed: "新种子",
    lock_seed: "沿用上次的种子",
    free_seed: "每次随机",
    guide: |guide| match guide {
        Guide::Video => ("视频", "要跟随或编辑的视频"),
        Guide::Mask => ("遮罩", "白色部分重新生成，黑色部分保留"),
        Guide::Reference => ("参考图", "视频中应出现的内容的图片"),
    },
    reference: |number| format!("参考图 {number}"),
    guide_hint: "拖入或点击",
    choose_frames: "选择帧图片文件夹",
    video_facts: |span| {
        let Span { size, frames, fps } = span;
        let rate = fps.map(|fps| format!("，每秒 {} 帧", two_digits(fps)));
        let rate = rate.unwrap_or_default();
        format!("{frames} 帧{rate}，{} × {}", size.width, size.height)
    },
    taken: words::taken,
    paint: "绘制…",
    guide_strength: "强度",
    loras: "LoRA",
    loras_why: "改变风格或主体的附加模型；1 为完整强度",
    add_lora: "添加…",
    remove_it: "移除",
    use_lora_here: "仍然使用",
    remove_lora: |name| format!("移除 {name}"),
    strength_of: |name| format!("{name} 的强度"),
    lora_fits: |&LayersFit {
                    matched,
                    of,
                    pictures,
                }| {
        let fit = format!("匹配 {matched} / {of} 层");
        match pictures {
            0 => fit,
            _ => format!("{fit}；{pictures} 层用于 Wan2.1 的图片输入，此模型不需要"),
        }
    },
    lora_of_another_model: "此 LoRA 是为其他模型制作的",
    few_steps: |name, steps, guidance| format!("{name}：{steps} 步，引导强度 {guidance}"),
    few_steps_off: |name| format!("{name} 的设置已停用"),
    few_steps_leave: "停用这些设置",
    few_steps_use: "启用",
    natural_motion: "自然运动",
    natural_motion_why: "八步中的第一步不使用 LoRA，动作速度更自然",
    speed: words::speed,
    speed_is: |speed| format!("速度：{}", words::speed(speed)),
    exact_why: "计算每一步",
    ways: words::ways,
    way: |what, time| match time {
        Some(time) => format!("{what} · 约 {}", words::rough(time)),
        None => what.to_owned(),
    },
    sooner: words::sooner,
    both: "两者",
    weights: "精度",
    weights_why: "8 位内存减半，画面几乎不变；4 位只需四分之一，细节会有变化",
    original: "原始",
    eight_bits: "8 位",
    four_bits: "4 位",
    variations: "生成变体",
    variations_of: |count| format!("{count} 个变体"),
    to_fit: words::to_fit,
    pack: |bits| format!("使用 {bits} 位权重"),
    raise_limit: |bytes| format!("将上限提高到 {} GB", bytes / 1_000_000_000),
    no_prompt: "请先输入提示词",
    swap: "交换首帧和末帧",
    slide_why: "拖移或按方向键，选择画面中保留的部分",
    nearest: |number| format!("最接近的可用值是 {number}"),
};

const STAGE: Stage = Stage {
    invitation: "描述你的镜头",
    try_one: "输入提示词、拖入图片，或试试下面这些",
    try_yourself: "输入提示词或拖入图片",
    real_models: "获取完整模型…",
    unfinished: |count| format!("有 {count} 个视频未完成"),
    resume_all: "全部继续",
    waiting: "等待中",
    starting: "正在开始",
    paused: "已暂停",
    ending: "完成此步骤后停止…",
    stage: words::stage,
    of: |done, of| format!("{done} / {of}"),
    left: |time| format!("大约还需 {}", words::rough(time)),
    left_of_denoising: |time| format!("约 {}，然后解码", words::rough(time)),
    elapsed: |time| clock(time),
    progress: "进度",
    reused: "沿用的步骤",
    cancel: "取消",
    opening: "正在打开…",
    failed: "无法生成此视频",
    interrupted: "未完成",
    interrupted_at: |done, of| format!("已暂停于第 {done} / {of} 步，可随时继续"),
    held: "Zoetrope 在开始生成此视频前退出。继续后会生成它和队列中的其他视频",
    resume: "继续",
    edit_again: "编辑设置",
    discard: "移除",
    no_model: "未安装模型",
    no_model_why: "App 中缺少内置模型。请选取包含模型的文件夹",
    see_models: "模型…",
    missing_file: "找不到此视频的文件",
    locate: "查找…",
    remove_record: "从资料库移除",
    try_again: "重试",
    other_folder: "选取其他文件夹…",
};

const PLAYER: Player = Player {
    speed: "速度",
    time: |at, all| match all {
        few if few < 60.0 => format!("{at:.2} / {all:.2} 秒"),
        _ => format!("{} / {}", minutes(at), minutes(all)),
    },
    frame: |frame, frames| format!("第 {frame} / {frames} 帧"),
    scrubber: "播放头",
    use_frame: "用作首帧",
    go_on: "从最后一帧继续",
    go_on_short: "续拍",
    untrim: "还原修剪",
    shot: |number, name| format!("镜头 {number}：{name}"),
    restore: "复用设置",
    make_real: "正式生成",
    like: "加入收藏",
    dislike: "取消收藏",
    more: "更多",
};

const EXPORT: Export = Export {
    kind: "格式",
    video: "视频",
    video_why: "随处可播放的 MP4，并记住其设置",
    gif: "GIF",
    gif_why: "在网页和信息中自动播放；256 色",
    pictures: "图像序列",
    pictures_why: "每帧一张 PNG 的文件夹",
    still: "当前帧",
    still_why: |frame| format!("第 {frame} 帧，保存为 PNG，文件名以 .jpg 结尾则为 JPEG"),
    size: "尺寸",
    quality: "质量",
    small: "较小",
    small_why: "文件最小，略有压缩痕迹",
    standard: "标准",
    standard_why: "视觉无损",
    best: "最佳",
    best_why: "文件较大，适合编辑",
    save: "导出…",
    again: "再导出一个…",
    progress: "导出进度",
    cancel: "取消",
    written: |name| format!("已存储 {name}"),
    frame_name: |name, frame| format!("{name} 第 {frame} 帧"),
    joined: |count| format!("合并全部 {count} 个镜头"),
    trimmed: |first, last| format!("第 {first} 至 {last} 帧（已修剪）"),
};

fn estimate(estimate: Estimate) -> String {
    let time = estimate
        .time
        .map(|time| format!("约 {}", words::rough(time)));
    let memory = estimate.memory.map(gigabytes);
    let parts: Vec<String> = [time, memory].into_iter().flatten().collect();
    parts.join(" · ")
}

/// As Apple words its menus.
fn menu(title: &'static str) -> &'static str {
    match title {
        "About Zoetrope" => "关于 Zoetrope",
        "Services" => "服务",
        "Hide Zoetrope" => "隐藏 Zoetrope",
        "Hide Others" => "隐藏其他",
        "Show All" => "全部显示",
        "File" => "文件",
        "Open Recent" => "打开最近使用",
        "Clear Menu" => "清除菜单",
        "Close" => "关闭",
        "Edit" => "编辑",
        "Undo" => "撤销",
        "Redo" => "重做",
        "Cut" => "剪切",
        "Copy" => "拷贝",
        "Paste" => "粘贴",
        "Select All" => "全选",
        "Video" => "视频",
        "Playback" => "播放",
        "View" => "显示",
        "Enter Full Screen" => "进入全屏幕",
        "Window" => "窗口",
        "Minimize" => "最小化",
        "Zoom" => "缩放",
        "Bring All to Front" => "前置全部窗口",
        "Help" => "帮助",
        other => other,
    }
}

/// How long a video takes, where that is known.
fn a_clip(advice: &ModelAdvice) -> String {
    let time = advice.time.map(words::rough);
    time.map(|time| format!("，每个视频约 {time}"))
        .unwrap_or_default()
}

fn come(transfer: &DownloadProgress) -> String {
    if transfer.of == 0 {
        return "正在连接 Hugging Face…".into();
    }
    let come = format!("{} / {}", gigabytes(transfer.done), gigabytes(transfer.of));
    match transfer.time_left() {
        Some(time) => format!(
            "{come} · {:.1} MB/s · 大约还需 {}",
            transfer.rate(),
            words::rough(time)
        ),
        None => come,
    }
}

fn edition_name(edition: WeightFormat) -> &'static str {
    match edition {
        WeightFormat::Official => "原始",
        WeightFormat::Fp16 => "16 位",
        WeightFormat::Fp8 => "8 位 (FP8)",
        WeightFormat::Q8 => "8 位 (Q8)",
        WeightFormat::Q4 => "4 位 (Q4)",
    }
}
