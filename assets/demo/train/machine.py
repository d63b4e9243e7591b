"""Where the training runs: one process for each accelerator, or one on the CPU."""

import os
import time

import torch
import torch.distributed as dist

START = time.time()


class Machine:
    """This process's place among the others."""

    def __init__(self):
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.cuda = torch.cuda.is_available()
        self.device = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if self.cuda else "cpu")
        if self.cuda:
            torch.cuda.set_device(self.device)
            torch.backends.cudnn.benchmark = True
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        if self.world > 1:
            dist.init_process_group("nccl" if self.cuda else "gloo")

    def log(self, *words):
        """One line from the first process."""
        if self.rank == 0:
            print(f"{time.time() - START:7.1f} s ", *words, flush=True)

    def mean(self, x):
        """The mean of a tensor over all processes, in place."""
        if self.world > 1:
            dist.all_reduce(x)
            x /= self.world
        return x

    def copy_from_first(self, x):
        if self.world > 1:
            dist.broadcast(x, 0)

    def clock(self):
        """Seconds since the first process started."""
        now = torch.tensor([time.time() - START], dtype=torch.float64, device=self.device)
        self.copy_from_first(now)
        return now.item()

    def capture(self, work):
        """Records work on fixed buffers as a CUDA graph; returns what runs it again. On the CPU: the work itself."""
        if not self.cuda:
            return work
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                work()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            result = work()

        def run():
            graph.replay()
            return result

        return run

    def close(self):
        if self.world > 1:
            dist.destroy_process_group()


class Pace:
    """Trains by the clock: yields each step and the share of all training time that is over.

    It ends when the program is `seconds` old. `spent` seconds were trained by
    earlier programs and `later` are left for the next one; the first process's
    clock counts, so that all take the same steps.
    """

    EVERY = 20  # steps between looks at the clock

    def __init__(self, machine, seconds, spent=0.0, later=0.0):
        self.machine, self.seconds, self.spent, self.later = machine, seconds, spent, later

    def __iter__(self):
        begin, earlier, step = self.machine.clock(), self.spent, 0
        whole = earlier + max(0.0, self.seconds - begin) + self.later
        while True:
            if step % self.EVERY == 0:
                now = self.machine.clock()
                self.spent = earlier + now - begin
                if now >= self.seconds:
                    return
            yield step, self.spent / whole
            step += 1
