//! Simplified Chinese.

use super::english::clock;
use super::{
    Compose, Drop, Export, Library, Models, Notices, Painting, Player, Reel, Settings, Sheets,
    Stage, Words,
};
use crate::job::{DownloadProgress, Estimate, LayersFit, Span, Use, WeightFormat};
use crate::view::action::Guide;
use crate::view::keys::Key;
use crate::words::chinese as words;
use crate::words::english::{bytes as gigabytes, two_digits};

/// What the window says in Simplified Chinese.
pub const CHINESE: Words = Words {
    compose: COMPOSE,
    stage: STAGE,
    player: PLAYER,
    reel: REEL,
    library: LIBRARY,
    export: EXPORT,
    sheets: Sheets {
        models: "模型",
        settings: "设置",
        library: "全部作品",
        export: "导出",
        paint: "绘制遮罩",
        shortcuts: "键盘快捷键",
        close: "关闭",
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
        compute_by: "计算使用",
        graphics_processor: "图形处理器",
        processor: "处理器（较慢）",
        memory_limit: "内存上限",
        no_limit: "不限",
        at_most: "最多",
        preview: "工作时预览",
        on: "开",
        off: "关",
        videos: "视频",
        show_videos: "显示视频文件夹",
        change: "更改…",
        change_videos: "更改视频文件夹",
        quality: "视频质量",
    },
    models: Models {
        use_it: "使用",
        choose: |name| format!("使用 {name}"),
        chosen: "使用中",
        reveal: |name| format!("显示 {name} 的文件"),
        family: |family, bytes| format!("{family} · {}", gigabytes(bytes)),
        folders: "查找模型的位置",
        folders_why: "Zoetrope 自己的文件夹、Hugging Face 缓存、ComfyUI 的模型，以及你添加的文件夹",
        add_folder: "添加文件夹…",
        look_again: "重新查找",
        forget: |folder| format!("不再查找 {folder}"),
        more: "更多模型",
        more_why: "从 Hugging Face 下载到其缓存；较小的版本需要较少内存，已有的模型可直接使用",
        download: "下载",
        download_it: |model| format!("下载 {model}"),
        edition: |edition, bytes| format!("{} · {}", edition_name(edition), gigabytes(bytes)),
        fast: "更快生成视频",
        fast_why: "Lightning 和 FastWan 只需 3 到 4 步；小型 VAE 用于彩色预览和草稿解码",
        size: gigabytes,
        come,
        stop: "停止",
        here: "模型已就绪：请在右上角或“模型”中选择",
        no_tokenizer: "文本编码器缺少分词器",
        get_tokenizer: "下载分词器",
        tokenizer: "分词器（UMT5）",
    },
    drop: Drop {
        title: "拖到任意位置",
        detail: "图片将作为首帧，本软件生成的视频会恢复其设置",
    },
    notices: Notices {
        copied: "已将此帧复制到剪贴板",
        restored: "已恢复此视频的设置",
        trashed: "视频已移到废纸篓",
        removed: "已移除未完成的视频",
        emptied: "已清空表单",
        undo: "撤销",
        no_dialog: "此桌面没有文件对话框：请安装 xdg-desktop-portal 或 zenity",
        restored_without: |names| format!("已恢复此视频的设置。请自行选择这些文件：{names}"),
        finished: "视频已完成",
        failed: "有视频未能完成",
        awake: "正在生成视频",
        stalled: |minutes| {
            format!("已有 {minutes} 分钟没有进展：请退出并重新启动，已完成的步骤不会丢失")
        },
        engine_ended: "计算部分已意外结束：请退出并重新启动，已完成的内容不会丢失",
        midway: |to_fit| format!("{to_fit}；余下部分的舍入与开始时不同"),
        faulty: words::device_fault,
        cut: |is_negative, tokens| {
            let which = if is_negative {
                "“避免”的内容"
            } else {
                "提示词"
            };
            format!("{which}过长：模型只读取前 {tokens} 个词元")
        },
    },
    memory: |used, all| format!("{} / {}", gigabytes(used), gigabytes(all)),
    memory_why: "本机所有程序正在使用的内存",
    no_model: "没有模型",
    model_does: |inputs| match (inputs.first, inputs.last) {
        (Use::Never, _) => "文字生成视频",
        (Use::Optional, Use::Never) => "文字生成视频，可加首帧",
        (Use::Optional, _) => "文字生成视频，可加首帧和尾帧",
        (Use::Required, Use::Never) => "首帧生成视频",
        (Use::Required, Use::Optional) => "首帧生成视频，可加尾帧",
        (Use::Required, Use::Required) => "首尾帧生成视频",
    },
    more_models: "全部模型…",
    estimate,
    refusal: words::refusal,
    problem: words::problem,
    remark: words::remark,
    repeat: words::repeat,
    key,
    menu,
};

const COMPOSE: Compose = Compose {
    prompt: "提示词",
    prompt_placeholder: "视频里要出现什么？",
    negative: "避免",
    as_model: "使用模型默认值",
    as_model_again: "恢复模型默认值",
    nothing: "无",
    first_frame: "首帧",
    last_frame: "尾帧",
    well_hint: "拖入、粘贴或点击",
    pictures: "图片",
    videos: "视频",
    choose_picture: "选择图片…",
    remove_picture: "移除图片",
    remove_first: "移除首帧",
    remove_last: "移除尾帧",
    crop_it: "裁剪图片",
    shape: "画幅",
    landscape: "横向",
    portrait: "竖向",
    square: "方形",
    as_picture: "与图片一致",
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
    changed: "已更改",
    reset: "恢复模型默认值",
    reset_all: "全部恢复默认值",
    steps: "步数",
    steps_why: "步数越多细节越好，耗时也越长",
    sampler: "采样器",
    sampler_why: "每一步的计算方式，UniPC 所需步数最少",
    guidance: "引导强度",
    guidance_why: "越高越贴近提示词，过高则画面生硬",
    guidance_low: "低噪声阶段的引导强度",
    guidance_high: "高噪声阶段的引导强度",
    low_noise: "细节",
    high_noise: "运动",
    shift: "偏移",
    shift_why: "越高越注重运动与构图，越低越注重细节",
    seed: "种子",
    seed_why: "相同的种子和设置会生成相同的视频",
    any_seed: "每次使用新种子",
    roll_seed: "随机种子",
    lock_seed: "沿用上次的种子",
    free_seed: "每次使用新种子",
    guide: |guide| match guide {
        Guide::Video => ("视频", "要跟随或修改的视频"),
        Guide::Mask => ("遮罩", "白色部分重新生成，黑色部分保留"),
        Guide::Reference => ("参考图", "视频中应出现的人或物的图片"),
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
    loras_why: "改变模型画风的小文件；1 为训练时的强度",
    add_lora: "添加…",
    remove_it: "移除它",
    use_lora_here: "用于此模型",
    remove_lora: |name| format!("移除 {name}"),
    strength_of: |name| format!("{name} 的强度"),
    lora_fits: |&LayersFit {
                    matched,
                    of,
                    pictures,
                }| {
        let fit = format!("{of} 层中有 {matched} 层匹配");
        match pictures {
            0 => fit,
            _ => format!("{fit}；{pictures} 层用于 Wan2.1 的图片输入，此模型不需要"),
        }
    },
    few_steps: |name, steps, guidance| format!("{name}：{steps} 步，引导强度 {guidance}"),
    few_steps_off: |name| format!("{name} 的设置已停用"),
    few_steps_leave: "不使用这些设置",
    few_steps_use: "使用",
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
    weights: "权重",
    weights_why: "8 位占用一半内存，画面几乎不变；4 位占用四分之一，细节会有变化",
    as_they_are: "原样",
    eight_bits: "8 位",
    four_bits: "4 位",
    generate: "生成",
    variations: "多个变体",
    variations_of: |count| format!("{count} 个变体"),
    to_fit: words::to_fit,
    pack: |bits| format!("压缩为 {bits} 位"),
};

const STAGE: Stage = Stage {
    invitation: "描述你想看到的画面",
    try_one: "输入提示词，拖入图片，或从下面选一个",
    try_yourself: "输入提示词或拖入图片",
    real_models: "获取正式模型",
    unfinished: |count| format!("有 {count} 个视频未完成"),
    resume_all: "全部继续",
    waiting: "等待中",
    starting: "正在开始",
    paused: "已暂停",
    ending: "正在完成当前步骤",
    stage: words::stage,
    of: |done, of| format!("{done} / {of}"),
    left: |time| format!("大约还需 {}", words::rough(time)),
    left_of_denoising: |time| format!("去噪大约还需 {}", words::rough(time)),
    elapsed: |time| clock(time),
    progress: "进度",
    reused: "沿用的步骤",
    pause: "暂停",
    go_on: "继续",
    keep: "停止并保留",
    cancel: "取消",
    opening: "正在打开…",
    failed: "未能完成此视频",
    interrupted: "尚未完成",
    interrupted_at: |done, of| format!("已保留 {done} / {of} 步，可随时继续"),
    held: "轮到它之前程序关闭了。继续后会制作它，然后依次制作其他排队的视频",
    resume: "继续",
    edit_again: "返回其设置",
    discard: "移除",
    no_model: "还没有模型",
    no_model_why: "程序旁没有内置模型，请选择其他模型的文件夹",
    see_models: "模型…",
    missing_file: "无法读取此视频文件",
};

const PLAYER: Player = Player {
    play: "播放",
    pause: "暂停",
    back: "后退一帧",
    forward: "前进一帧",
    looping: "循环",
    speed: "速度",
    time: |at, all| format!("{at:.2} / {all:.2} 秒"),
    frame: |frame, frames| format!("第 {frame} / {frames} 帧"),
    scrubber: "位置",
    fit: "适合窗口",
    actual: "实际大小",
    copy: "复制此帧",
    use_frame: "将此帧用作首帧",
    go_on: "从最后一帧继续",
    reveal: "显示文件",
    restore: "再次使用这些设置",
    make_real: "正式生成",
    like: "加入收藏",
    dislike: "取消收藏",
    trash: "移到废纸篓",
    export: "导出…",
    more: "更多",
};

const REEL: Reel = Reel {
    counts: |working, made| match (working, made) {
        (0, 0) => "还没有作品".into(),
        (0, made) => format!("{made} 个作品"),
        (working, 0) => format!("{working} 个待生成"),
        (working, made) => format!("{working} 个待生成，{made} 个作品"),
    },
    fold: "收起胶片栏",
    unfold: "展开胶片栏",
    paused_at: |done, of| format!("暂停于 {done} / {of}"),
    earlier: "提前",
    later: "延后",
    cancel: "取消",
};

const LIBRARY: Library = Library {
    search: "搜索",
    favourites: "仅显示收藏",
    empty: "生成的视频会显示在这里",
    not_found: "没有找到",
};

const EXPORT: Export = Export {
    kind: "类型",
    video: "视频",
    video_why: "可在任何设备播放的 MP4，并保留生成它的设置",
    gif: "GIF",
    gif_why: "在网页和消息中自动播放，256 色",
    pictures: "所有帧",
    pictures_why: "一个文件夹，每帧一张 PNG",
    still: "当前帧",
    still_why: |frame| format!("第 {frame} 帧，保存为 PNG，文件名以 .jpg 结尾则为 JPEG"),
    size: "尺寸",
    quality: "质量",
    small: "较小",
    small_why: "文件小，内行可看出压缩痕迹",
    standard: "标准",
    standard_why: "肉眼看不出差别",
    best: "最佳",
    best_why: "文件大，适合后期编辑",
    save: "存储为…",
    again: "再存一份…",
    progress: "导出进度",
    cancel: "取消",
    written: |name| format!("已保存 {name}"),
    reveal: "显示文件",
    frame_name: |name, frame| format!("{name} 第 {frame} 帧"),
};

fn estimate(estimate: Estimate) -> String {
    let time = estimate
        .time
        .map(|time| format!("约 {}", words::rough(time)));
    let memory = estimate.memory.map(gigabytes);
    let parts: Vec<String> = [time, memory].into_iter().flatten().collect();
    parts.join(" · ")
}

fn key(key: Key) -> &'static str {
    match key {
        Key::Generate => "生成",
        Key::New => "新建视频",
        Key::Open => "打开图片或视频",
        Key::Library => "全部作品",
        Key::Export => "导出",
        Key::Models => "模型",
        Key::Settings => "设置",
        Key::Shortcuts => "键盘快捷键",
        Key::Reel => "收起胶片栏",
        Key::Pause => "暂停生成",
        Key::Keep => "停止并保留",
        Key::Larger => "放大文字",
        Key::Smaller => "缩小文字",
        Key::UsualSize => "默认文字大小",
        Key::Quit => "退出",
        Key::Close => "关闭面板",
        Key::Play => "播放或暂停",
        Key::StepBack => "后退一帧",
        Key::StepForward => "前进一帧",
        Key::Loop => "循环",
        Key::Fit => "实际大小或适合窗口",
        Key::CopyFrame => "复制此帧",
        Key::Reveal => "显示文件",
        Key::Trash => "移到废纸篓",
    }
}

/// As Apple words its menus.
fn menu(title: &'static str) -> &'static str {
    match title {
        "About Zoetrope" => "关于 Zoetrope",
        "Settings…" => "设置…",
        "Services" => "服务",
        "Hide Zoetrope" => "隐藏 Zoetrope",
        "Hide Others" => "隐藏其他",
        "Show All" => "全部显示",
        "Quit Zoetrope" => "退出 Zoetrope",
        "File" => "文件",
        "New Video" => "新建视频",
        "Open…" => "打开…",
        "Open Recent" => "打开最近使用",
        "Clear Menu" => "清除菜单",
        "Close" => "关闭",
        "Export…" => "导出…",
        "Show in Finder" => "在访达中显示",
        "Move to Trash" => "移到废纸篓",
        "Edit" => "编辑",
        "Undo" => "撤销",
        "Redo" => "重做",
        "Cut" => "剪切",
        "Copy" => "拷贝",
        "Paste" => "粘贴",
        "Select All" => "全选",
        "Video" => "视频",
        "Generate" => "生成",
        "Pause" => "暂停",
        "Stop and Keep" => "停止并保留",
        "View" => "显示",
        "Show Reel" => "显示胶片栏",
        "All Clips" => "全部作品",
        "Enter Full Screen" => "进入全屏幕",
        "Window" => "窗口",
        "Minimize" => "最小化",
        "Zoom" => "缩放",
        "Bring All to Front" => "前置全部窗口",
        "Help" => "帮助",
        "Zoetrope Help" => "Zoetrope 帮助",
        other => other,
    }
}

fn come(transfer: &DownloadProgress) -> String {
    if transfer.of == 0 {
        return "正在查询".into();
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
        WeightFormat::Official => "官方原版",
        WeightFormat::Fp16 => "16 位",
        WeightFormat::Fp8 => "8 位浮点",
        WeightFormat::Q8 => "8 位",
        WeightFormat::Q4 => "4 位",
    }
}
