"""How long something takes on the GPU, and how much memory, as `zoetrope bench` tells it."""

import statistics
import time

import torch


def timed(work, runs):
    """The median of so many runs after one that is not counted."""
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    seconds = []
    for _ in range(1 + runs):
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "first_seconds": seconds[0],
        "run_seconds": sorted(seconds[1:]),
        "seconds": statistics.median(seconds[1:]),
        "peak_memory_bytes": torch.cuda.max_memory_allocated(),
    }
