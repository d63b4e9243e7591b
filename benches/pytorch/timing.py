"""How long something takes, and how much memory on a GPU, as `zoetrope bench` tells it."""

import platform
import statistics
import time

import torch


def timed(work, runs, device):
    """The median of so many runs after one that is not counted."""
    on_gpu = device == "cuda"
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    seconds = []
    for _ in range(1 + runs):
        start = time.perf_counter()
        work()
        if on_gpu:
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return {
        "device": torch.cuda.get_device_name() if on_gpu else platform.machine(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "first_seconds": seconds[0],
        "run_seconds": sorted(seconds[1:]),
        "seconds": statistics.median(seconds[1:]),
        "peak_memory_bytes": torch.cuda.max_memory_allocated() if on_gpu else None,
    }
