//! What MLX says when the GPU does not finish, and what becomes of it.

use zoetrope::job::{GpuFault, Problem};

/// Breaks when a sentence of MLX 0.32.2 or of a driver is taken for another: a job that could go on ends, or one that cannot is
/// tried again and again. The texts are those of Metal's command buffers, of MLX's allocators and of `cudaGetErrorString`.
#[test]
fn every_text_is_what_it_means() {
    use GpuFault::{Interrupted, OutOfMemory, Refused, TooLong};
    let metal = |what: &str| format!("[METAL] Command buffer execution failed: {what}.");
    let code =
        |number: &str, name: &str| format!("({number}:kIOGPUCommandBufferCallbackError{name})");
    let buffer =
        |what: &str, number: &str, name: &str| metal(&format!("{what} {}", code(number, name)));
    let texts = [
        (buffer("Impacting Interactivity", "0000000e", "ImpactingInteractivity"), TooLong),
        (buffer("Caused GPU Timeout Error", "00000002", "Timeout"), TooLong),
        (buffer("Caused GPU Hang Error", "00000003", "Hang"), TooLong),
        (buffer("Insufficient Memory", "00000008", "OutOfMemory"), OutOfMemory),
        (buffer("Discarded (victim of GPU error/recovery)", "00000005", "InnocentVictim"), Interrupted),
        (buffer("Caused GPU Address Fault Error", "0000000b", "PageFault"), Interrupted),
        (
            buffer("Ignored (for causing prior/excessive GPU errors)", "00000004", "SubmissionsIgnored"),
            Refused,
        ),
        // Without the code, in another language, and of a kind that nobody has met.
        (metal("Insufficient Memory"), OutOfMemory),
        (metal(&format!("已忽略 {}", code("00000004", "SubmissionsIgnored"))), Refused),
        (metal("Something new (000000ff:kIOGPUCommandBufferCallbackErrorSomethingNew)"), Interrupted),
        ("[malloc] Unable to allocate 12884901888 bytes.".into(), OutOfMemory),
        ("[metal::malloc] Resource limit (499000) exceeded.".into(), OutOfMemory),
        (
            "[metal::malloc] Attempting to allocate 9663676416 bytes which is greater than the maximum allowed buffer \
             size of 8589934592 bytes."
                .into(),
            OutOfMemory,
        ),
        ("cudaMallocAsync(&data, size, stream) failed: out of memory".into(), OutOfMemory),
        ("cudaGraphLaunch(graph, stream) failed: the launch timed out and was terminated".into(), TooLong),
        ("cudaFreeAsync(buf->data, 0) failed: an illegal memory access was encountered".into(), Refused),
        ("cudaEventSynchronize(event_) failed: unspecified launch failure".into(), Refused),
        (
            "Cache thrashing is happening, please set the environment variable MLX_CUDA_GRAPH_CACHE_SIZE to a larger \
             value than 400 to fix degraded performance."
                .into(),
            Interrupted,
        ),
    ];
    for (text, fault) in texts {
        assert_eq!(GpuFault::of(&text), Some(fault), "{text}");
        assert_eq!(fault.is_worth_repeating(), fault != Refused);
    }
    let others = [
        "[matmul] Last dimension of first input with shape (2,3) must match second to last dimension",
        "[broadcast_shapes] Shapes (2,3) and (4,5) cannot be broadcast.",
        "[metal::Device] Unable to load kernel steel_attention",
    ];
    for text in others {
        assert_eq!(GpuFault::of(text), None, "{text}");
        assert_eq!(Problem::of_mlx(text), Problem::Mlx(text.into()));
    }
}
