//! Simplified Chinese.

use super::{Batch, Compare, Library, Queue, Reel, Styles};
use crate::job::Order;
use crate::view::action::WhenAction;
use crate::view::strings::facts::{Names, time};
use crate::words::chinese as words;

pub(in crate::view::strings) const REEL: Reel = Reel {
    counts: |working, made| match (working, made) {
        (0, 0) => "还没有视频".into(),
        (0, made) => format!("{made} 个视频"),
        (working, 0) => format!("队列中 {working} 个"),
        (working, made) => format!("队列中 {working} 个 · {made} 个视频"),
    },
    paused_at: |done, of| format!("暂停于 {done} / {of}"),
    earlier: "在队列中上移",
    later: "在队列中下移",
    remove: "从队列中移除",
    cancel: "取消",
    variations: |count| format!("{count} 个变体"),
    unfinished: |count| format!("{count} 个未完成"),
    fan: |is_open| {
        if is_open {
            "堆叠变体"
        } else {
            "显示所有变体"
        }
    },
    compare: "比较",
    compare_stack: "比较变体",
    trash_all: |count| format!("将 {count} 个视频移到废纸篓"),
    copy_info: "拷贝",
    info_copied: "已拷贝信息",
};

pub(in crate::view::strings) const LIBRARY: Library = Library {
    search: "搜索",
    favourites: "仅显示收藏",
    sort: "排序方式",
    order: |order| match order {
        Order::Newest => "最新优先",
        Order::Oldest => "最早优先",
        Order::Name => "名称",
        Order::Longest => "最长优先",
    },
    stacks: "堆叠变体",
    selected: |count| format!("已选择 {count} 个"),
    empty: "你的视频会显示在这里",
    not_found: "没有结果",
};

pub(in crate::view::strings) const COMPARE: Compare = Compare {
    title: |count| format!("比较 {count} 个视频"),
    pane: |number, name| format!("视频 {number}：{name}"),
    side_by_side: "并排",
    wipe: "划变",
    divider: "分隔线",
    keep: "保留",
    next: "下一个",
    done: "完成",
    gone: "没有更多变体",
};

pub(in crate::view::strings) const QUEUE: Queue = Queue {
    title: "队列",
    total: |count, time| match time {
        Some(time) => format!("{count} 个视频 · 约 {}", words::rough(time)),
        None => format!("{count} 个视频"),
    },
    line: |state, time| format!("{state} · 约 {}", words::rough(time)),
    empty: "队列为空",
    pause_all: "全部暂停",
    resume_all: "全部继续",
    on_power: "仅在接通电源时",
    when_idle: "仅在 Mac 空闲时",
    waits_for: |why| match why {
        WhenAction::OnPower(_) => "等待 Mac 接通电源",
        WhenAction::WhenIdle(_) => "等待 Mac 空闲 3 分钟",
        WhenAction::Pause(_) => "已暂停",
    },
    grip: |name| format!("移动 {name}"),
};

pub(in crate::view::strings) const BATCH: Batch = Batch {
    sweep: "参数扫描",
    sweep_why: "使用相同的提示词和种子，组合以下所有数值。用逗号分隔多个数值",
    guidance: "引导",
    guidance_hint: "引导数值，例如 3, 5, 7",
    shift: "偏移",
    shift_hint: "偏移数值，例如 3, 5, 8",
    without_loras: "分别使用和不使用 LoRA",
    make: |count| match count {
        0 | 1 => "生成视频".into(),
        count => format!("生成 {count} 个视频"),
    },
    why_not: "请输入提示词和至少两个数值",
    many: "从文件生成",
    many_why: "使用当前设置，为文本文件的每一行生成一个视频，或以文件夹中的每张图片为首帧生成一个视频",
    prompts: "文本文件…",
    pictures: "图片文件夹…",
    begun: |count| format!("已将 {count} 个视频加入队列"),
    contact: |prompt, seed| format!("{prompt} · 种子 {seed}"),
    row: |shift, loras| match loras {
        0 => format!("偏移 {shift}"),
        _ => format!("偏移 {shift}，LoRA"),
    },
};

pub(in crate::view::strings) const STYLES: Styles = Styles {
    why: "风格会保存尺寸、时长、步数、LoRA 等设置。每个风格都是可以分享的文件；将文件拖到窗口即可添加",
    take: "使用",
    use_it: |name| format!("使用 {name}"),
    remove: |name| format!("将 {name} 移到废纸篓"),
    new: "存储当前设置",
    name: "名称",
    around: "提示词模板",
    around_hint: "{prompt}，手绘，柔和光线",
    around_why: "{prompt} 代表你输入的内容。留空则提示词保持不变",
    save: "存储风格",
    saved: |name| format!("已存储 {name}"),
    used: "已应用风格",
    button: "风格",
    manage: "存储或管理风格…",
    history: "最近的提示词",
    wildcards: |count| format!("通配符：共 {count} 个不同的提示词，生成变体时会逐一使用"),
};

pub(in crate::view::strings) const FACTS: Names = Names {
    seed: "种子",
    model: "模型",
    size: "尺寸",
    length: "时长",
    frames: |frames, seconds| match frames {
        1 => "1 帧".into(),
        frames => format!("{frames} 帧，{seconds}"),
    },
    steps: "步数",
    guidance: "引导",
    shift: "偏移",
    loras: "LoRA",
    made: "生成于",
    when: |moment| {
        let time = time(moment);
        match moment.days_ago {
            0 => format!("今天 {time}"),
            1 => format!("昨天 {time}"),
            _ if moment.this_year => format!("{}月{}日 {time}", moment.month, moment.day),
            _ => format!("{}年{}月{}日 {time}", moment.year, moment.month, moment.day),
        }
    },
    took: "用时",
    memory: "内存",
    file: "文件",
};
